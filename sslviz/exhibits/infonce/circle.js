// The views on a circle around the anchor, the angle between two of them, and their pictures beside it.

import { html, make, svg } from "../../views/plot/js/svg.js";
import { KINDS, tile } from "./tile.js";

export class Circle {
  // width: of the column, pixels.
  constructor(data, width) {
    const size = Math.min(250, width), r = size / 2 - 24;
    this.data = data;
    this.middle = size / 2;
    this.r = r;
    this.arc = svg("path", { class: "arc" });
    this.degrees = svg("text", { "text-anchor": "middle" });
    this.points = data.names.map((_, j) => svg("circle", { class: "point", r: 6, "data-point": j }));
    this.ends = [0, 1].map(() => svg("text", { "text-anchor": "middle" }));
    const ring = svg("circle", { class: "ring", cx: size / 2, cy: size / 2, r });
    const drawing = svg("svg", { class: "nce-circle", width: size, height: size, role: "img" }, ring, this.arc, ...this.points, ...this.ends, this.degrees);
    drawing.setAttribute("aria-label", "The views on a circle, with the angle between the two");
    this.pair = svg("svg", { class: "nce-two", width: 176, height: 100, role: "img", "aria-label": "The two pictures" });
    this.root = html("div", { class: "nce-pair" }, drawing, this.pair);
  }

  // Where an angle lies on the drawn circle. Without real points the anchor, at 0°, stands on top.
  at(degrees, scale = 1) {
    const { middle, r } = this, a = ((this.data.true_circle ? degrees : degrees + 90) * Math.PI) / 180;
    return [middle + scale * r * Math.cos(a), middle - scale * r * Math.sin(a)];
  }

  // The views as row i has them.
  row(i) {
    const { data } = this;
    this.points.forEach((point, j) => {
      const [x, y] = this.at(data.place[i][j]);
      make(point, { cx: x, cy: y, class: `point ${KINDS[data.relation[i][j]]} ${i === j ? "anchor" : ""}` });
    });
  }

  // The angle between views i and j, and their two pictures; returns what is to light up.
  light(i, j) {
    const { names, place, relation, angle } = this.data;
    const pair = [tile(this.data, i, 4, 4, 72), tile(this.data, j, 100, 4, 72)];
    const under = [i, j].map((k, at) => svg("text", { x: 40 + 96 * at, y: 94, "text-anchor": "middle" }, names[k]));
    this.pair.replaceChildren(pair[0], under[0], pair[1], under[1]);
    const from = place[i][i], turn = ((((place[i][j] - from) % 360) + 540) % 360) - 180; // the shorter way
    const [x1, y1] = this.at(from), [x2, y2] = this.at(from + turn), { r } = this;
    make(this.arc, { class: `arc on ${KINDS[relation[i][j]]}`, d: `M${x1} ${y1}A${r} ${r} 0 0 ${turn > 0 ? 0 : 1} ${x2} ${y2}` });
    const [tx, ty] = this.at(from + turn / 2, 0.72);
    make(this.degrees, { x: tx, y: ty + 4 }).textContent = `${angle[i][j].toFixed(0)}°`;
    [[from, i], [from + turn, j]].forEach(([a, k], at) => {
      const [x, y] = this.at(a, 1 + 15 / r);
      make(this.ends[at], { x, y: y + 4 }).textContent = names[k];
    });
    return [...pair, this.points[i], this.points[j], this.arc];
  }
}
