// The findings, in the order of the file. Choosing one opens it and shows its cell and its line.

import { byId, fill, make } from "./elements.js";

const box = byId("findings");
let items = [];
let chosen = null;
let shown = "";
let choose = () => {};

/** What is told when a finding is chosen: `choose(finding)`; when an operand is: `choose(operand)`. */
export function onChoose(handler) {
  choose = handler;
}

/** The finding that is open. */
export const current = () => items.find((item) => item.key === chosen)?.finding ?? null;

/** Shows the findings of a state. */
export function update(state) {
  byId("verdict").textContent = state.verdict;
  byId("tab-count").textContent = state.errors + state.warnings || "";
  const text = JSON.stringify(state.findings);
  if (text === shown) return;
  shown = text;
  const seen = new Map();
  items = state.findings.map((finding) => {
    const name = `${finding.rule} ${finding.spots[0]} ${finding.place}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { key: `${name} ${count}`, finding };
  });
  draw();
}

/** Goes to the next or the previous finding. */
export function step(by) {
  if (!items.length) return;
  const at = items.findIndex((item) => item.key === chosen);
  const next = at < 0 ? (by > 0 ? 0 : items.length - 1) : (at + by + items.length) % items.length;
  select(items[next].key, true);
  box.querySelector(".finding.open > button")?.focus();
}

function select(key, isOpen) {
  chosen = isOpen ? key : null;
  draw();
  const finding = current();
  if (finding) choose(finding);
}

function draw() {
  const focused = document.activeElement?.closest?.(".finding")?.dataset.key;
  const { scrollTop } = box;
  const open = items.filter((item) => !item.finding.waived);
  const waived = items.filter((item) => item.finding.waived);
  const entries = (list) => make("ul", {}, ...list.map(entry));
  fill(
    box,
    items.length === 0 ? make("p", { className: "empty", textContent: "没有发现问题。" }) : null,
    open.length ? entries(open) : null,
    waived.length ? make("h3", { textContent: `已豁免（${waived.length}）` }) : null,
    waived.length ? entries(waived) : null,
  );
  box.scrollTop = scrollTop;
  if (focused) [...box.querySelectorAll(".finding")].find((each) => each.dataset.key === focused)?.firstElementChild.focus();
  box.querySelector(".finding.open")?.scrollIntoView({ block: "nearest" });
}

function entry({ key, finding }) {
  const isOpen = key === chosen;
  const head = make(
    "button",
    { type: "button", aria: { expanded: isOpen } },
    make("span", { className: "level", textContent: finding.level_label }),
    make("span", { className: "message", textContent: finding.message }),
    make("span", { className: "line", textContent: finding.region ? `第 ${finding.region.line} 行` : "全文" }),
  );
  head.addEventListener("click", () => select(key, !isOpen));
  const item = make("li", { className: "finding", data: { key, level: finding.level, rule: finding.rule } }, head);
  item.classList.toggle("open", isOpen);
  if (isOpen) item.append(details(finding));
  return item;
}

function details(finding) {
  const line = (className, text) => (text ? make("p", { className, textContent: text }) : null);
  const values = finding.reported !== null && finding.computed !== null && finding.terms.length
    ? `写的是 ${finding.reported || "空"}，按其他数字应为 ${finding.computed}` : null;
  return make(
    "div",
    { className: "details" },
    line("where", finding.place),
    finding.terms.length ? make("ul", { className: "terms" }, ...finding.terms.map(operand)) : null,
    line("values", values),
    line("help", finding.help),
    finding.suggestion ? make("pre", { textContent: finding.suggestion }) : null,
    line("basis", finding.basis && `依据：${finding.basis}`),
    line("waived", finding.waived && `已豁免：${finding.waived}`),
    make("p", { className: "rule", textContent: finding.rule }),
  );
}

function operand(term) {
  const where = term.previous ? "上年" : term.line ? `第 ${term.line} 行` : "由程序算出";
  const text = [make("span", { textContent: term.label }), make("b", { textContent: term.value }), make("small", { textContent: where })];
  if (!term.spots.length) return make("li", {}, ...text);
  const button = make("button", { type: "button" }, ...text);
  button.addEventListener("click", () => choose({ spots: term.spots, isOperand: true }));
  return make("li", {}, button);
}
