// The pages: sized before they are drawn, drawn when they come into view, replaced one by one when they change.

import { byId, fill, make, memory } from "./elements.js";

const POINT = 96 / 72; // CSS pixels at 100 %
const STEPS = [0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 6];
const VIEW = "nianbao-view";

const scroller = byId("pages");
const list = byId("page-list");
const view = Object.assign({ zoom: "fit", two: false }, memory.read("localStorage", VIEW));
const sheets = [];
let spots = [];
let marked = [];
let choose = () => {};
let isPlaced = false;
const place = `nianbao-place:${location.pathname}`;

class Sheet {
  constructor(number) {
    this.number = number;
    this.version = null; // what is shown
    this.wanted = null; // what should be
    this.isNear = false;
    this.isLoading = false;
    this.spots = [];
    this.picture = make("img", { alt: "", draggable: false });
    this.layer = make("div", { className: "spots" });
    this.element = make("article", { className: "page", tabIndex: 0, data: { page: number } }, this.picture, this.layer);
    this.link = make("button", { type: "button", data: { page: number } });
    this.element.sheet = this;
  }

  /** Takes on what the program says of this page: the picture first, it takes longest. */
  want(page, revision) {
    this.wanted = page.version;
    this.revision = revision;
    if (this.isNear) this.load();
  }

  /** Its size, and what on it can be pointed at. */
  update(page, own, total) {
    this.element.setAttribute("aria-label", `第 ${this.number} 页，共 ${total} 页`);
    this.element.style.setProperty("--width", page.width);
    this.element.style.setProperty("--height", page.height);
    this.place(page, own);
  }

  /** Loads the picture, one at a time; the old one stays until the new one is ready. */
  async load() {
    if (this.isLoading || this.version === this.wanted) return;
    this.isLoading = true;
    const { wanted, revision } = this;
    const picture = make("img", { alt: `第 ${this.number} 页`, draggable: false });
    picture.src = `pages/${this.number}.svg?v=${wanted}`;
    try {
      await picture.decode();
      this.picture.replaceWith(picture);
      this.picture = picture;
      this.version = wanted;
      this.element.dataset.version = wanted;
      // After the next frame it is to be seen.
      requestAnimationFrame(() => setTimeout(() => {
        performance.clearMarks("shown");
        performance.mark("shown", { detail: { revision, page: this.number } });
      }));
    } catch {
      await new Promise((done) => setTimeout(done, 500));
    }
    this.isLoading = false;
    if (this.version !== this.wanted && this.isNear && this.element.isConnected) this.load();
  }

  /** Lays what can be pointed at over the picture. */
  place(page, own) {
    while (this.layer.childElementCount > own.length) this.layer.lastElementChild.remove();
    while (this.layer.childElementCount < own.length) {
      this.layer.append(make("button", { type: "button", className: "spot", tabIndex: -1 }));
    }
    this.spots = own;
    own.forEach((spot, index) => {
      const element = this.layer.children[index];
      element.classList.toggle("marked", marked.includes(spot.id));
      const key = JSON.stringify(spot);
      if (element.key === key) return;
      element.key = key;
      const rect = spot.rect.join();
      element.setAttribute("aria-label", `${spot.label}，原文第 ${spot.region.line} 行`);
      element.title = spot.label;
      element.dataset.spot = spot.id;
      if (element.dataset.rect !== rect) {
        element.dataset.rect = rect;
        const [x, y, width, height] = spot.rect;
        element.style.left = `${(x / page.width) * 100}%`;
        element.style.top = `${(y / page.height) * 100}%`;
        element.style.width = `${(width / page.width) * 100}%`;
        element.style.height = `${(height / page.height) * 100}%`;
      }
    });
  }
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      target.sheet.isNear = isIntersecting;
      if (isIntersecting) target.sheet.load();
    }
  },
  { root: scroller, rootMargin: "400px" },
);

/** Shows the pages of a state. */
export function update(state) {
  const total = state.pages.length;
  while (sheets.length > total) {
    const sheet = sheets.pop();
    observer.unobserve(sheet.element);
    sheet.element.remove();
    sheet.link.remove();
  }
  while (sheets.length < total) {
    const sheet = new Sheet(sheets.length + 1);
    sheets.push(sheet);
    scroller.append(sheet.element);
    list.append(sheet.link);
    observer.observe(sheet.element);
  }
  sheets.forEach((sheet, index) => sheet.want(state.pages[index], state.revision));
  spots = state.spots;
  const errors = new Map();
  for (const finding of state.findings) {
    if (finding.waived || finding.level === "note") continue;
    const page = spots.find((spot) => spot.id === finding.spots[0])?.page;
    if (page) errors.set(page, (errors.get(page) ?? 0) + 1);
  }
  sheets.forEach((sheet, index) => {
    const number = index + 1;
    sheet.update(state.pages[index], spots.filter((spot) => spot.page === number), total);
    const count = errors.get(number);
    fill(sheet.link, `${number}`, count ? make("span", { className: "count", textContent: count }) : null);
    sheet.link.setAttribute("aria-label", `第 ${number} 页${count ? `，${count} 个问题` : ""}`);
  });
  scroller.classList.toggle("old", Boolean(state.stale) && total > 0);
  if (!isPlaced && total) {
    fit();
    isPlaced = true;
    go(memory.read("sessionStorage", place) ?? { page: 1, part: 0 });
  } else {
    fit();
  }
  follow();
}

/** What is told when a spot is chosen: `choose(spot)`. */
export function onChoose(handler) {
  choose = handler;
}

/** The spot with this id. */
export function spotOf(id) {
  return spots.find((spot) => spot.id === id);
}

/** Marks spots and brings the first into view. Returns whether there is one on a page. */
export function mark(ids, { isScrolled = true } = {}) {
  marked = ids;
  let first = null;
  for (const element of scroller.querySelectorAll(".spot")) {
    const isIt = ids.includes(element.dataset.spot);
    element.classList.toggle("marked", isIt);
    if (isIt) first ??= element;
  }
  if (first && isScrolled) {
    const [own, frame] = [first.getBoundingClientRect(), scroller.getBoundingClientRect()];
    if (own.top < frame.top + 20 || own.bottom > frame.bottom - 20 || own.left < frame.left || own.right > frame.right) {
      first.scrollIntoView({ block: own.height > frame.height ? "start" : "center", inline: "nearest" });
    }
  }
  return Boolean(first);
}

/** Loads every page, for printing. */
export async function loadAll() {
  for (const sheet of sheets) {
    sheet.isNear = true;
    await sheet.load();
  }
}

/** Goes some pages on. */
export function turn(by) {
  const { page } = position();
  const next = Math.min(Math.max(page + by, 1), sheets.length);
  go({ page: next, part: 0 });
}

// --- where we are ---

function position() {
  const top = scroller.scrollTop + 1;
  const sheet = sheets.findLast((each) => each.element.offsetTop <= top) ?? sheets[0];
  if (!sheet) return { page: 1, part: 0 };
  return { page: sheet.number, part: (scroller.scrollTop - sheet.element.offsetTop) / sheet.element.offsetHeight };
}

function go({ page, part }) {
  const sheet = sheets[Math.min(page, sheets.length) - 1];
  if (sheet) scroller.scrollTop = sheet.element.offsetTop + part * sheet.element.offsetHeight;
}

function follow() {
  const middle = scroller.scrollTop + scroller.clientHeight / 2;
  const current = sheets.findLast((sheet) => sheet.element.offsetTop <= middle) ?? sheets[0];
  for (const sheet of sheets) {
    if (sheet === current) sheet.link.setAttribute("aria-current", "page");
    else sheet.link.removeAttribute("aria-current");
  }
}

// --- zoom ---

function scale() {
  const width = Number(sheets[0]?.element.style.getPropertyValue("--width")) || 595;
  if (view.zoom !== "fit") return view.zoom * POINT;
  const columns = view.two ? 2 : 1;
  const style = getComputedStyle(scroller);
  const room = scroller.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - (columns - 1) * parseFloat(style.columnGap || 0);
  return Math.max(0.1, room / columns / width);
}

function fit() {
  // Not on show, as on a narrow screen: there is no width to fit.
  if (!scroller.clientWidth) return;
  const now = scale();
  const next = String(now);
  byId("zoom").textContent = `${Math.round((now / POINT) * 100)}%`;
  byId("fit").setAttribute("aria-pressed", view.zoom === "fit");
  byId("two").setAttribute("aria-pressed", view.two);
  if (scroller.style.getPropertyValue("--scale") === next && scroller.classList.contains("two") === view.two) return;
  const before = position();
  scroller.style.setProperty("--scale", next);
  scroller.classList.toggle("two", view.two);
  go(before);
}

function set(change) {
  Object.assign(view, change);
  memory.write("localStorage", VIEW, view);
  fit();
}

/** Goes a step up or down. */
export function zoom(direction) {
  const now = scale() / POINT;
  const next = direction > 0 ? STEPS.find((step) => step > now + 0.01) : STEPS.findLast((step) => step < now - 0.01);
  if (next) set({ zoom: next });
}

export const fitWidth = () => set({ zoom: "fit" });
export const twoPages = () => set({ two: !view.two });

// --- what people do ---

scroller.addEventListener("click", (event) => {
  const element = event.target.closest(".spot");
  const spot = element && spotOf(element.dataset.spot);
  if (spot) choose(spot);
});

/** On a page, the arrows walk from spot to spot. */
scroller.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const sheet = event.target.closest(".page")?.sheet;
  if (!step || !sheet || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const all = [...sheet.layer.children];
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step]?.focus();
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  go({ page: Number(button.dataset.page), part: 0 });
  follow();
});

let saving = 0;
scroller.addEventListener("scroll", () => {
  clearTimeout(saving);
  saving = setTimeout(() => {
    follow();
    if (isPlaced) memory.write("sessionStorage", place, position());
  }, 100);
});

new ResizeObserver(() => sheets.length && fit()).observe(scroller);

// What is read stays where it is when a notice comes or goes above it.
let above = 0;
new ResizeObserver(([entry]) => {
  const height = entry.target.offsetHeight;
  scroller.scrollTop += height - above;
  above = height;
}).observe(byId("banners"));
byId("zoom-in").addEventListener("click", () => zoom(1));
byId("zoom-out").addEventListener("click", () => zoom(-1));
byId("fit").addEventListener("click", fitWidth);
byId("two").addEventListener("click", twoPages);
