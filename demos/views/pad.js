// A picture to draw on: by mouse, by finger, or by keys that move a pen.

import { QUARTERS } from "../engine/drawing.js";
import { within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { make } from "./dom.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Options: size [rows, columns]; name; words; drawing(): the numbers so far; drawn(numbers, done): there are
 * more, and whether the pen was lifted; say(text). */
export class Pad {
  constructor({ size, name, words, drawing, drawn, say }) {
    Object.assign(this, { size, words, drawing, drawn, say, pen: size.map((one) => Math.floor(one / 2)), down: false });
    this.canvas = make("canvas", { width: size[1], height: size[0], "aria-hidden": "true" });
    this.marker = make("div", { class: "demo-pen", hidden: true });
    this.element = make("div", { class: "demo-picture demo-pad", tabindex: 0, role: "application",
      "aria-roledescription": words.pad, "aria-label": `${name}. ${words.padHint}` }, this.canvas, this.marker);
    this.element.style.gridTemplate = `repeat(${size[0]}, 1fr) / repeat(${size[1]}, 1fr)`;
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("blur", () => this.lift());
    this.canvas.addEventListener("pointerdown", (event) => this.press(event));
  }

  /** Where a pointer is, in quarters of a pixel. */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const shares = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    return shares.map((share, axis) => within(share * this.size[axis] * QUARTERS, 0, this.size[axis] * QUARTERS));
  }

  press(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    let last = this.place(event);
    this.drawn([...this.drawing(), ...(this.drawing().length ? [-1] : []), ...last], false);
    const move = (next) => {
      const place = this.place(next);
      if (Math.hypot(place[0] - last[0], place[1] - last[1]) < QUARTERS / 2) return;
      last = place;
      this.drawn([...this.drawing(), ...place], false);
    };
    const end = () => {
      this.canvas.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) this.canvas.removeEventListener(name, end);
      this.drawn(this.drawing(), true);
    };
    this.canvas.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, end);
  }

  key(event) {
    const step = STEPS[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || !(step || event.key === " " || event.key === "Enter")) return;
    event.preventDefault();
    if (step) this.pen = this.pen.map((one, axis) => within(one + step[axis], 0, this.size[axis] - 1));
    else this.down = !this.down;
    const point = this.pen.map((one) => QUARTERS * one + QUARTERS / 2);
    if (this.down) this.drawn([...this.drawing(), ...(step || !this.drawing().length ? [] : [-1]), ...point], !step);
    else if (!step) this.drawn(this.drawing(), true);
    this.marker.hidden = false;
    this.marker.style.gridArea = `${this.pen[0] + 1} / ${this.pen[1] + 1}`;
    this.marker.classList.toggle("demo-down", this.down);
    const state = this.down ? this.words.penDown : this.words.penUp;
    this.say(fill(this.words.pen, { row: this.pen[0] + 1, column: this.pen[1] + 1, state }));
  }

  lift() {
    this.down = false;
    this.marker.hidden = true;
  }
}
