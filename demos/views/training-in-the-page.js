// "Training in the page": a network that the reader builds learns under the reader's eyes.

import { KINDS } from "../engine/learning/classes.js";
import { checkStack, readStack } from "../engine/learning/stack.js";
import { showNumber } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { percent } from "./bars.js";
import { button, make, named, still } from "./dom.js";
import { demo } from "./frame.js";
import { guess } from "./guess.js";
import { Chart, filterTiles, mapTiles, mistakeTiles, Tiles } from "./progress.js";
import { stackEditor } from "./stack-editor.js";
import { drawingsOf, LIMITS, settingsOf } from "./training-settings.js";
import { script } from "../workers/learning.js?script";

const DEFAULTS = { data: "digits", layers: KINDS.digits.networks.small, rate: 0.05, momentum: 0.9, decay: 0, batch: 32, seed: 0 };
const ASKED = 100; // steps after which the guess is answered
const PARTS = [0.25, 0.75, 0.9]; // of the held-out pictures: where the answers to choose part
const RHYTHM = { moving: 250, still: 1500 }; // ms between two reports

const whole = (value) => Math.round(value).toLocaleString(document.documentElement.lang);

class Training {
  constructor(frame) {
    Object.assign(this, { frame, words: frame.words, state: frame.state });
    const { state } = frame;
    if (!KINDS[state.data]) state.data = DEFAULTS.data;
    for (const [key, [least, most]] of Object.entries(LIMITS)) state[key] = Math.min(Math.max(state[key], least), most);
    for (const key of ["batch", "seed"]) state[key] = Math.round(state[key]);
    this.kind = KINDS[state.data];
    frame.drawings ??= [];
    this.checked = checkStack(readStack(state.layers), this.kind.shape, this.kind.classes.length);
  }

  elements() {
    const { words, state, frame } = this, own = state.data === "own";
    this.chart = new Chart(words);
    this.tiles = Object.fromEntries(["filters", "maps", "mistakes"].map((key) => [key, new Tiles(words[key])]));
    this.line = make("p", { class: "demo-sum demo-numbers" });
    this.about = make("p", { class: "demo-hint" });
    this.go = button(words.train, () => this.toggle(), { class: "demo-button demo-primary" });
    this.one = button(words.step, () => this.step());
    this.results = make("div", { class: "demo-results" },
      make("div", { class: "demo-controls" }, this.go, this.one, button(words.reset, () => this.begin(true))), this.line,
      ...this.chart.elements, this.about, ...Object.entries(this.tiles).map(([key, tiles]) => named(words[key], tiles.element)));
    this.question = this.ask();
    this.reveal(frame.opened || own);
    const settings = settingsOf({ frame, put: (key) => (value) => this.put(key, value) });
    const editor = stackEditor({ text: state.layers, words, shapes: this.checked.shapes, change: (layers) => frame.set({ layers }) });
    const elements = [make("p", { class: "demo-hint" }, words.hint), settings, named(words.layers, editor),
      make("p", { class: "demo-fault", role: "alert" }, this.checked.fault ? this.complaint() : ""),
      own ? drawingsOf({ frame, kind: this.kind, changed: () => this.begin() }) : undefined, this.question, this.results];
    this.begin();
    return elements;
  }

  complaint() {
    const { fault, layer, values } = this.checked;
    return `${fill(this.words.layer, { number: layer + 1 })}: ${fill(this.words.faults[fault], values)}`;
  }

  /** The reader says what a hundred steps will do, and then they are done. */
  ask() {
    const { words, state: { batch }, kind, frame } = this;
    const choices = Object.fromEntries(words.parts.map((text, i) => [`c${i}`, text]));
    const question = fill(words.question, { steps: ASKED, batch, count: kind.heldOut });
    return guess(frame, { question, choices, done: () => this.go.focus({ preventScroll: true }), answer: () => {
      frame.opened = true;
      this.reveal(true);
      this.turnOn({ until: ASKED });
      return new Promise((resolve) => {
        this.answered = ({ accuracy }) => resolve(`c${PARTS.filter((part) => accuracy >= part).length}`);
      });
    } });
  }

  reveal(opened) {
    this.question.hidden = opened || Boolean(this.checked.fault);
    this.results.hidden = !opened;
  }

  /** A setting of the descent counts from the next step on; a seed begins anew. */
  put(key, value) {
    this.state[key] = value;
    if (key === "seed") this.begin(true);
    else this.order("settings");
    this.frame.changed();
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

  order(order, more = {}) {
    const { rate, momentum, decay, batch } = this.state;
    const every = still() ? RHYTHM.still : RHYTHM.moving;
    this.worker().postMessage({ order, settings: { rate, momentum, decay, batch }, every, ...more });
  }

  turnOn(more) {
    this.running = true;
    this.go.textContent = this.words.pause;
    this.frame.say(this.words.begun);
    this.order("run", more);
  }

  turnOff() {
    this.running = false;
    this.go.textContent = this.words.train;
  }

  toggle() {
    if (!this.running) {
      this.turnOn();
      return;
    }
    this.turnOff();
    this.order("pause");
  }

  step() {
    this.turnOff();
    this.order("step");
  }

  begin(asked = false) {
    const { frame, frame: { drawings }, state: { data, layers, seed } } = this;
    frame.turn = (frame.turn ?? 0) + 1;
    this.turnOff();
    const none = data === "own" && drawings.length === 0;
    this.go.disabled = this.one.disabled = Boolean(this.checked.fault) || none;
    this.line.textContent = "";
    if (this.go.disabled) frame.worker?.postMessage({ order: "pause" });
    else this.order("begin", { turn: frame.turn, data, layers, seed, drawings, asked });
  }

  show(report) {
    const { words, checked } = this;
    const number = (value) => (Number.isFinite(value) ? showNumber(value, 3) : value === undefined ? words.unknown : words.noNumber);
    const { steps, epochs, counts: [training, count], wrong } = report;
    this.line.textContent = fill(count ? words.numbers : words.noHeldOut, { steps, epochs, count, wrong, loss: number(report.loss),
      heldOutLoss: number(report.heldOutLoss), accuracy: percent(report.accuracy) });
    this.chart.show(report.curve);
    this.about.textContent = fill(words.about, { weights: whole(checked.weights), training: whole(training),
      speed: whole(report.speed) });
    this.tiles.filters.show(filterTiles(report.filters));
    this.tiles.maps.show(mapTiles(report.levels));
    this.tiles.mistakes.show(mistakeTiles(report, words));
    if (report.done) {
      this.turnOff();
      this.answered?.(report);
    }
    // Said when the reader asked for it, not at every step.
    if (report.said) this.frame.say(this.line.textContent);
  }
}

demo("training-in-the-page", DEFAULTS, (frame) => new Training(frame).elements());
