// "Geometry bench": size, kernel, padding, stride and dilation along each axis, and what they do.

import { mirrored, sizes, unread } from "../engine/geometry.js";
import { within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { choice, make, number, toggle } from "./dom.js";
import { demo } from "./frame.js";
import { guess } from "./guess.js";
import { nearest, strip } from "./strip.js";

const NAMES = ["n", "k", "before", "after", "s", "d"];
const LIMITS = { n: [1, 256], k: [1, 16], before: [0, 8], after: [0, 8], s: [1, 16], d: [1, 8] };
/** Layers by name: the six numbers of an axis, and those of the columns where they are others. */
const PRESETS = {
  row: [[7, 3, 0, 0, 1, 1]], same: [[7, 3, 1, 1, 1, 1]], stride: [[7, 3, 0, 0, 2, 1]], dilation: [[7, 3, 0, 0, 1, 2]],
  misfit: [[8, 3, 0, 0, 2, 1]], holes: [[9, 2, 0, 0, 3, 1]], outgrown: [[4, 5, 0, 0, 1, 1]],
  sides: [[4, 1, 1, 1, 1, 1], [10, 1, 0, 0, 1, 1]], lenet: [[28, 5, 2, 2, 1, 1]],
  alexnet224: [[224, 11, 0, 0, 4, 1]], alexnet227: [[227, 11, 0, 0, 4, 1]], vgg: [[224, 3, 1, 1, 1, 1]],
  resnet: [[224, 7, 3, 3, 2, 1]], tensorflow: [[224, 7, 2, 3, 2, 1]], patches: [[224, 16, 0, 0, 16, 1]],
  sound: [[80, 3, 1, 1, 1, 1], [250, 7, 3, 3, 2, 1]],
};
const DEFAULTS = { rows: PRESETS.row[0], columns: [], transposed: 0, at: [0, 0] };

const layerOf = (numbers) => Object.fromEntries(NAMES.map((name, place) =>
  [name, within(numbers[place] ?? DEFAULTS.rows[place], ...LIMITS[name])]));

/** One axis: its numbers, its question, its drawing. */
class Axis {
  constructor(frame, key, place, name) {
    Object.assign(this, { frame, key, place, name });
    this.layer = layerOf(frame.state[key]);
    this.transposed = Boolean(frame.state.transposed);
    this.drawn = this.transposed ? mirrored(this.layer) : this.layer;
    const { outputs } = sizes(this.drawn);
    this.size = this.transposed ? this.drawn.n : outputs;
    this.stops = this.transposed && !this.drawn.n ? 0 : outputs;
  }

  /** Known axes are remembered by their numbers: a new setting is a new question. */
  get question() {
    return `${this.key} ${Object.values(this.layer)} ${this.transposed}`;
  }

  elements() {
    const { frame, frame: { words } } = this;
    frame.answered ??= new Set();
    const set = (changes) => frame.set({ [this.key]: Object.values({ ...this.layer, ...changes }) });
    const fields = NAMES.map((name) =>
      number(words[name], this.layer[name], ...LIMITS[name], (value) => set({ [name]: value })));
    const { before, after } = this.layer, most = LIMITS.before[1] + LIMITS.after[1];
    // What is typed in total is shared by both sides; an odd one goes last.
    fields.splice(NAMES.indexOf("after") + 1, 0, number(words.total, before + after, 0, most, (total) =>
      set({ before: Math.floor(total / 2), after: Math.ceil(total / 2) })));
    const known = frame.answered.has(this.question);
    const text = fill(this.transposed ? words.questionTransposed : words.question, this.layer);
    const form = guess(frame, { question: text, answer: () => this.size, done: () => {
      frame.answered.add(this.question);
      frame.draw();
      frame.live.querySelectorAll(".demo-axis")[this.place].querySelector("input[type=range]")?.focus();
    } });
    return make("div", { class: "demo-axis", role: "group", "aria-label": this.name },
      make("p", { class: "demo-name" }, this.name), make("div", { class: "demo-controls" }, ...fields),
      ...(known ? this.answer() : [form]));
  }

  answer() {
    const { frame, frame: { words, state } } = this;
    const { span, padded, left } = sizes(this.layer);
    const values = { ...this.layer, span, padded, left, size: this.size, total: this.layer.before + this.layer.after,
      exact: (padded - span) / this.layer.s };
    if (!this.size) return [make("p", { class: "demo-result" }, fill(words.none, values))];
    const never = unread(this.drawn);
    const list = never.length > 12 ? `${never.slice(0, 12).join(", ")} …` : never.join(", ");
    const sentence = fill(this.transposed ? words.formulaTransposed : words.formula, values);
    const rest = this.transposed ? "" : fill(left ? words.left : words.fits, values);
    const idle = fill(never.length ? words.never : words.all, { list, count: never.length });
    const place = within(state.at[this.place] ?? 0, 0, Math.max(0, this.stops - 1));
    const holder = make("div", { class: "demo-strips" });
    const said = make("output", {});
    const show = (here) => {
      holder.replaceChildren(strip(this.drawn, here, `${this.name}: ${sentence} ${idle}`));
      said.textContent = fill(words.stop, { place: here + 1, count: this.stops });
      slider.setAttribute("aria-valuetext", said.textContent);
    };
    const go = (next) => {
      state.at[this.place] = next;
      slider.value = next;
      show(next);
      frame.changed();
    };
    const slider = make("input", { type: "range", min: 0, max: this.stops - 1, value: place,
      oninput: () => go(Number(slider.value)) });
    // The drawing itself can be pressed, and drawn along.
    const follow = (event) => go(nearest(holder.firstChild, event, this.drawn));
    holder.addEventListener("pointerdown", (event) => {
      holder.setPointerCapture(event.pointerId);
      follow(event);
    });
    holder.addEventListener("pointermove", (event) => holder.hasPointerCapture(event.pointerId) && follow(event));
    show(place);
    return [holder, make("label", { class: "demo-field" }, make("span", {}, words.window), slider, said),
      make("p", { class: "demo-result" }, `${sentence} ${rest} ${idle}`)];
  }
}

demo("geometry-bench", DEFAULTS, (frame) => {
  const { words, state } = frame;
  state.at = [...state.at];
  const now = String([state.rows, state.columns].filter((axis) => axis.length));
  const preset = Object.keys(PRESETS).find((name) => String(PRESETS[name]) === now) ?? "own";
  const two = state.columns.length > 0;
  const controls = make("div", { class: "demo-controls" },
    choice(words.preset, words.presets, preset, (name) =>
      name !== "own" && frame.set({ rows: PRESETS[name][0], columns: PRESETS[name][1] ?? [], at: [0, 0] })),
    toggle(words.two, two, (on) => frame.set({ columns: on ? [...state.rows] : [] })),
    toggle(words.transposed, state.transposed, (on) => frame.set({ transposed: Number(on), at: [0, 0] })));
  const rows = new Axis(frame, "rows", 0, two ? words.rows : words.both);
  const axes = [rows, ...(two ? [new Axis(frame, "columns", 1, words.columns)] : [])];
  return [controls, make("p", { class: "demo-hint" }, words.hint), ...axes.map((axis) => axis.elements())];
});
