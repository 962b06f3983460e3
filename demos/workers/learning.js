// The worker that trains: the page stays free while it computes.

import { Session } from "../engine/learning/session.js";

const AT_ONCE = 50; // ms of steps before the worker hears what the page wants
const SHARE = 4; // steps take so many times as long as reports

let session, settings, running = false, every = 250, turn = 0, until = Infinity, spent = 0;
let told = 0, dear = 0, waiting;

/** `said`: the reader asked for these numbers; `done`: so many steps as were ordered. */
function tell(notes = {}) {
  const start = performance.now();
  self.postMessage({ ...session.report(), running, turn, speed: spent ? (1000 * session.seen) / spent : 0, ...notes });
  told = performance.now();
  dear = told - start;
}

function step() {
  const start = performance.now();
  session.step(settings);
  spent += performance.now() - start;
}

/** Steps for a while, now and then a report, and a moment to listen. */
function run() {
  const end = performance.now() + AT_ONCE;
  do step(); while (session.steps < until && performance.now() < end);
  if (session.steps >= until) {
    running = false;
    tell({ done: true });
    return;
  }
  if (performance.now() - told > Math.max(every, SHARE * dear)) tell();
  waiting = setTimeout(run, 0);
}

function stop() {
  running = false;
  clearTimeout(waiting);
}

const ORDERS = {
  begin: (given) => {
    stop();
    turn = given.turn;
    spent = 0;
    session = new Session(given);
    tell({ said: given.asked });
  },
  run: (given) => {
    stop();
    running = true;
    until = given.until ?? Infinity;
    run();
  },
  pause: () => {
    if (!running) return;
    stop();
    tell({ said: true });
  },
  step: () => {
    stop();
    step();
    tell({ said: true });
  },
};

self.onmessage = ({ data: { order, ...given } }) => {
  if (given.settings) settings = given.settings;
  if (given.every) every = given.every;
  ORDERS[order]?.(given);
};
