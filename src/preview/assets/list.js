// All reports with their state.

import { byId, fill, make } from "./elements.js";
import { listen } from "./live.js";

let reports = [];
const rows = new Map();

function row(report) {
  const key = JSON.stringify(report);
  const known = rows.get(report.id);
  if (known?.key === key) return known.element;
  const link = make("a", { href: `/reports/${report.id}/`, textContent: report.agency || report.name });
  const element = make(
    "tr",
    { data: { health: report.health, id: report.id } },
    make("td", {}, make("span", { className: "health", textContent: report.label, data: { health: report.health } })),
    make("th", { scope: "row" }, link),
    make("td", { textContent: report.year ?? "" }),
    make("td", { textContent: report.detail }),
    make("td", { className: "path", textContent: report.name }),
  );
  rows.set(report.id, { key, element });
  return element;
}

function draw() {
  const words = byId("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const only = byId("only").value;
  const isWanted = (report) => {
    const text = `${report.agency} ${report.year ?? ""} ${report.name}`.toLowerCase();
    const health = report.health === "broken" ? "errors" : report.health;
    return (!only || health === only) && words.every((word) => text.includes(word));
  };
  const wanted = reports.filter(isWanted);
  fill(byId("reports"), ...wanted.map(row));
  byId("none").hidden = wanted.length > 0;
  const count = (...health) => reports.filter((report) => health.includes(report.health)).length;
  byId("file").textContent = `共 ${reports.length} 份：${count("passed")} 份通过，${count("warnings")} 份有提醒，${count("errors", "broken")} 份有错`;
}

byId("search").addEventListener("input", draw);
byId("only").addEventListener("change", draw);
listen("events", {
  list: (list) => {
    reports = list.reports;
    draw();
  },
  lost: (lost) => fill(byId("banners"), lost ? make("div", { className: "banner lost", textContent: "与预览程序的连接断了，正在重新连接…" }) : null),
});
