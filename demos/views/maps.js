// Maps of numbers with a sign: black where they are 0, orange above, blue below.

import { Picture } from "./picture.js";

const ZERO = [20, 20, 24], PLUS = [255, 205, 140], MINUS = [130, 195, 255];

/** Paint rows × columns numbers onto a canvas; `most` is the value with the full colour. */
export function paint(canvas, values, [rows, columns], most) {
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d"), pixels = context.createImageData(columns, rows);
  for (let place = 0; place < rows * columns; place += 1) {
    const share = Math.min(1, Math.max(-1, (values[place] ?? 0) / (most || 1)));
    const end = share < 0 ? MINUS : PLUS;
    ZERO.forEach((dark, i) => { pixels.data[4 * place + i] = dark + Math.abs(share) * (end[i] - dark); });
    pixels.data[4 * place + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}

/** Paint a picture of one or three channels with values from 0 to 1. */
export function paintPicture(canvas, values, [channels, rows, columns]) {
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d"), pixels = context.createImageData(columns, rows), area = rows * columns;
  for (let place = 0; place < area; place += 1) {
    for (let i = 0; i < 3; i += 1) pixels.data[4 * place + i] = 255 * values[channels === 3 ? i * area + place : place];
    pixels.data[4 * place + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}

const ACROSS = 32;

/** Rows and columns in which maps are drawn; a row of units is folded. */
export const drawnAs = (shape) => (shape.length === 3 ? shape.slice(1)
  : [Math.ceil(shape[0] / ACROSS), Math.min(shape[0], ACROSS)]);

export const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** A map that a window can lie over. */
export class MapPicture extends Picture {
  /** Show nested rows of numbers. */
  show(values, most = largest(values.flat())) {
    paint(this.canvas, values.flat(), [this.rows, this.columns], most);
  }
}
