// Elements, in a line each.

/** make("button", { class: "demo-button", onclick: go }, "Go"): an element with all that is in it. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export const button = (text, onclick, attributes = {}) =>
  make("button", { type: "button", class: "demo-button", onclick, ...attributes }, text);

/** A choice among a few: choices are {value: words}. */
export function choice(name, choices, value, onchange) {
  const options = Object.entries(choices).map(([key, text]) =>
    make("option", { value: key, selected: key === String(value) }, text));
  const select = make("select", { onchange: () => onchange(select.value) }, ...options);
  return make("label", { class: "demo-field" }, make("span", {}, name), select);
}

/** A field for a whole number that is typed or stepped. */
export function integer(value, least, most, onchange, attributes = {}) {
  const read = () => {
    const typed = Number(input.value);
    const valid = input.value.trim() !== "" && Number.isInteger(typed) && typed >= least && typed <= most;
    input.setAttribute("aria-invalid", String(!valid));
    if (valid) onchange(typed);
  };
  const input = make("input", { type: "number", min: least, max: most, step: 1, value, oninput: read, ...attributes });
  return input;
}

/** The same with its name before it. */
export const number = (name, ...field) =>
  make("label", { class: "demo-field demo-number" }, make("span", {}, name), integer(...field));

/** A switch. */
export function toggle(name, on, onchange) {
  const input = make("input", { type: "checkbox", checked: Boolean(on), onchange: () => onchange(input.checked) });
  return make("label", { class: "demo-toggle" }, input, make("span", {}, name));
}

/** Something with its name above it. */
export const named = (name, ...children) =>
  make("div", { class: "demo-part" }, make("div", { class: "demo-name" }, name), ...children);

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
