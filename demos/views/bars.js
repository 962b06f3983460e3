// How sure a network is of each class.

import { make } from "./dom.js";

export const percent = (share) => `${Math.round(100 * share)} %`;

export class Bars {
  constructor(classes, name) {
    this.lines = classes.map((one) => {
      const bar = make("span", { class: "demo-bar" }), value = make("span", { class: "demo-share" });
      return { bar, value, line: make("li", {}, make("span", { class: "demo-class" }, one), bar, value) };
    });
    this.element = make("ul", { class: "demo-bars", "aria-label": name }, ...this.lines.map(({ line }) => line));
  }

  /** Show shares from 0 to 1. */
  show(shares) {
    const most = Math.max(...shares);
    this.lines.forEach(({ bar, value, line }, i) => {
      bar.style.setProperty("--share", `${100 * shares[i]}%`);
      value.textContent = percent(shares[i]);
      line.classList.toggle("demo-most", shares[i] === most);
    });
  }
}
