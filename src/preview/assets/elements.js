// Elements of the page: made from text, never from markup.

export const byId = (id) => document.getElementById(id);

/** Makes an element. `properties` are set as properties; `data` and `aria` as attributes of that kind. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { data = {}, aria = {}, ...own } = properties;
  Object.assign(element, own);
  for (const [name, value] of Object.entries(data)) element.dataset[name] = value;
  for (const [name, value] of Object.entries(aria)) element.setAttribute(name === "role" ? "role" : `aria-${name}`, value);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== ""));
}

/** Says something to those who listen. */
export function announce(text) {
  byId("announcement").textContent = text;
}

/** What the browser remembers, where it is allowed to. */
export const memory = {
  read(store, key) {
    try {
      return JSON.parse(window[store].getItem(key));
    } catch {
      return null;
    }
  },
  write(store, key, value) {
    try {
      window[store].setItem(key, JSON.stringify(value));
    } catch {
      // Private windows may refuse; then it is forgotten.
    }
  },
};
