// The circle or the sphere, with its views, a chord from each to its partner, and arrows for what the loss does to it.

import { make, svg } from "../../views/plot/js/svg.js";
import { partner } from "./losses.js";

export const DOT = 11; // radius of a point

export class Picture {
  chords; totals; pulls; pushes; handles; // SVG elements, one of each for every view

  // Makes all elements; `place` puts them where they belong. eye: knows its size.
  constructor(names, eye, round) {
    const { size } = eye;
    this.names = names;
    this.eye = eye;
    const group = (kind, make) => svg("g", { class: kind }, ...(this[kind] = names.map(make)));
    const color = (i) => `--hue: var(--geo-class-${i % (names.length / 2)})`;
    this.disc = svg("circle", { class: "disc" + (round ? " round" : ""), cx: size / 2, cy: size / 2, r: eye.r });
    this.grid = round ? [0, 1, 2].flatMap(() => [svg("path", { class: "behind" }), svg("path")]) : [];
    this.root = svg("svg", { class: "geo-picture", width: size, height: size, role: "group", ...(round ? { tabindex: 0 } : {}) });
    this.root.setAttribute("aria-label", round ? "Views on a sphere. Arrow keys turn it; Tab goes to the points" : "Views on a circle; Tab goes to the points");
    this.layer = svg("g", {}, ...(this.dots = names.map((name, i) =>
      svg("g", { class: "dot", style: color(i) }, svg("circle", { r: DOT }), svg("text", { y: 4, "text-anchor": "middle" }, name)))));
    this.root.append(
      this.disc, svg("g", { class: "grid" }, ...this.grid),
      group("chords", (_, i) => svg("line", { class: "chord", style: color(i) })),
      this.layer,
      group("totals", (_, i) => svg("path", { class: "arrow total", "data-arrow": names[i] })),
      group("pulls", () => svg("path", { class: "arrow partner" })),
      group("pushes", () => svg("path", { class: "arrow others" })),
      group("handles", (_, i) => svg("circle", { class: "handle", r: DOT + 4, tabindex: 0, role: "slider", "data-view": names[i], "aria-valuemin": -180, "aria-valuemax": 180 })),
    );
  }

  // z: the views; now: what the loss says of them; full: a force that is drawn half a radius long.
  place(z, now, full) {
    const { eye, names } = this, n = z.length;
    const seen = z.map((a) => eye.seen(a)), at = seen.map((v) => eye.screen(v)), flat = z[0].length === 2;
    const draw = (path, i, gradient, aside) => {
      const force = gradient[i].map((x) => (-x * n) / full / 2), long = Math.hypot(...force), cut = Math.min(1, 0.6 / (long || 1));
      const tip = eye.seen(force.map((x) => x * cut)), out = flat ? aside : 0;
      make(path, { d: arrow(at[i][0] + out * seen[i][0], at[i][1] - out * seen[i][1], tip[0] * eye.r, -tip[1] * eye.r, out ? 0 : DOT + 2, aside ? 7 : 11) });
      path.classList.toggle("far", seen[i][2] < 0);
    };
    z.forEach((a, i) => {
      const [x, y] = at[i], [fx, fy] = at[partner(i, n)], far = seen[i][2] < 0, angle = degrees([a])[0];
      make(this.dots[i], { transform: `translate(${x} ${y})`, class: far ? "dot far" : "dot" });
      const here = at.filter(([px, py]) => Math.hypot(x - px, y - py) < DOT / 2).length, met = Math.hypot(x - fx, y - fy) < DOT / 2;
      this.dots[i].lastChild.textContent = here === n ? "all" : met ? names[i].slice(0, -1) + "ab" : names[i]; // one hides the other
      make(this.chords[i], i < n / 2 ? { x1: x, y1: y, x2: fx, y2: fy } : {});
      draw(this.pulls[i], i, now.partner.gradient, DOT + 8);
      draw(this.pushes[i], i, now.others.gradient, -DOT - 8);
      draw(this.totals[i], i, now.gradient, 0);
      const text = flat ? `${angle[0].toFixed(0)}°` : `longitude ${angle[0].toFixed(0)}°, latitude ${angle[1].toFixed(0)}°`;
      make(this.handles[i], { cx: x, cy: y, "aria-valuenow": angle[0].toFixed(0), "aria-valuetext": text, "aria-label": `View ${names[i]}` });
    });
    const deep = names.map((_, i) => i).sort((i, j) => seen[i][2] - seen[j][2]); // the far ones first, the near ones over them
    this.layer.append(...deep.map((i) => this.dots[i]));
    this.grid.forEach((path, k) => make(path, { d: eye.greatCircle(k >> 1, k % 2 === 0) }));
  }
}

// Angles of points in degrees: one each on the circle, longitude and latitude on the sphere.
export const degrees = (z) =>
  z.map(([x, y, up]) => [Math.atan2(y, x), ...(up === undefined ? [] : [Math.asin(Math.min(1, Math.max(-1, up)))])].map((a) => (a * 180) / Math.PI));

// Tail at (x, y) plus a gap, then (dx, dy); a head of the given size. Nothing where there is nothing to be seen.
function arrow(x, y, dx, dy, gap, head) {
  const long = Math.hypot(dx, dy);
  if (long < 1) return "";
  const [ux, uy] = [dx / long, dy / long], h = Math.min(head, 0.7 * long + 2), p = (a, b) => `${(x + ux * a - uy * b).toFixed(1)} ${(y + uy * a + ux * b).toFixed(1)}`;
  return `M${p(gap, 0)}L${p(gap + long - h / 2, 0)}M${p(gap + long, 0)}L${p(gap + long - h, h / 2.2)}L${p(gap + long - h, -h / 2.2)}Z`;
}
