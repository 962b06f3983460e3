// A photograph or a map on a canvas, in the place of a grid: a window can lie over it.

import { make } from "./dom.js";

export class Picture {
  constructor(values, name) {
    [this.rows, this.columns] = [values.length, values[0].length];
    this.canvas = make("canvas", { width: this.columns, height: this.rows, role: "img", "aria-label": name });
    this.table = this.canvas; // what a window listens to
    this.element = make("div", { class: "demo-picture" }, this.canvas);
    this.element.style.gridTemplate = `repeat(${this.rows}, 1fr) / repeat(${this.columns}, 1fr)`;
    this.show(values);
  }

  /** Draw values from 0 (black) to 1 (white). */
  show(values) {
    const context = this.canvas.getContext("2d");
    const pixels = context.createImageData(this.columns, this.rows);
    values.flat().forEach((value, place) => {
      pixels.data.set([255 * value, 255 * value, 255 * value, 255], 4 * place);
    });
    context.putImageData(pixels, 0, 0);
  }
}
