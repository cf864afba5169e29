// A chart tells what is picked on it, and is drawn again when something was picked elsewhere.

import { pictureNumbers } from "./packed.js";
import { picked } from "./picked.js";

export class Link {
  /** @param {import("./chart.js").Chart} chart */
  constructor(chart) {
    this.chart = chart;
    this.drawn = 0;
    this.unwatch = picked.watch(() => this.group, () => chart.draw());
  }

  get group() {
    return this.chart.meta?.link;
  }

  pick(numbers) {
    if (this.group) picked.pick(this.group, numbers, picked.adding);
  }

  // A loop was closed. While the chart is being drawn it was not by hand: plotly notices that its loop was taken away.
  loop(numbers) {
    if (!this.chart.drawing) this.pick(numbers);
  }

  clear() {
    if (this.group && !this.chart.drawing) picked.pick(this.group, []);
  }

  // Before plotly draws: what is picked stands out, the rest steps back.
  mark(data, layout) {
    const group = layout.meta?.link;
    if (!group) return;
    const chosen = picked.of(group);
    layout.selections = []; // what was picked stays, the loop that was drawn around it does not
    layout.selectionrevision = this.drawn += 1; // else plotly would keep its own idea of what is selected
    for (const trace of data) {
      const numbers = pictureNumbers(trace);
      if (!numbers) continue;
      const places = [...numbers.keys()].filter((place) => chosen.has(numbers[place]));
      trace.selectedpoints = chosen.size ? places : null;
      trace.selected = { marker: { opacity: 1 } };
      trace.unselected = { marker: { opacity: 0.15 } };
    }
  }

  close() {
    this.unwatch();
  }
}
