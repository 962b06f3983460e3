// One axis of a layer, drawn: the pixels with their frame, and below them the stops of the window.

import { reads, sizes, stop } from "../engine/geometry.js";
import { within } from "../engine/settings.js";

const svg = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/** The window whose middle is nearest to a point of the screen. */
export function nearest(drawing, { clientX, clientY }, layer) {
  const { span, outputs } = sizes(layer);
  const x = new DOMPoint(clientX, clientY).matrixTransform(drawing.getScreenCTM().inverse()).x;
  return within((x - span / 2) / layer.s, 0, outputs - 1);
}

/** A drawing of a layer; `here` is the place that is marked; `label` says it in words. */
export function strip(layer, here, label) {
  const { span, padded, outputs } = sizes(layer);
  const lanes = Math.max(1, Math.min(outputs, Math.ceil(span / layer.s))); // windows in one lane do not touch
  const width = Math.max(padded, 12);
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${1.4 + 0.9 * lanes}`, role: "img", "aria-label": label,
    class: "demo-strip", preserveAspectRatio: "xMinYMin" });
  const counts = reads(layer), marked = new Set(outputs ? stop(here, layer) : []);
  for (let x = 0; x < padded; x += 1) {
    const pixel = x - layer.before, inside = pixel >= 0 && pixel < layer.n;
    const kind = !inside ? "demo-out" : counts[pixel] ? "demo-read" : "demo-never";
    drawing.append(svg("rect", { x: x + 0.06, y: 0.06, width: 0.88, height: 0.98,
      class: marked.has(pixel) ? `${kind} demo-marked` : kind }));
  }
  for (let i = 0; i < outputs; i += 1) {
    const y = 1.75 + 0.9 * (i % lanes), x = i * layer.s;
    const group = svg("g", { class: i === here ? "demo-stop demo-marked" : "demo-stop" });
    group.append(svg("line", { x1: x + 0.2, x2: x + span - 0.2, y1: y, y2: y }));
    for (const pixel of stop(i, layer)) group.append(svg("circle", { cx: pixel + layer.before + 0.5, cy: y, r: 0.28 }));
    drawing.append(group);
  }
  return drawing;
}
