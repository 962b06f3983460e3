// A matrix of cells, to be read or to be typed into, with a window over it that can be moved.

import { readNumber, showNumber, within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { make } from "./dom.js";

const isField = (cell) => cell.localName === "input";
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Options: name; words; typed(row, column, value) makes the cells fields, but those that are fixed(row,
 * column); pressed(row, column); looked([row, column]) is told where the mouse or the keyboard is, and
 * when it is there no more. */
export class Grid {
  constructor(rows, columns, { name, words, typed, fixed = () => false, pressed, looked, small = false }) {
    Object.assign(this, { rows, columns, name, words, typed });
    this.cells = Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => (typed && !fixed(i, j) ? this.field(i, j) : this.plain(i, j, pressed))));
    const lines = this.cells.map((line) => make("div", { role: "row" },
      ...line.map((cell) => (isField(cell) ? make("div", { role: "cell", style: cell.style.cssText }, cell) : cell))));
    this.table = make("div", { role: "table", "aria-label": name }, ...lines);
    this.element = make("div", { class: small ? "demo-grid demo-small" : "demo-grid" }, this.table);
    this.element.style.setProperty("--columns", columns);
    const first = this.cells.flat().find(isField);
    if (first) first.tabIndex = 0;
    if (looked) this.watch(looked);
  }

  /** Tell where the mouse or the keyboard went last. A finger has no place before it presses. */
  watch(looked) {
    let over, focused;
    this.cells.forEach((line, i) => line.forEach((cell, j) => {
      cell.addEventListener("pointerenter", ({ pointerType }) => {
        if (pointerType === "touch") return;
        looked(over = [i, j]);
      });
      cell.addEventListener("focus", () => looked(focused = [i, j]));
      cell.addEventListener("blur", () => {
        focused = undefined;
        looked(over);
      });
    }));
    this.element.addEventListener("pointerleave", () => {
      over = undefined;
      looked(focused);
    });
  }

  at(i, j) {
    return `grid-area: ${i + 1} / ${j + 1}`;
  }

  plain(i, j, pressed) {
    const cell = make("div", { role: "cell", class: "demo-cell", style: this.at(i, j) });
    if (pressed) cell.addEventListener("click", () => pressed(i, j));
    return cell;
  }

  field(i, j) {
    const label = fill(this.words.cell, { name: this.name, row: i + 1, column: j + 1 });
    const cell = make("input", { class: "demo-cell", style: this.at(i, j), inputmode: "text", autocomplete: "off",
      "aria-label": label, tabindex: -1 });
    const take = () => {
      const value = readNumber(cell.value);
      cell.setAttribute("aria-invalid", String(value === undefined));
      if (value !== undefined) this.typed(i, j, value);
    };
    cell.addEventListener("input", take);
    cell.addEventListener("focus", () => cell.select());
    cell.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const next = this.cells[i + step[0]]?.[j + step[1]];
      if (!next || !isField(next)) return;
      cell.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    return cell;
  }

  /** Show values; undefined leaves a cell empty. `most` is the value with the full colour. */
  show(values, most) {
    const largest = most ?? Math.max(1e-9, ...values.flat().map((value) => Math.abs(value ?? 0)));
    values.forEach((line, i) => line.forEach((value, j) => this.showCell(i, j, value, largest)));
  }

  showCell(i, j, value, most) {
    const cell = this.cells[i][j];
    const text = value === undefined ? "" : showNumber(value);
    if (!isField(cell)) cell.textContent = text;
    else if (document.activeElement !== cell || readNumber(cell.value) === undefined) {
      cell.value = text;
      cell.setAttribute("aria-invalid", "false");
    }
    const share = value === undefined ? 0 : Math.min(1, Math.abs(value) / most);
    cell.style.setProperty("--share", `${Math.round(share * 55)}%`);
    cell.classList.toggle("demo-minus", value < 0);
    cell.classList.toggle("demo-long", text.length > 4);
  }

  /** Write a small word into the corner of each cell: `text(row, column)`, if there is one. */
  note(text) {
    this.cells.forEach((line, i) => line.forEach((cell, j) => {
      const corner = cell.closest("[role=cell]"), word = text(i, j);
      if (word === undefined) delete corner.dataset.note;
      else corner.dataset.note = word;
    }));
  }

  /** Mark the cells for which a test holds. */
  mark(name, test) {
    this.cells.forEach((line, i) => line.forEach((cell, j) => cell.classList.toggle(name, Boolean(test(i, j)))));
  }
}

/** A frame over a grid that moves by arrow keys, by its handle, and with the mouse anywhere in it.
 *
 * stops: rows and columns of places; origin: the cell of place 0; step: cells from place to place;
 * span: its height and width in cells; moved(i, j) is told; describe(i, j) says what is there.
 */
export class SlidingWindow {
  constructor(grid, { name, stops, origin = [0, 0], step = [1, 1], span, at, moved, describe }) {
    Object.assign(this, { grid, stops, origin, step, span, moved, describe, at: [...at] });
    this.handle = make("span", { class: "demo-handle", "aria-hidden": "true" }, "✥");
    this.element = make("div", { class: "demo-window", role: "slider", tabindex: 0, "aria-label": name,
      "aria-valuemin": 1, "aria-valuemax": stops[0] * stops[1] }, this.handle);
    grid.element.append(this.element);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("pointerdown", (event) => this.pick(event));
    grid.table.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" && this.covers(event)) this.pick(event);
    });
    // A press selects what a field holds; the browser would carry that text away.
    grid.table.addEventListener("dragstart", (event) => event.preventDefault());
    this.place();
  }

  key(event) {
    const steps = { ...STEPS, Home: [-this.stops[0], -this.stops[1]], End: this.stops };
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.go(this.at[0] + step[0], this.at[1] + step[1]);
  }

  /** Go to a place, or as near to it as there is one. */
  go(i, j) {
    const next = [within(i, 0, this.stops[0] - 1), within(j, 0, this.stops[1] - 1)];
    if (next[0] === this.at[0] && next[1] === this.at[1]) return;
    this.at = next;
    this.moved(...next);
    this.place();
  }

  /** Draw it where it is, and say what is there. */
  place() {
    const [top, left] = [0, 1].map((axis) => this.origin[axis] + this.at[axis] * this.step[axis] + 1);
    this.element.style.gridArea = `${top} / ${left} / span ${this.span[0]} / span ${this.span[1]}`;
    this.element.setAttribute("aria-valuenow", this.at[0] * this.stops[1] + this.at[1] + 1);
    this.element.setAttribute("aria-valuetext", this.describe(...this.at));
  }

  covers(event) {
    const box = this.element.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  }

  /** Follow the pointer until it is let go; a press without a move belongs to the cell below. */
  pick(event) {
    const box = this.grid.element.getBoundingClientRect();
    const cell = this.element.getBoundingClientRect().width / this.span[1];
    const start = [event.clientY, event.clientX], from = [...this.at];
    const byHandle = event.target === this.handle;
    let dragging = byHandle;
    const move = (next) => {
      const way = [next.clientY - start[0], next.clientX - start[1]];
      dragging ||= Math.hypot(...way) > 5;
      if (!dragging || !box.width) return;
      next.preventDefault();
      this.go(...[0, 1].map((axis) => from[axis] + Math.round(way[axis] / cell / this.step[axis])));
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      if (dragging) this.element.focus({ preventScroll: true });
    };
    if (byHandle) event.preventDefault();
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }
}
