// Moves the charts with the clock of the page. A chart whose header names a history fetches it once, after its first
// picture; from then on each moment is taken from it. What only moves (points, cells, the line "now") is moved where it
// stands in plotly's drawing, and plotly's own data with it; everything else is drawn anew.

import { clock } from "./bus.js";
import { historyAt } from "./history.js";
import { AT, ghosts, haunts, timed } from "./moment.js";
import { movePoints, moveShapes, repaintCells, retitle, setMeta } from "../plotly_private.js";
import { themed } from "../theme.js";

/** @type {Set<Follower>} of all charts of the page */
export const followers = new Set();
const PATIENCE = 25; // milliseconds of drawing between two pictures of the screen

export class Follower {
  /** @param {import("../chart.js").Chart} chart */
  constructor(chart) {
    this.chart = chart;
    this.drawn = 0;
    followers.add(this);
    watch.observe(chart.root);
  }

  // The address of the history, or nothing. While the clock is not at the end, the first picture waits for it.
  follow(address) {
    if (address === this.address) return;
    Object.assign(this, { address, history: undefined, shown: undefined });
  }

  async ready() {
    if (this.address && !this.history && clock.on && clock.amount < clock.end) await this.load();
  }

  async load() {
    const { address } = this;
    if (!address || this.history || !clock.wanted) return;
    try {
      this.loading = true;
      const found = await historyAt(address);
      this.loading = false;
      if (address !== this.address) return;
      this.history = found;
      schedule();
    } catch (error) {
      console.warn("no history:", String(error.message ?? error));
      this.loading = false;
      this.address = undefined; // the picture stays at the moment that Python has drawn
    }
  }

  // Somebody reaches for the clock.
  heard() {
    if (clock.wanted && this.address && !this.history && !this.loading && this.chart.listening) this.load();
  }

  // A picture has been drawn as a whole.
  settled() {
    if (this.shown !== undefined) this.chart.root.dataset.frame = this.shown;
    this.load();
    schedule();
  }

  stale() {
    if (!this.chart.listening || this.chart.drawing) return false;
    const moved = this.history && (this.history.now() !== this.shown || this.ghost !== clock.ghost);
    return moved || (this.timed && (this.amount !== clock.amount || this.ghost !== clock.ghost));
  }

  // The figure as it is now, before plotly sees it.
  patch(figure) {
    const { history } = this;
    let { data, layout } = figure;
    if (history) {
      const i = history.now();
      const { kind, title, subtitles, step } = history.about;
      if (kind === "figures") {
        ({ data, layout } = JSON.parse(themed(history.texts[i], this.chart.theme.dark)));
      } else {
        AT[kind](data, layout, history, i, this.chart.theme.color);
        this.haunted = haunts(history, i);
        if (title) layout.title.text = history.name(i);
        if (subtitles?.length) layout.title.subtitle = { text: subtitles[i] };
      }
      layout.meta = { ...layout.meta, step: step[i] };
      this.shown = i;
    }
    this.ghost = clock.ghost;
    this.timed = (layout.shapes ?? []).some((shape) => shape.name === "now");
    this.amount = clock.amount;
    if (this.timed && clock.on) layout.shapes.forEach((shape) => timed(shape));
    return { data, layout };
  }

  // From one moment to another, with the least work.
  move() {
    const { chart, history } = this;
    const { root } = chart;
    this.drawn = performance.now();
    chart.moved();
    if (this.timed && !history && this.ghost === clock.ghost) {
      this.amount = clock.amount;
      chart.drawn = undefined; // it is no longer as it was drawn
      moveShapes(root, timed);
      return;
    }
    const i = history?.now();
    if (!history || !this.quick(i)) return void chart.draw();
    if (history.about.kind === "places" && this.haunted !== haunts(history, i)) {
      const rest = (root.layout.shapes ?? []).filter((shape) => shape.name !== "ghost");
      window.Plotly.relayout(root, { shapes: rest.concat(ghosts(root.data, history, i, chart.theme.color)) });
      this.haunted = haunts(history, i);
    }
    this.ghost = clock.ghost;
    this.shown = i;
    chart.meta = { ...chart.meta, step: history.about.step[i] };
    setMeta(root, chart.meta);
    retitle(root, { text: history.name(i) });
    root.dataset.frame = i;
    chart.pointer.again();
  }

  // Moves only what moves, in plotly's drawing; false if that cannot be done.
  quick(i) {
    const { history } = this;
    const { root } = this.chart;
    if (history.about.kind === "cells") return repaintCells(root, 0, history.z(i));
    return history.about.kind === "places" && movePoints(root, (axis, n) => history.place(i, axis, n));
  }

  close() {
    followers.delete(this);
    watch.unobserve(this.chart.root);
  }
}

// Which charts are on the screen, or nearly.
const onScreen = new WeakSet();
const watch = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) onScreen[isIntersecting ? "add" : "delete"](target);
    schedule();
  },
  { rootMargin: "150px" },
);

let asked = false;
function schedule() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(drawStale);
}

// The one that has waited longest first, and no longer than until the screen wants its next picture. What is out of
// sight waits until the clock rests.
function drawStale() {
  asked = false;
  const end = performance.now() + PATIENCE;
  const stale = [...followers].filter((each) => (onScreen.has(each.chart.root) || !clock.playing) && each.stale());
  stale.sort((a, b) => a.drawn - b.drawn);
  for (const each of stale) {
    if (performance.now() > end) return schedule();
    each.move();
  }
}
clock.addEventListener("tick", () => {
  for (const each of followers) each.heard();
  schedule();
});
