// Links into an editor. Which one is a setting of this browser.

import { byId, make, memory } from "./elements.js";

const KEY = "nianbao-editor";
const EDITORS = [
  ["VS Code", "vscode://file/{file}:{line}:{column}"],
  ["VSCodium", "vscodium://file/{file}:{line}:{column}"],
  ["Cursor", "cursor://file/{file}:{line}:{column}"],
  ["Zed", "zed://file/{file}:{line}:{column}"],
  ["Sublime Text", "subl://open?url=file://{file}&line={line}&column={column}"],
  ["JetBrains", "idea://open?file={file}&line={line}&column={column}"],
];
const OTHER = "其他";
// Schemes that do something in the browser itself.
const REFUSED = ["javascript", "data", "vbscript", "blob", "file", "filesystem", "about", "http", "https", "ftp", "ws", "wss", "view-source"];

let preset = null;

const isUsable = (pattern) => {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(pattern)?.[1].toLowerCase();
  return Boolean(scheme) && !REFUSED.includes(scheme) && pattern.includes("{file}");
};

const pattern = () => [memory.read("localStorage", KEY), preset].find((one) => typeof one === "string" && isUsable(one)) ?? EDITORS[0][1];

/** The link that opens a line of a file. */
export function link(path, line, column) {
  const plain = path.replaceAll("\\", "/");
  const file = plain.split("/").map(encodeURIComponent).join("/").replace(/^([A-Za-z])%3A/, "$1:");
  // Patterns write the slash before {file} themselves.
  const name = pattern().includes("/{file}") ? file.replace(/^\//, "") : file;
  return pattern().replaceAll("{file}", name).replaceAll("{line}", line).replaceAll("{column}", column);
}

/** Takes over the pattern that the program was started with. */
export function begin(given, onChange) {
  preset = given;
  const [select, input] = [byId("editor"), byId("pattern")];
  if (select.options.length) return;
  select.append(...EDITORS.map(([name, value]) => make("option", { value, textContent: name })), make("option", { value: "", textContent: OTHER }));
  const showSetting = () => {
    input.value = pattern();
    select.value = EDITORS.some(([, value]) => value === pattern()) ? pattern() : "";
  };
  const take = (value) => {
    const isGood = isUsable(value);
    byId("pattern-problem").textContent = isGood ? "" : "链接要以编辑器的协议开头，并含 {file}，如 vscode://file/{file}:{line}";
    if (!isGood) return;
    memory.write("localStorage", KEY, value);
    onChange();
  };
  select.addEventListener("change", () => {
    if (!select.value) return input.focus();
    input.value = select.value;
    take(select.value);
  });
  input.addEventListener("change", () => {
    take(input.value.trim());
    if (isUsable(input.value.trim())) showSetting();
  });
  showSetting();
}
