// What the buttons do: PDF, printing, settings.

import { byId, fill, make } from "./elements.js";
import { send } from "./live.js";
import { loadAll } from "./pages.js";

function tell(title, ...body) {
  byId("result-title").textContent = title;
  fill(byId("result-body"), ...body);
  const dialog = byId("result");
  if (!dialog.open) dialog.showModal();
}

async function pdf(button, draft) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const kind = draft ? "草稿 PDF" : "正式 PDF";
  try {
    const outcome = await send("pdf", { draft });
    if (outcome.made) {
      const size = `${outcome.pages} 页，${Math.ceil(outcome.bytes / 1024)} KB`;
      const link = make("a", { href: outcome.link, target: "_blank", rel: "noopener", className: "button", textContent: "打开看看" });
      tell(`已生成${kind}`, make("p", { className: "path", textContent: outcome.path }), make("p", { textContent: size }), make("p", {}, link));
    } else {
      const why = draft ? "没有生成" : "还不能生成正式 PDF，先改正：";
      tell(why, make("ol", { className: "reasons" }, ...outcome.reasons.map((reason) => make("li", { textContent: reason }))));
    }
  } catch (error) {
    tell(`没有生成${kind}`, make("p", { textContent: `程序没有回答（${error.message}）。看看它是否还在运行。` }));
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

async function save() {
  try {
    const outcome = await send("save", {});
    if (outcome.saved) {
      tell("已保存为数据文件", make("p", { className: "path", textContent: outcome.path }), make("p", { textContent: "以后改这个文件；这里预览的还是导入的草稿。" }));
    } else {
      tell("没有保存", make("p", { textContent: outcome.reason }));
    }
  } catch (error) {
    tell("没有保存", make("p", { textContent: `程序没有回答（${error.message}）。看看它是否还在运行。` }));
  }
}

/** Prints all pages, those not yet seen too. */
export async function print() {
  await loadAll();
  window.print();
}

/** Opens the settings. */
export const settings = () => byId("settings").showModal();

byId("make-official").addEventListener("click", (event) => pdf(event.currentTarget, false));
byId("make-draft").addEventListener("click", (event) => pdf(event.currentTarget, true));
byId("save").addEventListener("click", save);
byId("print").addEventListener("click", print);
byId("help").addEventListener("click", settings);
