// One report: what the program tells goes to the pages, the findings and the source; what people choose in one of
// them is shown in the others.

import { announce, byId, fill, make } from "./elements.js";
import * as actions from "./actions.js";
import * as editor from "./editor.js";
import * as findings from "./findings.js";
import { listen } from "./live.js";
import * as pages from "./pages.js";
import * as source from "./source.js";

let state = null;
let selection = null; // {kind: "spot", id} or {kind: "finding"}
let isLost = false;

function update(next) {
  const before = state;
  state = next;
  const name = [state.agency, state.year && `${state.year} 年度`].filter(Boolean).join(" ") || state.name;
  document.title = `${state.errors ? "✗ " : ""}${name} 年报预览`;
  byId("title").textContent = name;
  byId("file").textContent = state.name;
  byId("file").title = state.path;
  const health = byId("health");
  health.dataset.health = state.health;
  health.textContent = state.label;
  document.body.dataset.revision = state.revision;
  performance.clearMarks("told");
  performance.mark("told", { detail: { revision: state.revision, timing: state.timing } });
  banners();
  pages.update(state);
  findings.update(state);
  if (selection) reselect();
  if (before && (before.errors !== state.errors || before.warnings !== state.warnings || before.stale !== state.stale)) {
    announce(state.stale ?? state.verdict);
  }
}

function banners() {
  const box = byId("banners");
  const all = [];
  const add = (kind, title, ...more) => all.push(make("div", { className: `banner ${kind}` }, make("strong", { textContent: title }), ...more));
  if (isLost) add("lost", "与预览程序的连接断了，正在重新连接…", make("span", { textContent: "页面是断开前的。" }));
  if (state?.stale) {
    const old = state.pages.length ? "下面是改动前的旧页面。" : "";
    const errors = state.findings.filter((finding) => finding.blocks).slice(0, 3);
    add("stale", state.stale, old && make("span", { className: "old-note", textContent: old }), ...errors.map(problem));
  } else if (state?.draft) {
    add("draft", `有 ${state.errors} 处错误，下面是草稿`, make("span", { textContent: "改正后显示正式版式。" }));
  } else if (state && !state.pages.length) {
    add("wait", "正在排版…");
  }
  if (state?.notice) add("notice", state.notice);
  // The same words need not be said again.
  if (box.textContent !== all.map((banner) => banner.textContent).join("")) fill(box, ...all);
}

function problem(finding) {
  const button = make("button", { type: "button", textContent: `${finding.region ? `第 ${finding.region.line} 行` : "全文"}：${finding.message}` });
  button.addEventListener("click", () => chooseFinding(finding));
  return button;
}

// --- one selection in three places ---

function showSource(region, of) {
  source.show(region, of, state.revision, state.path);
}

function chooseSpot(spot) {
  selection = { kind: "spot", id: spot.id };
  pages.mark([spot.id], { isScrolled: false });
  showSource(spot.region, state.stale ? "pages" : "current");
  announce(`${spot.label}，原文第 ${spot.region.line} 行`);
  if (isNarrow()) tab("source");
}

function chooseFinding(finding) {
  if (finding.isOperand) {
    const spot = pages.spotOf(finding.spots[0]);
    selection = { kind: "spot", id: spot.id };
    pages.mark([spot.id]);
    return showSource(spot.region, state.stale ? "pages" : "current");
  }
  selection = { kind: "finding" };
  const isOnPage = pages.mark(finding.spots);
  if (finding.region) showSource(finding.region, "current");
  if (isNarrow() && isOnPage) tab("pages");
}

/** A line of the file was chosen: the smallest thing on the pages that comes from it is marked. */
function chooseLine(line) {
  const size = (spot) => spot.region.end_line - spot.region.line;
  const all = state.spots.filter((spot) => spot.region.line <= line && line <= spot.region.end_line);
  const spot = all.sort((a, b) => size(a) - size(b))[0];
  if (!spot) return;
  selection = { kind: "spot", id: spot.id };
  pages.mark([spot.id]);
  showSource(spot.region, state.stale ? "pages" : "current");
}

/** After an update, what was chosen stays chosen, wherever it is now. */
function reselect() {
  const of = state.stale ? "pages" : "current";
  if (selection.kind === "spot") {
    const spot = pages.spotOf(selection.id);
    if (spot) showSource(spot.region, of);
  } else {
    const finding = findings.current();
    if (finding) {
      pages.mark(finding.spots, { isScrolled: false });
      if (finding.region) showSource(finding.region, "current");
    } else {
      selection = null;
      pages.mark([]);
    }
  }
}

pages.onChoose(chooseSpot);
findings.onChoose(chooseFinding);
source.onChoose(chooseLine);

// --- narrow screens ---

const isNarrow = () => matchMedia("(max-width: 800px)").matches;

function tab(name) {
  document.body.dataset.tab = name;
  for (const button of document.querySelectorAll(".tabs button")) button.setAttribute("aria-pressed", button.dataset.tab === name);
}

for (const button of document.querySelectorAll(".tabs button")) button.addEventListener("click", () => tab(button.dataset.tab));

// --- keys ---

const keys = {
  j: () => findings.step(1),
  k: () => findings.step(-1),
  n: () => pages.turn(1),
  p: () => pages.turn(-1),
  "+": () => pages.zoom(1),
  "=": () => pages.zoom(1),
  "-": () => pages.zoom(-1),
  0: () => pages.fitWidth(),
  2: () => pages.twoPages(),
  e: () => !byId("open-editor").hidden && byId("open-editor").click(),
  "?": () => actions.settings(),
};

addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea, dialog")) return;
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key === "p") {
    event.preventDefault();
    actions.print();
  } else if (!isCommand && !event.altKey && Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});

if (document.documentElement.dataset.reports === "several") byId("back").hidden = false;

listen("events", {
  hello: (hello) => {
    editor.begin(hello.editor, source.relink);
    byId("save").hidden = !hello.save;
  },
  state: update,
  lost: (lost) => {
    if (isLost === lost) return;
    isLost = lost;
    banners();
  },
});
