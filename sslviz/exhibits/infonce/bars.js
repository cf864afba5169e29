// One bar for each view, in slots that can be pointed at.

import { make, svg } from "../../views/plot/js/svg.js";

const HEIGHT = 118; // of the plot, pixels
const LEFT = 8;
const TOP = 16;

export class Bars {
  // Empty slots; `fill` gives them their bars.
  constructor(kind, names, width, axis, x_axis) {
    this.axis = axis;
    this.slot = (width - LEFT) / names.length; // its width
    this.chart = svg("svg", { class: kind, width, height: HEIGHT + 34, role: "img", "aria-label": axis });
    this.legend = svg("text", { class: "y", x: LEFT, y: 11 }, axis);
    this.slots = names.map((name, j) => {
      const { slot } = this, x = LEFT + j * slot, group = svg("g", { class: "slot", "data-bar": j });
      group.append(svg("rect", { class: "hit", x, y: 0, width: slot, height: HEIGHT + 18 }));
      group.append(svg("rect", { class: "bar", x: x + slot * 0.12, width: slot * 0.76, y: HEIGHT, height: 0 }));
      if (slot >= 19) group.append(svg("text", { class: "x", x: x + slot / 2, y: HEIGHT + 14, "text-anchor": "middle" }, name));
      return group;
    });
    this.zero = svg("line", { class: "axis", x1: LEFT, x2: width });
    this.value = svg("text", { class: "value", "text-anchor": "middle" });
    this.chart.append(this.legend, ...this.slots, this.zero, this.value, svg("text", { x: width, y: HEIGHT + 31, "text-anchor": "end" }, x_axis));
  }

  // Bars from zero; the axis goes from low to high.
  fill(values, low, high) {
    const y = (this.y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP));
    this.legend.textContent = `${this.axis} (axis from ${digits(low)} to ${digits(high)})`;
    this.values = values;
    make(this.zero, { y1: y(0), y2: y(0) });
    this.slots.forEach((slot, j) => {
      const tall = Math.abs(y(values[j]) - y(0));
      make(slot.querySelector(".bar"), { y: Math.min(y(values[j]), y(0)), height: tall && Math.max(tall, 0.8) });
    });
  }

  // The number of the bar that is lit, beside its end.
  mark(j, text) {
    const x = LEFT + Math.min(Math.max(24, (j + 0.5) * this.slot), this.slots.length * this.slot - 24);
    make(this.value, { x, y: Math.max(this.y(Math.max(0, this.values[j])) - 4, 24) }).textContent = text.replace("-", "−");
  }
}

const digits = (value) => String(+value.toPrecision(2)).replace("-", "−");
