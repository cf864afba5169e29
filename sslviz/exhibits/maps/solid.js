// A map in space: points in a cube that can be turned. Drawn by hand on a canvas, for WebGL is missing on some machines.
//
// The data are one line of JSON, made by exhibits/maps/figures_3d.py. Seen from far away (orthographic): x' = Rx, and what
// is nearer is drawn later and larger.

import { textOf, unpacked } from "../../views/plot/js/packed.js";
import { picked } from "../../views/plot/js/picked.js";
import { mounted } from "../../views/plot/js/streamlit.js";
import { html, make } from "../../views/plot/js/svg.js";
import { readTheme, themed } from "../../views/plot/js/theme.js";
import { Tooltip } from "../../views/plot/js/tooltip.js";
import { cube } from "./cube.js";
import { symbol } from "./symbols.js";

const START = { turn: 0.6, tilt: 0.45 }; // radians: around the third axis, and towards the viewer
const NEAR = 9; // pixels from the pointer within which a point is meant
const floats = (bdata) => unpacked({ dtype: "f4", bdata });

class Solid {
  constructor(parent) {
    this.parent = parent;
    this.angle = { ...START };
    this.tip = new Tooltip();
    this.canvas = html("canvas", { class: "solid-canvas", tabindex: 0, role: "img" });
    this.title = html("div", { class: "solid-title" });
    this.subtitle = html("div", { class: "solid-subtitle" });
    this.scale = html("div", { class: "solid-scale" });
    this.root = html("div", { class: "solid" }, this.title, this.subtitle, this.canvas, this.scale);
    parent.append(this.root);
    this.unwatch = picked.watch(() => this.about.link, () => this.draw());
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.root);
    this.listen();
  }

  show(data) {
    const text = textOf(data);
    const { dark } = readTheme(this.parent);
    if (text === this.text && dark === this.dark) return;
    if (text !== this.text) {
      this.text = text;
      this.about = JSON.parse(text);
      this.points = floats(this.about.positions);
      this.ways = this.about.ways && floats(this.about.ways.positions);
    }
    this.dark = dark;
    const { title, subtitle, alt, scale, colors } = this.about;
    this.colors = colors.map((color) => themed(color, dark));
    this.title.textContent = title;
    this.subtitle.textContent = subtitle;
    this.canvas.setAttribute("aria-label", alt);
    this.scale.replaceChildren(...(scale ? this.bar(scale) : []));
    this.draw();
  }

  bar({ name, low, high, stops }) {
    const strip = html("span", { class: "solid-strip" });
    strip.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    return [html("span", {}, `${name}: ${low}`), strip, html("span", {}, high)];
  }

  // Drawn at most once per frame.
  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.about && this.root.clientWidth) this.paintAll();
    });
  }

  // Positions on the canvas and depths of points given as x, y, z, x, y, z, …
  project(points) {
    const [ct, st, ci, si] = [Math.cos(this.angle.turn), Math.sin(this.angle.turn), Math.cos(this.angle.tilt), Math.sin(this.angle.tilt)];
    const seen = new Float32Array(points.length);
    for (let i = 0; i < points.length; i += 3) {
      const [x, y, z] = [points[i], points[i + 1], points[i + 2]];
      const [right, back] = [ct * x - st * y, st * x + ct * y];
      seen[i] = this.size / 2 + this.unit * right;
      seen[i + 1] = this.size / 2 - this.unit * (ci * z + si * back);
      seen[i + 2] = si * z - ci * back; // larger is nearer
    }
    return seen;
  }

  paintAll() {
    const { of, symbols, link } = this.about;
    const size = (this.size = Math.min(this.root.clientWidth, 640));
    this.unit = size / 3.3; // the corners of the cube stay inside, but for few ways of turning it
    const fine = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(size * fine)) {
      this.canvas.width = this.canvas.height = Math.round(size * fine);
      this.canvas.style.width = this.canvas.style.height = `${size}px`;
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(fine, 0, 0, fine, 0, 0);
    pen.clearRect(0, 0, size, size);
    cube(pen, (points) => this.project(points), size, this.about.axes, readTheme(this.parent));
    this.lines(pen);
    const seen = (this.seen = this.project(this.points));
    const order = Array.from({ length: seen.length / 3 }, (_, i) => i).sort((a, b) => seen[3 * a + 2] - seen[3 * b + 2]);
    const chosen = picked.of(link);
    for (const i of order) {
      const near = Math.min(Math.max(seen[3 * i + 2] / 3.5 + 0.5, 0), 1);
      const group = of ? of[i] : 0;
      const scale = size / 430 * (2.2 + 2 * near);
      pen.globalAlpha = chosen.size ? (chosen.has(i) ? 1 : 0.12) : 0.55 + 0.45 * near;
      pen.fillStyle = this.colors[group % this.colors.length];
      pen.setTransform(fine * scale, 0, 0, fine * scale, fine * seen[3 * i], fine * seen[3 * i + 1]);
      pen.fill(symbol(symbols[group] ?? symbols[0]));
    }
    pen.globalAlpha = 1;
    make(this.canvas, { "data-drawn": (Number(this.canvas.dataset.drawn) || 0) + 1 });
  }

  // Trails: the way of the points that moved most.
  lines(pen) {
    if (!this.ways) return;
    const seen = this.project(this.ways);
    const { moments } = this.about.ways;
    pen.globalAlpha = 0.5;
    for (let start = 0; start < seen.length; start += 3 * moments) {
      pen.beginPath();
      for (let i = start; i < start + 3 * moments; i += 3) pen.lineTo(seen[i], seen[i + 1]);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      this.held = { x: event.clientX, y: event.clientY, far: 0 };
      canvas.setPointerCapture(event.pointerId);
      this.tip.hide();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.held) return this.hover(event);
      const [dx, dy] = [event.clientX - this.held.x, event.clientY - this.held.y];
      Object.assign(this.held, { x: event.clientX, y: event.clientY, far: this.held.far + Math.hypot(dx, dy) });
      this.rotate(-dx / 150, dy / 150);
    });
    canvas.addEventListener("pointerup", (event) => {
      const still = this.held && this.held.far < 4;
      this.held = undefined;
      const point = still ? this.under(event) : undefined;
      if (point !== undefined) picked.pick(this.about.link, [point], event.shiftKey);
    });
    canvas.addEventListener("pointercancel", () => (this.held = undefined));
    canvas.addEventListener("pointerleave", () => this.tip.hide());
    canvas.addEventListener("dblclick", () => picked.pick(this.about.link, []));
    canvas.addEventListener("keydown", (event) => {
      const turns = { ArrowLeft: [0.1, 0], ArrowRight: [-0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
      if (event.key === "Home") this.angle = { ...START };
      else if (!turns[event.key]) return;
      event.preventDefault();
      this.rotate(...(turns[event.key] ?? [0, 0]));
    });
  }

  rotate(turn, tilt) {
    this.angle.turn += turn;
    this.angle.tilt = Math.min(Math.max(this.angle.tilt + tilt, -Math.PI / 2), Math.PI / 2);
    this.draw();
  }

  // The nearest point under the pointer; of several, the one in front.
  under(event) {
    if (!this.seen) return undefined;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best, front = -Infinity;
    for (let i = 0; i < this.seen.length; i += 3) {
      const off = Math.hypot(this.seen[i] - x, this.seen[i + 1] - y);
      const value = this.seen[i + 2] - off / 4;
      if (off < NEAR && value > front) [best, front] = [i / 3, value];
    }
    return best;
  }

  hover(event) {
    const point = this.under(event);
    const { sprite, names, of } = this.about;
    if (point === undefined || !sprite) return this.tip.hide();
    this.tip.show(sprite, [point], names[of?.[point]] ?? `picture ${point}`, readTheme(this.parent), event);
  }

  close() {
    this.sizes.disconnect();
    this.tip.hide();
    cancelAnimationFrame(this.frame);
    this.unwatch();
  }
}

export default mounted(Solid);
