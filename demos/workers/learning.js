// The worker that trains: the page stays free while it computes.

import { Session } from "../engine/learning/session.js";

let session, settings, running = false, every = 250, turn = 0;

const tell = () => self.postMessage({ ...session.report(), running, turn });

/** Steps for a while, a report, a moment to hear what the page wants, and on. */
function run() {
  if (!running) return;
  const end = performance.now() + Math.min(every, 100);
  do session.step(settings); while (performance.now() < end);
  if (performance.now() - run.told > every) {
    tell();
    run.told = performance.now();
  }
  run.waiting = setTimeout(run, 0);
}

const ORDERS = {
  begin: (given) => {
    running = false;
    turn = given.turn;
    session = new Session(given);
    tell();
  },
  run: () => {
    if (running) return;
    running = true;
    clearTimeout(run.waiting);
    run.told = performance.now();
    run();
  },
  pause: () => {
    running = false;
    tell();
  },
  step: () => {
    running = false;
    session.step(settings);
    tell();
  },
};

self.onmessage = ({ data: { order, ...given } }) => {
  if (given.settings) settings = given.settings;
  if (given.every) every = given.every;
  ORDERS[order]?.(given);
};
