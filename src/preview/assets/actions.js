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

function refused(what, reasons) {
  tell(what, make("ol", { className: "reasons" }, ...reasons.map((reason) => make("li", { textContent: reason }))));
}

/** Does something while its button is busy; says so when the program does not answer. */
async function busily(button, what, work) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    tell(what, make("p", { textContent: `${error.message}。看看程序是否还在运行。` }));
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

const others = (button) => busily(button, "没有生成", async () => {
  const kinds = [...document.querySelectorAll("#kinds input:checked")].map((box) => box.value);
  if (kinds.length === 0) return byId("kinds").querySelector("input").focus();
  const outcome = await send("files", { kinds });
  byId("other").close();
  if (!outcome.made) return refused("还不能生成，先改正：", outcome.reasons);
  tell("已生成", ...outcome.paths.map((path) => make("p", { className: "path", textContent: path })));
});

/** The clipboard takes the content when it comes: a browser allows it only while the click is fresh. */
const copy = (button) => busily(button, "没有复制", async () => {
  const content = send("content", {}).then((outcome) => {
    if (!outcome.made) throw Object.assign(new Error("报告还有错误"), { reasons: outcome.reasons });
    return outcome.html;
  });
  const part = (type) => content.then((html) => new Blob([html], { type }));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/html": part("text/html"), "text/plain": part("text/plain") })]);
    await content;
  } catch (error) {
    const outcome = await content.catch((reason) => reason);
    if (outcome?.reasons) return refused("还不能复制，先改正：", outcome.reasons);
    throw error;
  }
  tell("已复制网页内容", make("p", { textContent: "到网站后台的编辑器里粘贴。网站另存图片的，粘贴后看一看图片是否都在。" }));
});

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
byId("make-other").addEventListener("click", () => byId("other").showModal());
byId("make-kinds").addEventListener("click", (event) => others(event.currentTarget));
byId("copy-content").addEventListener("click", (event) => copy(event.currentTarget));
byId("print").addEventListener("click", print);
byId("help").addEventListener("click", settings);
