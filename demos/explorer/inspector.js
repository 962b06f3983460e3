// One unit of a layer: where it stands, what it read, and the sum that made it.

import { why } from "../engine/network.js";
import { showNumber } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { button, choice, make, named, number } from "../views/dom.js";
import { Grid, SlidingWindow } from "../views/grid.js";
import { drawnAs, largest, MapPicture } from "../views/maps.js";

const MOST_CELLS = 64, MOST_TERMS = 25, MOST_SUMS = 16, DIGITS = 3;

const text = (value) => showNumber(value, DIGITS);
const signed = (value) => (value < 0 ? `(${text(value)})` : text(value));

/** Numbers in rows; a place without one stays undefined. */
function rowsOf(values, [rows, columns]) {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => values[i * columns + j]));
}

export class Inspector {
  constructor(explorer) {
    Object.assign(this, { explorer, frame: explorer.frame });
    this.element = make("div", { class: "demo-inspector" });
    this.build();
  }

  get at() {
    return this.frame.state.at;
  }

  /** The level looked at: its size as drawn, the number of the map, the place in it. */
  get here() {
    const [level, unit] = this.at, { shape, values } = this.explorer.levels[level];
    const size = drawnAs(shape), area = size[0] * size[1], map = Math.floor(unit / area);
    return { level, unit, shape, size, area, map, values: values.subarray(map * area, (map + 1) * area),
      place: [Math.floor((unit % area) / size[1]), unit % size[1]] };
  }

  /** Build what stays as long as the map is the same. */
  build() {
    const { level, shape, size, area, map, place } = this.here, { words } = this.frame;
    const key = `${level} ${map}`;
    if (key === this.key) return;
    this.key = key;
    this.head = make("p", { class: "demo-title" });
    this.picture = new MapPicture(rowsOf([], size), words.map);
    this.window = new SlidingWindow(this.picture, { name: words.unitHere, stops: size, span: [1, 1], at: place,
      describe: () => this.explorer.said(), moved: (i, j) => this.move(area * map + i * size[1] + j) });
    this.picture.canvas.addEventListener("click", (event) => {
      const box = this.picture.canvas.getBoundingClientRect();
      this.window.go(Math.floor(((event.clientY - box.top) / box.height) * size[0]),
        Math.floor(((event.clientX - box.left) / box.width) * size[1]));
    });
    const several = shape.length === 3 && shape[0] > 1;
    const pick = several ? number(words.map, map + 1, 1, shape[0],
      (one) => this.explorer.go(level, (one - 1) * area + (this.at[1] % area))) : undefined;
    this.chosen = make("div", { class: "demo-controls" });
    this.reading = make("div", { class: "demo-part" });
    this.cells = make("div", { class: "demo-row" });
    this.sum = make("div", { class: "demo-sum" });
    const back = level ? button(words.follow, () => this.follow()) : undefined;
    const controls = make("div", { class: "demo-controls" }, ...[pick, back].filter(Boolean));
    const focused = this.element.contains(document.activeElement) && document.activeElement.localName;
    this.element.replaceChildren(this.head, controls, make("div", { class: "demo-row" },
      named(words.map, this.picture.element), this.reading), this.chosen, this.cells, this.sum);
    if (focused) this.element.querySelector(focused)?.focus({ preventScroll: true });
  }

  move(unit) {
    const [level] = this.at;
    this.frame.state.at = [level, Math.min(unit, this.explorer.levels[level].values.length - 1)];
    this.explorer.show();
    this.frame.changed();
  }

  /** To the unit below that did most. */
  follow() {
    const { how, terms } = this.reason;
    const weight = ({ value, product }) => (how === "max" ? value : Math.abs(product));
    const best = terms.filter(({ index }) => index >= 0).reduce((one, other) => (weight(other) > weight(one) ? other : one));
    this.explorer.go(this.at[0] - 1, best.index);
  }

  /** The shape of what a level read: the maps before they were laid end to end, if they were. */
  readShape() {
    const { levels } = this.explorer;
    let level = this.at[0] - 1;
    const count = levels[level].values.length;
    while (level > 0 && levels[level].shape.length === 1 && levels[level - 1].values.length === count
      && this.explorer.network.layers[level - 1].kind !== "Linear") level -= 1;
    const { shape } = levels[level];
    return shape.length === 3 ? shape : [1, ...drawnAs(shape)];
  }

  /** Fill in the numbers. */
  show() {
    const { explorer, frame: { words } } = this;
    const { level, unit, size, values, place } = this.here;
    this.head.textContent = explorer.said();
    this.picture.show(rowsOf(values, size), largest(explorer.levels[level].values));
    this.window.at = place;
    this.window.place();
    for (const part of [this.chosen, this.reading, this.cells, this.sum]) part.hidden = level === 0;
    if (level === 0) return;
    const shape = this.readShape(), [, rows, columns] = shape;
    this.reason = why(explorer.network, explorer.levels, level, unit);
    this.terms = this.reason.terms.map((term) => (explorer.levels[level - 1].shape.length === 3 ? term
      : { ...term, channel: Math.floor(term.index / (rows * columns)), a: Math.floor(term.index / columns) % rows,
        b: term.index % columns }));
    const parts = [...new Set(this.terms.map(({ channel }) => channel))];
    const part = parts.includes(this.frame.state.part) ? this.frame.state.part : parts[0];
    this.choosePart(parts, part);
    this.showReading(shape, part);
    this.showCells(this.terms.filter(({ channel }) => channel === part));
    this.sum.replaceChildren(...this.sentences(parts).map((line) => make("p", {}, line)));
    this.picture.canvas.setAttribute("aria-label", `${words.map}: ${explorer.name(level)}`);
  }

  choosePart(parts, part) {
    const key = parts.join();
    if (this.partKey === `${this.key} ${key}` && this.chosen.firstChild) {
      this.chosen.querySelector("select").value = ` ${part}`;
      return;
    }
    this.partKey = `${this.key} ${key}`;
    const choices = Object.fromEntries(parts.map((one) => [` ${one}`, String(one + 1)]));
    this.chosen.replaceChildren(...(parts.length < 2 ? [] : [choice(this.frame.words.part, choices, ` ${part}`, (one) => {
      this.frame.state.part = Number(one);
      this.show();
      this.frame.changed();
    })]));
  }

  /** The map below, and the place that was read. */
  showReading([, rows, columns], part) {
    const { words } = this.frame, { values } = this.explorer.levels[this.at[0] - 1];
    const read = this.terms.filter(({ channel, index }) => channel === part && index >= 0);
    const picture = new MapPicture(rowsOf([], [rows, columns]), words.reading);
    picture.show(rowsOf(values.subarray(part * rows * columns, (part + 1) * rows * columns), [rows, columns]), largest(values));
    const over = (axis) => read.map(({ index }) => (axis ? index % columns : Math.floor(index / columns) % rows));
    const [top, left, bottom, right] = [Math.min(...over(0)), Math.min(...over(1)), Math.max(...over(0)), Math.max(...over(1))];
    if (read.length) {
      picture.element.append(make("div", { class: "demo-window", "aria-hidden": "true",
        style: `grid-area: ${top + 1} / ${left + 1} / ${bottom + 2} / ${right + 2}` }));
    }
    this.reading.replaceChildren(named(words.reading, picture.element));
  }

  /** What was read, the weights and the products, in the place where each lies under the window. */
  showCells(terms) {
    const { words } = this.frame, { how } = this.reason;
    const size = [Math.max(...terms.map(({ a }) => a)) + 1, Math.max(...terms.map(({ b }) => b)) + 1];
    const names = { sum: ["value", "weight", "product"], max: ["value"], function: [] }[how];
    const table = rowsOf([], size);
    for (const term of terms) table[term.a][term.b] = term;
    this.cells.replaceChildren(...names.map((name) => {
      const values = table.map((line) => line.map((term) => term?.[name]));
      if (size[0] * size[1] > MOST_CELLS) {
        const picture = new MapPicture(values, words[name]);
        picture.show(values.map((line) => line.map((value) => value ?? 0)));
        return named(words[name], picture.element);
      }
      const grid = new Grid(...size, { name: words[name], words, small: true, pressed: (i, j) =>
        table[i][j]?.index >= 0 && this.explorer.go(this.at[0] - 1, table[i][j].index) });
      grid.show(values);
      grid.mark("demo-here", (i, j) => how === "max" && table[i][j]?.value === this.reason.value);
      grid.mark("demo-frame", (i, j) => table[i][j]?.index < 0);
      return named(words[name], grid.element);
    }));
  }

  /** The sum in words: all products, or a sum for each channel. */
  sentences(parts) {
    const { words } = this.frame, { how, kind, terms, bias, value } = this.reason;
    if (how === "function") {
      const same = terms[0].value === value && !["ReLU", "Sigmoid", "Tanh"].includes(kind);
      return [same ? fill(words.same, { kind }) : `${kind}(${text(terms[0].value)}) = ${text(value)}`];
    }
    if (how === "max") return [fill(words.max, { value: text(value) })];
    const sums = parts.map((part) => this.terms.filter(({ channel }) => channel === part)
      .reduce((total, { product }) => total + product, 0));
    const all = sums.reduce((total, one) => total + one, 0);
    let line = fill(words.together, { count: terms.length, sum: text(all) });
    if (terms.length <= MOST_TERMS) line = terms.map((one) => `${signed(one.value)}·${signed(one.weight)}`).join(" + ");
    else if (parts.length <= MOST_SUMS && parts.length > 1) line = `${words.channels}: ${sums.map(signed).join(" + ")}`;
    return [`${line} + ${words.bias} ${signed(bias)} = ${text(value)}`];
  }
}
