// The page that d2lkit.demos.explore writes: it holds a network and pictures, and follows the colours and
// the height of the notebook around it.

import { demo } from "../views/frame.js";
import { DEFAULTS, Explorer } from "./explorer.js";

const root = document.documentElement;

/** The notebook or the book around this page, if there is one and it may be asked. */
function around() {
  try {
    return frameElement ? parent.document.documentElement : undefined;
  } catch {
    return undefined;
  }
}

const outer = around();
const dark = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  root.dataset.theme = outer?.dataset.theme ?? (dark.matches ? "dark" : "light");
}

follow();
dark.addEventListener("change", follow);
if (outer) {
  new MutationObserver(follow).observe(outer, { attributes: true, attributeFilter: ["data-theme"] });
  addEventListener("DOMContentLoaded", () => new ResizeObserver(() => {
    frameElement.style.height = `${document.body.scrollHeight + 4}px`;
  }).observe(document.body));
}

demo("explorer", DEFAULTS, (frame) => {
  frame.given ??= JSON.parse(frame.box.querySelector("script").textContent);
  return new Explorer(frame, frame.given).elements();
});
