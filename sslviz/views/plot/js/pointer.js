// What is pointed at on a chart, with the mouse or the arrow keys: its tooltip, and outlines of what was chosen.

import { cellAt, cellValue, heatMapOf } from "./plotly_private.js";
import { Tooltip } from "./tooltip.js";

export class Pointer {
  at; // where it is: trace, row and column of a cell or indices of points, and the event; undefined: nowhere

  /** @param {import("./chart.js").Chart} chart */
  constructor(chart) {
    this.chart = chart;
    this.tip = new Tooltip();
    chart.root.addEventListener("keydown", (event) => this.key(event));
    chart.root.addEventListener("blur", () => this.leave());
  }

  // Outlines the pinned row of a heat map: a click shows at once, without waiting for Python. And where cells are chosen
  // (meta.cursor) the one that the arrow keys have reached.
  mark(layout) {
    const { chart, at } = this, { meta, pinned, root, theme } = chart;
    const outline = (box, width) => {
      const line = { color: theme.primary, width };
      layout.shapes = (layout.shapes ?? []).concat({ type: "rect", ...box, line });
    };
    if (meta.cursor && at?.row !== undefined && document.activeElement === root)
      outline({ x0: at.column - 0.5, x1: at.column + 0.5, y0: at.row - 0.5, y1: at.row + 0.5 }, 4);
    const row = pinned === undefined ? -1 : (meta.cells?.indexOf(pinned) ?? pinned);
    if (row >= 0) outline({ xref: "x domain", yref: "y", x0: 0, x1: 1, y0: row - 0.5, y1: row + 0.5 }, 3);
  }

  hover(at) {
    this.at = at;
    const { sprite, step } = this.chart.meta;
    if (!sprite) return;
    const cell = at.row !== undefined;
    if (cell) at.value = cellValue(this.chart.root, at) ?? at.value; // the data may have changed
    const tiles = cell ? [this.chart.counted(at.row), this.chart.counted(at.column)] : at.indices;
    const value = at.value === undefined ? "" : `${sprite.value ?? "value"} ${at.value.toFixed(2)}`;
    const sheet = { ...sprite, url: sprite.url.replace("{step}", step) };
    this.tip.show(sheet, tiles, plain(at.text ?? (value || at.name)), this.chart.theme, at.event);
  }

  // The tooltip follows a picture that has changed under it.
  again() {
    if (this.tip.shown && this.at) this.hover(this.at);
  }

  leave() {
    this.tip.hide();
    this.at = undefined;
  }

  // Arrow keys walk through the cells of a heat map, Enter clicks, Escape closes the tooltip.
  key(event) {
    const map = heatMapOf(this.chart.root);
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (event.key === "Escape") this.leave();
    if (!map || !(event.key in moves || event.key === "Enter")) return;
    event.preventDefault();
    const move = this.at ? (moves[event.key] ?? [0, 0]) : [0, 0];
    const row = Math.min(Math.max(0, (this.at?.row ?? 0) + move[0]), map.rows - 1);
    const column = Math.min(Math.max(0, (this.at?.column ?? 0) + move[1]), map.columns - 1);
    const at = { trace: map.trace, row, column, indices: [], event: cellAt(this.chart.root, row, column) };
    if (event.key === "Enter") return this.chart.click(at);
    this.hover(at);
    if (this.chart.meta.cursor) this.chart.draw();
  }
}

// Names are written as plotly reads them (foreign.py); here they are plain text.
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&#37;": "%", "&amp;": "&" };
const plain = (text) => String(text ?? "").replace(/&(?:lt|gt|#37|amp);/g, (found) => ENTITIES[found]);

// Where a plotly event happened: heat-map cells have a pair of numbers, points of a trace one.
export function place(point) {
  const text = point.hovertext || point.text || undefined;
  const common = { trace: point.curveNumber, text, name: point.data.name };
  if (Array.isArray(point.pointNumber)) {
    const [row, column] = point.pointNumber;
    return { ...common, row, column, indices: [], value: point.z };
  }
  return { ...common, indices: pictures([point]) };
}

export function pictures(points) {
  return points.map((point) => Number(point.customdata ?? point.pointNumber));
}
