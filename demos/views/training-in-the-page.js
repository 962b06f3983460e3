// "Training in the page": a network that the reader builds learns under the reader's eyes.

import { KINDS } from "../engine/learning/classes.js";
import { checkStack, readStack } from "../engine/learning/stack.js";
import { ink } from "../engine/drawing.js";
import { readNumber, showNumber, within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { percent } from "./bars.js";
import { button, choice, make, named, number, still } from "./dom.js";
import { demo } from "./frame.js";
import { paintPicture } from "./maps.js";
import { Pad } from "./pad.js";
import { Chart, filterTiles, mapTiles, mistakeTiles, Tiles } from "./progress.js";
import { stackEditor } from "./stack-editor.js";
import { script } from "../workers/learning.js?script";

const STACKS = { digits: "conv8k3p1-relu-max2-conv16k3p1-relu-flatten-linear10",
  shapes: "conv8k3p1-relu-max2-conv16k3p1-relu-max2-flatten-linear4", own: "conv8k3p1-relu-max2-flatten-linear3" };
const DEFAULTS = { data: "digits", layers: STACKS.digits, rate: 0.05, momentum: 0.9, decay: 0, batch: 32, seed: 0 };
const LIMITS = { rate: [0, 10], momentum: [0, 0.999], decay: [0, 1] };

class Training {
  constructor(frame) {
    Object.assign(this, { frame, words: frame.words, state: frame.state });
    this.kind = KINDS[this.state.data] ?? KINDS.digits;
    if (!KINDS[this.state.data]) this.state.data = "digits";
    frame.drawings ??= [];
    this.state.batch = within(this.state.batch, 1, 256);
    for (const [key, range] of Object.entries(LIMITS)) this.state[key] = Math.min(Math.max(this.state[key], range[0]), range[1]);
    this.checked = checkStack(readStack(this.state.layers), this.kind.shape, this.kind.classes.length);
  }

  elements() {
    const { words } = this;
    this.chart = new Chart(words.chart);
    this.tiles = { filters: new Tiles(words.filters), maps: new Tiles(words.maps), mistakes: new Tiles(words.mistakes) };
    this.line = make("p", { class: "demo-sum demo-numbers" });
    this.scale = make("p", { class: "demo-hint" });
    this.fault = make("p", { class: "demo-fault", role: "alert" }, this.checked.fault ? this.complaint() : "");
    this.go = button(words.train, () => this.toggle(), { class: "demo-button demo-primary" });
    this.one = button(words.step, () => {
      this.running = false;
      this.go.textContent = words.train;
      this.order("step");
    });
    const buttons = make("div", { class: "demo-controls" }, this.go, this.one, button(words.reset, () => this.begin(true)));
    const elements = [this.settings(), make("p", { class: "demo-hint" }, words.hint),
      named(words.layers, stackEditor({ text: this.state.layers, words, shapes: this.checked.shapes,
        change: (layers) => this.frame.set({ layers }) })), this.fault,
      ...(this.state.data === "own" ? [this.drawing()] : []), buttons, this.line,
      named(words.chart, this.chart.element), this.scale, named(words.filters, this.tiles.filters.element),
      named(words.maps, this.tiles.maps.element), named(words.mistakes, this.tiles.mistakes.element)];
    this.begin();
    return elements;
  }

  complaint() {
    const { fault, layer, values } = this.checked;
    return `${fill(this.words.layer, { number: layer + 1 })}: ${fill(this.words.faults[fault], values)}`;
  }

  /** A setting of the descent: it counts from the next step on. */
  settings() {
    const { words, state, frame } = this;
    const put = (key) => (value) => {
      state[key] = value;
      this.order("settings");
      frame.changed();
    };
    const decimal = (key) => {
      const input = make("input", { inputmode: "decimal", value: String(state[key]), oninput: () => {
        const value = readNumber(input.value), good = value !== undefined && value >= LIMITS[key][0] && value <= LIMITS[key][1];
        input.setAttribute("aria-invalid", String(!good));
        if (good) put(key)(value);
      } });
      return make("label", { class: "demo-field demo-number" }, make("span", {}, words[key]), input);
    };
    return make("div", { class: "demo-controls" },
      choice(words.data, words.sets, state.data, (data) => frame.set({ data, layers: STACKS[data] })),
      ...Object.keys(LIMITS).map(decimal), number(words.batch, state.batch, 1, 256, put("batch")),
      number(words.seed, state.seed, 0, 9999, (seed) => {
        state.seed = seed;
        frame.changed();
        this.begin(true);
      }));
  }

  /** The reader's own pictures: draw, say what it is, keep it. */
  drawing() {
    const { words, frame, kind: { shape, classes } } = this;
    let pen = [];
    const show = () => paintPicture(pad.canvas, ink(pen, shape[1], shape[2], 1.5), shape);
    const pad = new Pad({ size: shape.slice(1), name: words.picture, words, drawing: () => pen, say: (text) => frame.say(text),
      drawn: (next) => {
        pen = next;
        show();
      } });
    const count = () => classes.map((name, label) =>
      `${name}: ${frame.drawings.filter((one) => one.label === label).length}`).join(", ");
    const kept = make("p", {}, fill(words.kept, { count: count() }));
    const keep = (label) => () => {
      if (!pen.length) return;
      frame.drawings.push({ label, pen });
      pen = [];
      show();
      kept.textContent = fill(words.kept, { count: count() });
      frame.say(kept.textContent);
      this.begin();
    };
    show();
    return named(words.draw, pad.element, make("div", { class: "demo-controls" },
      ...classes.map((name, label) => button(fill(words.keep, { name }), keep(label)))), kept);
  }

  /** A worker from the text of its script: a page on the disk may load no file into one. */
  worker() {
    const { frame } = this;
    if (!frame.worker) {
      const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
      frame.worker = new Worker(address);
      URL.revokeObjectURL(address);
    }
    frame.worker.onmessage = ({ data }) => data.turn === frame.turn && this.show(data);
    return frame.worker;
  }

  order(order) {
    const { rate, momentum, decay, batch } = this.state;
    if (order !== "settings") this.asked = order;
    this.worker().postMessage({ order, settings: { rate, momentum, decay, batch }, every: still() ? 1500 : 250 });
  }

  toggle() {
    this.order(this.running ? "pause" : "run");
    this.running = !this.running;
    this.go.textContent = this.running ? this.words.pause : this.words.train;
    if (this.running) this.frame.say(this.words.begun);
  }

  begin(asked = false) {
    const { frame, frame: { drawings }, state: { data, layers, seed } } = this;
    frame.turn = (frame.turn ?? 0) + 1;
    this.running = false;
    this.go.textContent = this.words.train;
    const none = data === "own" && drawings.length === 0;
    this.go.disabled = this.one.disabled = Boolean(this.checked.fault) || none;
    if (this.go.disabled) {
      frame.worker?.postMessage({ order: "pause" });
      return;
    }
    this.asked = asked ? "begin" : undefined;
    this.worker().postMessage({ order: "begin", turn: frame.turn, data, layers, seed, drawings });
  }

  show(report) {
    const { words, checked } = this, number = (value) => (Number.isFinite(value) ? showNumber(value, 3) : words.noNumber);
    const said = fill(words.numbers, { steps: report.steps, epochs: report.epochs, loss: number(report.loss),
      heldOutLoss: number(report.heldOutLoss), accuracy: percent(report.accuracy), wrong: report.wrong, count: report.counts[1] });
    this.line.textContent = said;
    const most = this.chart.show(report.curve);
    this.scale.textContent = fill(words.scale, { most: showNumber(most, 2), steps: report.steps, weights: checked.weights,
      training: report.counts[0] });
    this.tiles.filters.show(filterTiles(report.filters));
    this.tiles.maps.show(mapTiles(report.levels));
    this.tiles.mistakes.show(mistakeTiles(report, words));
    // Said when the reader asked for something, not while it runs.
    if (!report.running && this.asked) this.frame.say(said);
    if (!report.running) this.asked = undefined;
  }
}

demo("training-in-the-page", DEFAULTS, (frame) => new Training(frame).elements());
