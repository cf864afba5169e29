// The similarity matrix, with the picture of each view at its row and its column.

import { html, make, svg } from "../../views/plot/js/svg.js";
import { KINDS, tile } from "./tile.js";

const CIVIDIS = ["#00224e", "#434e6c", "#7d7c78", "#bcaf6f", "#fee838"];

export class Matrix {
  // id: of the page's own; width: of the column, pixels.
  constructor(data, id, width) {
    const { names, similarity, relation } = data;
    const n = names.length, size = Math.min(width, 580), named = n <= 16;
    const most = Math.min(44, size / (n + 1.5)), head = most + (named ? 20 : 4), cell = (size - head) / n;
    this.head = head;
    this.cell = cell;
    this.grid = svg("svg", { class: "nce-grid", role: "grid", tabindex: 0, width: size, height: size, "aria-rowcount": n });
    this.grid.setAttribute("aria-label", "Similarity matrix. Arrow keys move, Enter edits, Space holds the row as the anchor.");
    for (let k = 0; k < n; k++) {
      const middle = head + (k + 0.5) * cell, small = Math.min(most, cell - 2);
      const top = svg("g", { "data-column": k }, tile(data, k, middle - small / 2, head - small - 3, small));
      const side = svg("g", { "data-row": k }, tile(data, k, head - small - 3, middle - small / 2, small));
      if (named) top.append(svg("text", { x: middle, y: head - small - 7, "text-anchor": "middle" }, names[k]));
      if (named) side.append(svg("text", { x: head - small - 6, y: middle + 4, "text-anchor": "end" }, names[k]));
      this.grid.append(top, side);
    }
    this.cells = names.map((_, i) => {
      const row = svg("g", { role: "row", "aria-label": names[i] });
      const cells = names.map((_, j) => {
        if (i === j) return null;
        const x = head + j * cell, y = head + i * cell, s = similarity[i][j], t = Math.min(1, Math.max(0, (s + 1) / 2));
        const rect = svg("rect", { x: x + 1.5, y: y + 1.5, width: cell - 3, height: cell - 3, style: "fill:" + cividis(t) });
        const group = svg("g", { class: "cell " + KINDS[relation[i][j]], role: "gridcell", id: `${id}-${i}-${j}` }, rect);
        make(group, { "data-i": i, "data-j": j, "aria-label": `${names[i]} and ${names[j]}: ${s.toFixed(2)}` });
        const font = Math.min(14, cell * 0.36), ink = t > 0.48 ? "#000" : "#fff";
        if (font >= 9.5)
          group.append(svg("text", { x: x + cell / 2, y: y + cell / 2 + font * 0.36, "text-anchor": "middle", style: `font-size:${font}px;fill:${ink}` }, s.toFixed(2).replace("-", "−")));
        return group;
      });
      row.append(...cells.filter(Boolean));
      this.grid.append(row);
      return cells;
    });
    this.rowframe = svg("rect", { class: "rowframe", x: head, width: n * cell, height: cell });
    this.frame = svg("rect", { class: "frame", width: cell, height: cell, rx: 2 });
    this.grid.append(this.rowframe, this.frame);
  }

  // Frames row i.
  row(i) {
    make(this.rowframe, { y: this.head + i * this.cell });
  }

  // Frames the cell of views i and j; returns it and the two pictures at its row and its column.
  light(i, j) {
    make(this.frame, { x: this.head + j * this.cell, y: this.head + i * this.cell });
    this.grid.setAttribute("aria-activedescendant", this.cells[i][j].id);
    const heads = [`[data-row="${i}"] .tile`, `[data-column="${j}"] .tile`].map((at) => this.grid.querySelector(at));
    return [...heads, this.cells[i][j]];
  }
}

function cividis(t) {
  const at = Math.min(3, Math.floor(t * 4)), f = t * 4 - at;
  const part = (color, k) => parseInt(color.slice(1 + 2 * k, 3 + 2 * k), 16);
  return `rgb(${[0, 1, 2].map((k) => Math.round((1 - f) * part(CIVIDIS[at], k) + f * part(CIVIDIS[at + 1], k))).join()})`;
}

// What the outlines of the cells mean.
export function legend(relation) {
  const kinds = relation.flat();
  const key = html("div", { class: "nce-key" });
  for (const kind of ["partner", "negative", "same class"])
    if (kinds.includes(kind)) key.append(html("span", { class: KINDS[kind] }, kind === "same class" ? "same class (false negative)" : kind));
  return key;
}
