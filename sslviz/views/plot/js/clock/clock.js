// The clock: one slider that moves everything on the page through its recorded history, from the keyboard too.
//
// It moves from one recorded moment (of any run) to the next; between two moments nothing is known. While it moves, only
// the browser works; Python hears of the moment (as a percentage of the longest run) when it has come to rest.

import { clock } from "./bus.js";
import { mounted } from "../streamlit.js";
import { consult, count, isKnown, under } from "./under.js";

const REST = 350; // milliseconds
const MOST = 240; // moments on the slider; of more, as many, evenly chosen
const PAUSE = 2000; // milliseconds after which the doctor is asked: the pictures come first
class Face {
  send; // (name, value): tells Python

  constructor(parent) {
    this.root = document.createElement("div");
    this.root.className = "sslviz-clock";
    this.root.innerHTML = `
      <button type="button" data-do="back" title="One moment back (←)" aria-label="One moment back">◀</button>
      <button type="button" data-do="play" title="Play or pause (space)" aria-label="Play">▶ Play</button>
      <button type="button" data-do="on" title="One moment on (→)" aria-label="One moment on">▶</button>
      <input type="range" min="0" step="1" aria-label="Moment">
      <output></output>
      <select aria-label="Speed" title="Recorded moments in a second">${[3, 6, 12, 24, 48]
        .map((n) => `<option value="${n}"${n === 12 ? " selected" : ""}>${n} a second</option>`)
        .join("")}</select>
      <label title="Where everything will be at the end, drawn faintly"><input type="checkbox" checked> final state</label>
      <button type="button" data-do="sheet" title="All pictures of this page on one sheet">All as PNG</button>`;
    parent.append(this.root);
    for (const sign of ["pointerenter", "focusin"]) this.root.addEventListener(sign, () => clock.wanted || clock.tick({ wanted: true }));
    const find = (what) => /** @type {any} */ (this.root.querySelector(what));
    this.slider = find("[type=range]");
    this.words = find("output");
    this.speed = find("select");
    this.play = find("[data-do=play]");
    find("[data-do=back]").addEventListener("click", () => this.step(-1));
    find("[data-do=sheet]").addEventListener("click", () => clock.dispatchEvent(new Event("sheet")));
    find("[data-do=on]").addEventListener("click", () => this.step(1));
    this.play.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () => (this.pause(), this.go(Number(this.slider.value))));
    this.ghost = find("[type=checkbox]");
    this.ghost.addEventListener("change", () => clock.tick({ ghost: this.ghost.checked }));
    this.keys = (event) => this.key(event);
    document.addEventListener("keydown", this.keys);
    this.heard = () => (this.root.dataset.loading = String(clock.loading > 0));
    clock.addEventListener("tick", this.heard);
    // Streamlit writes the words under a run anew when Python has spoken: they follow the clock again
    this.watch = new MutationObserver(() => this.tell());
  }

  // data: {axis, end, percent, eager, plays, runs: [{number, step, seconds, images, score, ended, doctor}]}
  show(data) {
    const text = JSON.stringify({ ...data, percent: 0 });
    if (text === this.text) return this.tell();
    const first = !this.text, { axis } = data;
    const share = first ? data.percent / 100 : this.amount() / (this.data.end || 1);
    this.text = text;
    this.data = data;
    const all = new Set(data.runs.flatMap((run) => run[axis]));
    const moments = [...all, data.end].filter((amount) => amount <= data.end).sort((a, b) => a - b);
    const some = moments.length > MOST ? MOST : moments.length;
    const pick = (i) => moments[Math.round((i * (moments.length - 1)) / Math.max(1, some - 1))];
    this.moments = [...new Set(Array.from({ length: some }, (_, i) => pick(i)))];
    this.slider.max = this.moments.length - 1;
    const wanted = share * data.end * (1 + 1e-9);
    const at = this.moments.findLastIndex((amount) => amount <= wanted);
    if (first) this.told = data.percent;
    this.ghost.checked = clock.ghost;
    this.go(Math.max(0, at), { quiet: true });
    if (first && data.plays && data.percent === 100 && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.toggle();
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.judge(), PAUSE);
  }

  // The doctor is asked of every run, not while something else moves.
  async judge() {
    const { data } = this;
    for (const { doctor } of data.runs) {
      if (isKnown(doctor)) continue;
      if (clock.playing || clock.loading) return void (this.asking = setTimeout(() => this.judge(), PAUSE));
      await consult(doctor);
      if (this.data !== data || !this.root.isConnected) return;
      this.tell();
    }
    this.root.dataset.judged = "true";
  }

  amount() {
    return this.moments?.[this.at] ?? 0;
  }

  go(at, { quiet = false } = {}) {
    this.at = Math.min(Math.max(0, at), this.moments.length - 1);
    this.slider.value = this.at;
    const { axis, end } = this.data;
    const wanted = clock.wanted || this.data.eager || !quiet || this.at < this.moments.length - 1;
    clock.tick({ on: true, axis, end, amount: this.amount(), playing: Boolean(this.playing), wanted });
    this.tell();
    clearTimeout(this.resting);
    if (!quiet && !this.playing) this.resting = setTimeout(() => this.report(), REST);
  }

  report() {
    const percent = this.data.end ? Math.min(100, Math.ceil((1e6 * this.amount()) / this.data.end) / 1e4) : 100;
    if (percent === this.told) return;
    this.told = percent;
    this.send("moment", percent);
  }

  step(by) {
    this.pause();
    this.go(this.at + by);
  }

  toggle() {
    if (this.playing) return this.pause();
    if (this.at >= this.moments.length - 1) this.go(0, { quiet: true });
    clock.tick({ wanted: true });
    clearTimeout(this.resting);
    this.playing = { from: this.at };
    this.face();
    const turn = (now) => {
      if (!this.playing) return;
      if (clock.loading) Object.assign(this.playing, { from: this.at, since: undefined }); // waits for the histories
      this.playing.since ??= now;
      const at = this.playing.from + Math.floor(((now - this.playing.since) / 1000) * Number(this.speed.value));
      if (at !== this.at) this.go(at);
      if (this.at < this.moments.length - 1) requestAnimationFrame(turn);
      else this.pause();
    };
    clock.tick({ playing: true });
    requestAnimationFrame(turn);
    this.speed.onchange = () => this.playing && Object.assign(this.playing, { from: this.at, since: undefined });
  }

  pause() {
    if (!this.playing) return;
    this.playing = undefined;
    this.face();
    this.go(this.at);
  }

  face() {
    this.play.textContent = this.playing ? "❚❚ Pause" : "▶ Play";
    this.play.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }

  // Arrows, Home, End and space, when nothing else on the page wants them; the slider knows all but space by itself.
  key(event) {
    const { target } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    const mine = target === this.slider;
    if (!mine && target !== document.body) return;
    const acts = { " ": () => this.toggle() };
    const last = this.moments.length - 1;
    if (!mine) {
      const go = (at) => (this.pause(), this.go(at));
      Object.assign(acts, { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), Home: () => go(0), End: () => go(last) });
    }
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  // The moment in words: beside the slider, and under every run.
  tell() {
    if (!this.moments) return;
    const { axis, runs } = this.data;
    const amount = this.amount();
    const unit = { seconds: `${count(amount)} s`, images: `${count(amount)} images`, step: `step ${count(amount)}` }[axis];
    const found = runs.map((run) => ({ run, i: lastBefore(run[axis], amount) }));
    const [only] = found.length === 1 ? found : [];
    const more = !only ? "" : axis === "step" ? ` · ${count(only.run.seconds[only.i])} s` : ` · step ${count(only.run.step[only.i])}`;
    this.words.textContent = unit + more;
    const longest = Math.max(parseFloat(this.words.style.minWidth) || 0, this.words.textContent.length);
    this.words.style.minWidth = `${longest}ch`; // the slider beside it stays as long as it is
    this.slider.setAttribute("aria-valuetext", this.words.textContent);
    this.watch.disconnect();
    for (const { run, i } of found) {
      const ended = run.ended && run[axis][run.step.length - 1] < 0.95 * amount;
      for (const around of under(run, i, ended)) this.watch.observe(around, { childList: true });
    }
  }

  close() {
    this.playing = undefined;
    clearTimeout(this.asking);
    clearTimeout(this.resting);
    document.removeEventListener("keydown", this.keys);
    clock.removeEventListener("tick", this.heard);
    this.watch.disconnect();
    clock.tick({ on: false, playing: false, wanted: false });
  }
}

function lastBefore(amounts, amount) {
  return Math.max(0, amounts.findLastIndex((one) => one <= amount * (1 + 1e-9)));
}

export default mounted(Face);
