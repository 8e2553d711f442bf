// The text of the data file, with the place in question marked.

import { byId, fill, make } from "./elements.js";
import { link } from "./editor.js";

const box = byId("source");
let held = { key: null, text: "", lines: [] };
let region = null;
let path = "";
let request = 0;
let choose = () => {};

/** What is told when a line is chosen: `choose(line)`. */
export function onChoose(handler) {
  choose = handler;
}

/** Shows a place: of the file as it is (`current`), or as it was when the pages were set (`pages`). */
export async function show(place, of, revision, file) {
  region = place;
  path = file;
  const mine = ++request;
  const key = `${of} ${revision}`;
  if (held.key !== key) {
    const response = await fetch(`source?of=${of}`, { cache: "no-store" });
    if (!response.ok || mine !== request) return;
    const { text } = await response.json();
    if (mine !== request) return;
    const isNew = text !== held.text || !held.lines.length;
    held = { ...held, key, text };
    if (isNew) draw(text);
  }
  point(of);
}

function draw(text) {
  const lines = text.replace(/\n$/, "").split("\n");
  held.lines = lines.map((line, index) =>
    make("li", { className: "row", data: { line: index + 1 } }, make("code", { textContent: line.replace(/\r$/, "") || " " })),
  );
  const { scrollTop } = box;
  fill(box, make("ol", {}, ...held.lines));
  box.scrollTop = scrollTop;
}

function point(of) {
  for (const row of box.querySelectorAll(".row.at")) {
    row.classList.remove("at");
    row.firstElementChild.textContent = row.textContent;
  }
  const { line, column, end_line: endLine, end_column: endColumn } = region;
  byId("source-place").textContent = `第 ${line} 行${of === "pages" ? "" : ""}`;
  const last = Math.max(line, endColumn === 1 && endLine > line ? endLine - 1 : endLine);
  for (let number = line; number <= last; number += 1) {
    const row = held.lines[number - 1];
    if (!row) break;
    row.classList.add("at");
    const characters = Array.from(row.textContent);
    const from = number === line ? column - 1 : 0;
    const to = number === endLine ? Math.max(endColumn - 1, from) : characters.length;
    const cut = (a, b) => characters.slice(a, b).join("");
    if (to > from && from < characters.length) {
      fill(row.firstElementChild, cut(0, from), make("mark", { textContent: cut(from, to) }), cut(to));
    }
  }
  held.lines[line - 1]?.scrollIntoView({ block: "center" });
  const open = byId("open-editor");
  open.hidden = false;
  open.href = link(path, line, column);
}

/** Keeps the link true when the setting changes. */
export function relink() {
  if (region) byId("open-editor").href = link(path, region.line, region.column);
}

box.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (row && !String(getSelection())) choose(Number(row.dataset.line));
});
