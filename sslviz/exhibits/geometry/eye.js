// How points are seen: a sphere turned, from far away; a circle as it is.

import { dot, unit } from "./losses.js";

export class Eye {
  turn = [[-0.9659, 0.2588, 0], [-0.067, -0.25, 0.9659], [0.25, 0.933, 0.2588]].map(unit); // rows: right, up, to the eye
  size = 0; // of the drawing, pixels

  // Of the circle or the sphere.
  get r() {
    return this.size * 0.5 - 48;
  }

  // A point as the eye has it: right, up, towards the eye.
  seen(a) {
    return a.length === 2 ? [...a, 0] : this.turn.map((axis) => dot(axis, a));
  }

  /** @param {number[]} v */
  screen([x, y]) {
    return [this.size / 2 + this.r * x, this.size / 2 - this.r * y];
  }

  // The way back from the screen.
  place(x, y) {
    return [(x - this.size / 2) / this.r, (this.size / 2 - y) / this.r];
  }

  // The point in d dimensions whose place before the eye this is.
  world(v, d) {
    return unit(d === 2 ? v.slice(0, 2) : [0, 1, 2].map((k) => dot(v, this.turn.map((axis) => axis[k]))));
  }

  // What is seen of the great circle across an axis, before or behind, as an SVG path.
  greatCircle(axis, behind) {
    let path = "", on = false;
    for (let k = 0; k <= 72; k++) {
      const a = (k * Math.PI) / 36, p = [0, 0, 0];
      [p[(axis + 1) % 3], p[(axis + 2) % 3]] = [Math.cos(a), Math.sin(a)];
      const v = this.seen(p), visible = v[2] < 0 === behind;
      if (visible) path += (on ? "L" : "M") + this.screen(v).map((x) => x.toFixed(1)).join(" ");
      on = visible;
    }
    return path;
  }

  turned(right, up) {
    const [c, s, d, t] = [Math.cos(right), Math.sin(right), Math.cos(up), Math.sin(up)], [x, y, z] = this.turn;
    const across = x.map((_, k) => c * x[k] + s * z[k]), near = x.map((_, k) => c * z[k] - s * x[k]);
    this.turn = [across, y.map((_, k) => d * y[k] + t * near[k]), near.map((_, k) => d * near[k] - t * y[k])].map(unit);
  }
}
