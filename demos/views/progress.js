// What one sees of a training: a chart of its course, filters, maps and mistakes.

import { showNumber } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { make } from "./dom.js";
import { drawnAs, largest, paint, paintPicture } from "./maps.js";

const [WIDTH, HEIGHT] = [600, 200];

/** A line through points, as a path; x and y are shares from 0 to 1. */
const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${(WIDTH * x).toFixed(1)} ${(HEIGHT * (1 - y)).toFixed(1)}`).join("");

const svg = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

const LINES = ["training", "held-out", "accuracy"];

/** Loss of training (full), of held-out pictures (dashed), and accuracy (dotted), by steps; what each line is; the scale. */
export class Chart {
  constructor(words) {
    this.words = words;
    this.lines = LINES.map((kind) => svg("path", { class: `demo-line demo-${kind}` }));
    this.scale = make("p", { class: "demo-hint" });
    const legend = make("div", { class: "demo-controls demo-hint" }, ...LINES.map((kind) =>
      make("span", {}, svg("svg", { class: "demo-key", viewBox: "0 0 32 8", "aria-hidden": "true" },
        svg("path", { class: `demo-line demo-${kind}`, d: "M0 4L32 4" })), ` ${words.lines[kind]}`)));
    this.elements = [svg("svg", { class: "demo-chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words.chart,
      preserveAspectRatio: "none" }, ...this.lines), legend, this.scale];
  }

  show(curve) {
    const most = Math.max(...curve.flatMap(([, loss, heldOut]) => [loss, heldOut]).filter(Number.isFinite), 1e-9);
    const steps = curve.at(-1)[0];
    this.lines.forEach((line, i) => line.setAttribute("d", path(curve.filter((one) => Number.isFinite(one[i + 1]))
      .map((one) => [one[0] / Math.max(1, steps), i === 2 ? one[3] : one[i + 1] / most]))));
    this.scale.textContent = fill(this.words.scale, { most: showNumber(most), steps });
  }
}

/** A list of small canvases that is filled anew. */
export class Tiles {
  constructor(name) {
    this.element = make("div", { class: "demo-tiles", role: "group", "aria-label": name });
  }

  /** tiles: [{paint(canvas), title}] */
  show(tiles) {
    while (this.element.children.length > tiles.length) this.element.lastChild.remove();
    tiles.forEach((tile, i) => {
      const figure = this.element.children[i] ?? this.element.appendChild(make("figure", {}, make("canvas"), make("figcaption")));
      const [canvas, caption] = figure.children;
      tile.paint(canvas);
      if (caption.textContent !== tile.title) caption.textContent = tile.title;
    });
  }
}

export function filterTiles(filters) {
  if (!filters) return [];
  const { values, kernel, channels, count } = filters, area = kernel * kernel, most = largest(values);
  return Array.from({ length: Math.min(count, 32) }, (_, f) => ({ title: "",
    paint: (canvas) => paint(canvas, values.subarray(f * channels * area, (f * channels + 1) * area), [kernel, kernel], most) }));
}

export function mapTiles(levels) {
  return levels.flatMap(({ shape, values }) => {
    const [rows, columns] = drawnAs(shape), most = largest(values), area = rows * columns;
    return Array.from({ length: Math.min(shape[0], 16) }, (_, c) => ({ title: "",
      paint: (canvas) => paint(canvas, values.subarray(c * area, (c + 1) * area), [rows, columns], most) }));
  });
}

export function mistakeTiles({ mistakes, classes, shape }, words) {
  return mistakes.map(({ picture, label, answer }) => ({
    title: fill(words.mistake, { label: classes[label], answer: classes[answer] }),
    paint: (canvas) => paintPicture(canvas, picture, shape) }));
}
