// The history of a picture: what of it changes, at every recorded moment. Fetched once, and kept for all charts.

import { clock } from "./bus.js";
import { opened, textOf } from "../packed.js";
import { served } from "../streamlit.js";
import { isDrawing } from "../turns.js";

const HISTORIES = new Map(); // address -> promise of a History
const AT_ONCE = 2; // histories fetched at a time

class History {
  constructor(bytes) {
    const [about, rest] = opened(bytes);
    /** @type {any} what frames.py has written: kind, title, step, seconds, images, … */
    this.about = about;
    const kinds = { cells: Int16Array, places: Uint16Array, heights: Float32Array };
    if (about.kind === "figures") this.texts = textOf(rest).split("\n");
    else this.numbers = new kinds[about.kind](rest.slice().buffer); // a copy: typed arrays begin at multiples of their size
    this.last = about.step.length - 1;
    this.size = (about.shape ?? []).slice(1).reduce((a, b) => a * b, 1); // numbers a moment
  }

  // The last moment before the clock's amount was spent.
  now() {
    if (!clock.on) return this.last;
    const limit = clock.amount * (1 + 1e-9);
    const spent = this.about[clock.axis];
    let [low, high] = [0, this.last];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (spent[middle] <= limit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  name(i) {
    return this.about.title.replace("{step}", this.about.step[i]);
  }

  part(i) {
    return this.numbers.subarray(i * this.size, (i + 1) * this.size);
  }

  // n rows of n numbers, null where there is nothing
  z(i) {
    const { nothing, scale, shape } = this.about;
    const [, n] = shape;
    const flat = Float64Array.from(this.part(i), (q) => (q === nothing ? NaN : q * scale));
    return Array.from({ length: n }, (_, row) => flat.subarray(row * n, (row + 1) * n));
  }

  place(i, axis, picture) {
    const q = this.numbers[i * this.size + 2 * picture + axis];
    const { low, high } = this.about;
    return low[axis] + (q / 65535) * (high[axis] - low[axis]);
  }
}

// One history after the other, when the page has its first pictures.
const waiting = [];
let running = 0;

/** @returns {Promise<History>} */
export function historyAt(address) {
  if (!HISTORIES.has(address)) {
    clock.tick({ loading: clock.loading + 1 });
    const promise = new Promise((resolve, reject) => waiting.push({ address, resolve, reject }));
    HISTORIES.set(address, promise);
    promise
      .catch(() => HISTORIES.delete(address)) // the next refresh tries again
      .finally(() => clock.tick({ loading: clock.loading - 1 }));
    if (HISTORIES.size > 96) HISTORIES.delete(HISTORIES.keys().next().value);
    advance();
  }
  return HISTORIES.get(address);
}

async function advance() {
  if (isDrawing()) return void setTimeout(advance, 50);
  if (running >= AT_ONCE || !waiting.length) return;
  const { address, resolve, reject } = waiting.shift();
  running++;
  try {
    const answer = await fetch(served(address));
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    resolve(new History(new Uint8Array(await answer.arrayBuffer())));
  } catch (error) {
    reject(error);
  }
  running--;
  advance();
}
