// Views as points on a circle or a sphere: drag them, and take gradient steps. Everything happens in the browser; when
// the hand rests, the positions are sent once, for the address and the export.

import { mounted } from "../../views/plot/js/streamlit.js";
import { button, html, make, svg } from "../../views/plot/js/svg.js";
import { readTheme, setColors } from "../../views/plot/js/theme.js";
import { Eye } from "./eye.js";
import { measure, partner, step, unit } from "./losses.js";

const WIDE = 760; // from here on there are two columns
const DOT = 11; // radius of a point
const RESTS = 400; // milliseconds until the positions are sent
const PARTS = {
  "NT-Xent": ["alignment, mean −s/τ", "repulsion, mean ln Σ e^(s/τ)", "nats"],
  "alignment + uniformity": ["alignment", "λ · uniformity", "no unit"],
  "attraction only": ["(1 − ω) · partners", "ω · other pictures", "squared distance"],
};
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEPS = [1, 10, 100];

class Room {
  send; // (name, value): tells Python
  chords; totals; pulls; pushes; handles; // SVG elements, one of each for every view

  constructor(parent) {
    this.parent = parent;
    this.sent = []; // positions that the server has from here
    this.held = new Set(); // keys and pointers that are down
    this.eye = new Eye();
    this.root = html("div", { class: "geo" });
    parent.append(this.root);
    this.sizes = new ResizeObserver(() => this.root.clientWidth !== this.width && this.build());
    this.sizes.observe(this.root);
  }

  show(data) {
    const before = this.data, { dark } = readTheme(this.parent);
    const rule = ({ loss, knob, eta, names, points }) => [loss, knob, eta, names, points[0].length].join();
    const moved = ![this.arrived, ...this.sent].some((z) => z && same(z, data.points)); // not our own positions, come back
    this.data = data;
    setColors(this.root, "--geo-", dark);
    if (moved) {
      this.arrived = this.z = data.points.map(unit);
      this.sent = [];
      this.changed = false;
    } else if (rule(before) === rule(data)) return;
    this.todo = 0;
    this.history = [];
    if (before?.names.length !== data.names.length || before.points[0].length !== data.points[0].length || before.loss !== data.loss) this.build();
    else this.update();
  }

  // Makes all elements; `update` puts them in their places.
  build() {
    if (!this.data) return;
    this.width = this.root.clientWidth;
    if (!this.width) return; // hidden: the ResizeObserver calls again
    const { names, loss } = this.data, wide = this.width >= WIDE, focus = this.handles?.indexOf(document.activeElement);
    this.root.classList.toggle("geo-wide", wide);
    const column = wide ? (this.width - 36) / 2 : this.width, size = Math.min(column, 540);
    this.eye.size = size;
    const round = this.z[0].length === 3;
    const group = (kind, make) => svg("g", { class: kind }, ...(this[kind] = names.map(make)));
    const color = (i) => `--hue: var(--geo-class-${i % (names.length / 2)})`;
    this.disc = svg("circle", { class: "disc" + (round ? " round" : ""), cx: size / 2, cy: size / 2, r: this.eye.r });
    this.grid = round ? [0, 1, 2].flatMap(() => [svg("path", { class: "behind" }), svg("path")]) : [];
    this.picture = svg("svg", { class: "geo-picture", width: size, height: size, role: "group", ...(round ? { tabindex: 0 } : {}) });
    this.picture.setAttribute("aria-label", round ? "Views on a sphere. Arrow keys turn it; Tab goes to the points" : "Views on a circle; Tab goes to the points");
    this.layer = svg("g", {}, ...(this.dots = names.map((name, i) =>
      svg("g", { class: "dot", style: color(i) }, svg("circle", { r: DOT }), svg("text", { y: 4, "text-anchor": "middle" }, name)))));
    this.picture.append(
      this.disc, svg("g", { class: "grid" }, ...this.grid),
      group("chords", (_, i) => svg("line", { class: "chord", style: color(i) })),
      this.layer,
      group("totals", (_, i) => svg("path", { class: "arrow total", "data-arrow": names[i] })),
      group("pulls", () => svg("path", { class: "arrow partner" })),
      group("pushes", () => svg("path", { class: "arrow others" })),
      group("handles", (_, i) => svg("circle", { class: "handle", r: DOT + 4, tabindex: 0, role: "slider", "data-view": names[i], "aria-valuemin": -180, "aria-valuemax": 180 })),
    );
    for (const [kind, act] of Object.entries({ pointerdown: "down", pointermove: "move", pointerup: "up", pointercancel: "up", keydown: "key", keyup: "keyup", focusout: "keyup" }))
      this.picture.addEventListener(kind, (event) => this[act](event));

    const [pulled, pushed] = PARTS[loss];
    this.says = {};
    const fact = (text, name, kind = "") => [html("dt", { class: kind }, text), (this.says[name] = html("dd", { class: kind }))];
    const list = html("dl", { class: "geo-facts" }, ...fact("Loss L", "loss", "large"), ...fact(pulled, "partner", "partner"), ...fact(pushed, "others", "others"),
      ...fact("mean cosine of partners", "partnerCosine"), ...fact("mean cosine of others", "otherCosine"),
      ...fact("align (0: partners in one place)", "align"), ...fact("uniform (0: all in one place)", "uniform"));
    this.curve = svg("svg", { class: "geo-curve", role: "img", width: column, height: 190 });
    const buttons = html("div", { class: "geo-buttons" }, "Gradient steps:");
    for (const count of STEPS) buttons.append(button(`${count}`, () => this.run(count), { "aria-label": `${count} gradient step${count > 1 ? "s" : ""}` }));
    buttons.append(button("Back to the start", () => this.back(), { "aria-label": "Back to the start" }));
    this.status = html("div", { class: "geo-status", role: "status" });
    const key = html("div", { class: "geo-key" }, html("span", { class: "partner" }, "partner"), html("span", { class: "others" }, "all others"), html("span", { class: "total" }, "both: −2N ∂L/∂z"), (this.scale = html("small")));
    const title = (text, more) => html("div", { class: "geo-title" }, text + " ", html("small", {}, more));
    const left = html("div", {}, title(round ? "Views on the sphere" : "Views on the circle", "arrow = where the loss moves the view"), this.picture, key);
    const right = html("div", {}, buttons, this.status, title("What the loss says now", ""), list, title("Loss over the steps taken", `${PARTS[loss][2]}; dashed: all views in one place`), this.curve);
    this.root.replaceChildren(html("div", { class: "geo-body" }, left, right));
    if (focus >= 0) this.handles[focus]?.focus({ preventScroll: true });
    this.update();
  }

  // Puts everything where it belongs, and writes the numbers.
  update() {
    if (!this.handles || !this.width) return;
    const { z, data } = this, { loss, knob, names } = data, n = z.length, now = (this.now = measure(z, loss, knob));
    this.history.length ? (this.history[this.history.length - 1] = now.loss) : this.history.push(now.loss);
    const full = loss === "NT-Xent" ? 2 / knob : 2; // a force that is drawn half a radius long
    const seen = z.map((a) => this.eye.seen(a)), at = seen.map((v) => this.eye.screen(v)), flat = z[0].length === 2;
    const draw = (path, i, gradient, aside) => {
      const force = gradient[i].map((x) => (-x * n) / full / 2), long = Math.hypot(...force), cut = Math.min(1, 0.6 / (long || 1));
      const tip = this.eye.seen(force.map((x) => x * cut)), out = flat ? aside : 0;
      make(path, { d: arrow(at[i][0] + out * seen[i][0], at[i][1] - out * seen[i][1], tip[0] * this.eye.r, -tip[1] * this.eye.r, out ? 0 : DOT + 2, aside ? 7 : 11) });
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
    this.grid.forEach((path, k) => make(path, { d: this.eye.greatCircle(k >> 1, k % 2 === 0) }));
    this.scale.textContent = `· half a radius long: ${full.toPrecision(3)}`;
    for (const [name, node] of Object.entries(this.says)) node.textContent = written(now[name].value ?? now[name]);
    this.drawCurve();
    const said = this.message();
    if (this.status.textContent !== said) this.status.textContent = said;
    make(this.root, { "data-steps": this.history.length - 1, "data-loss": now.loss });
  }

  // What happens, in words.
  message() {
    const { now, history, data } = this, steps = history.length - 1, done = `${steps} step${steps === 1 ? "" : "s"}. `;
    const strongest = Math.max(...now.gradient.map((g) => Math.hypot(...g))) * this.z.length * data.eta;
    if (now.uniform > -0.02) return done + "Collapsed: all views are in one place" + (data.loss === "attraction only" ? ", and for this loss nothing could be better." : ". The loss wants them out of here, but from one point no direction is out.");
    if (history.slice(-10).some((value, k, last) => k && value > last[k - 1] + 1e-9)) return done + "The loss goes up at times: the steps are too long for such forces. Make η smaller.";
    if (data.loss === "attraction only" && data.knob === 0 && now.align < 0.01) return done + "Partners have merged, pictures have not: free points with no overlap have nothing that ties pictures together.";
    if (strongest < 1e-3) return done + "At rest: the forces balance.";
    return steps ? done : "Take a step, or drag a point.";
  }

  drawCurve() {
    const { history, data, z } = this, width = +this.curve.getAttribute("width"), height = 190, [left, right, top, bottom] = [58, 8, 10, 36];
    const worst = measure(z.map(() => z[0]), data.loss, data.knob).loss; // all in one place
    const low = Math.min(worst, ...history), high = Math.max(worst, ...history), room = high - low || 1;
    const x = (k) => left + (k / Math.max(10, history.length - 1)) * (width - left - right);
    const y = (value) => top + ((high - value) / room) * (height - top - bottom);
    const text = (at, said, anchor) => svg("text", { ...at, "text-anchor": anchor }, said);
    const last = history.length - 1;
    this.curve.setAttribute("aria-label", `Loss over ${last} steps, now ${written(history[last])}; all in one place it is ${written(worst)}`);
    this.curve.replaceChildren(
      svg("path", { class: "axis", d: `M${left} ${top}V${height - bottom}H${width - right}` }),
      svg("line", { class: "worst", x1: left, x2: width - right, y1: y(worst), y2: y(worst) }),
      svg("polyline", { class: "line", points: history.map((value, k) => `${x(k)},${y(value)}`).join(" ") }),
      svg("circle", { class: "end", r: 4, cx: x(last), cy: y(history[last]) }),
      text({ x: left - 6, y: top + 5 }, written(high, 2), "end"), text({ x: left - 6, y: height - bottom + 4 }, written(low, 2), "end"),
      text({ x: left, y: height - bottom + 15 }, "0", "middle"), text({ x: width - right, y: height - bottom + 15 }, `${Math.max(10, last)}`, "end"),
      text({ x: (left + width) / 2, y: height - 4 }, "gradient steps", "middle"),
      svg("text", { transform: `translate(13 ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, "loss L"),
    );
  }

  // -- the hand -------------------------------------------------------------------------------------------------------

  place(event) {
    const box = this.picture.getBoundingClientRect();
    return this.eye.place(event.clientX - box.left, event.clientY - box.top);
  }

  turned(right, up) {
    this.eye.turned(right, up);
    this.update();
  }

  down(event) {
    if (event.button) return;
    const [x, y] = this.place(event), views = this.z.map((a) => this.eye.seen(a));
    const away = views.map((v) => Math.hypot(v[0] - x, v[1] - y) * this.eye.r + (v[2] < 0 ? DOT : 0)); // the near ones first
    const nearest = away.indexOf(Math.min(...away));
    const i = away[nearest] <= 2 * DOT + 4 ? nearest : undefined;
    if (i === undefined && this.z[0].length === 2) return;
    event.preventDefault();
    this.picture.setPointerCapture(event.pointerId);
    this.drag = { i, x, y, side: i === undefined || views[i][2] >= 0 ? 1 : -1 };
    this.held.add("pointer");
    if (i !== undefined) this.handles[i].focus({ preventScroll: true });
  }

  move(event) {
    if (!this.drag) return;
    const [x, y] = this.place(event), { i, side } = this.drag, long = Math.hypot(x, y);
    if (i === undefined) {
      this.turned(x - this.drag.x, y - this.drag.y);
      Object.assign(this.drag, { x, y });
    } else if (long > 1e-6) this.put(i, this.eye.world([x, y, long < 1 ? side * Math.sqrt(1 - long * long) : 0], this.z[i].length));
  }

  up() {
    this.drag = undefined;
    this.held.clear();
    this.settle();
  }

  key(event) {
    const way = KEYS[event.key], i = this.handles.indexOf(event.target);
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const far = ((event.shiftKey ? 1 : 5) * Math.PI) / 180, [right, up] = way;
    if (i < 0) return this.turned(far * right, far * up);
    this.held.add(event.key);
    if (this.z[i].length === 3) {
      const v = this.eye.seen(this.z[i]);
      return this.put(i, this.eye.world([v[0] + far * right, v[1] + far * up, v[2]], 3));
    }
    const a = Math.atan2(this.z[i][1], this.z[i][0]) + far * (up || -right); // left and up: counter-clockwise
    this.put(i, [Math.cos(a), Math.sin(a)]);
  }

  keyup() {
    this.held.clear();
    this.settle();
  }

  put(i, point) {
    this.todo = 0;
    this.z = this.z.map((a, k) => (k === i ? point : a));
    this.changed = true;
    this.update();
    this.settle();
  }

  // -- the gradient ---------------------------------------------------------------------------------------------------

  once() {
    this.z = step(this.z, this.now.gradient, this.data.eta);
    this.history.push(this.now.loss); // `update` puts the new loss in its place
    this.changed = true;
    this.todo--;
  }

  // One step a frame, so that it can be watched.
  run(count) {
    this.todo = (this.todo ?? 0) + count;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      while (this.todo > 0) this.once(), (this.now = measure(this.z, this.data.loss, this.data.knob));
      this.update();
      return this.settle();
    }
    this.frame ??= requestAnimationFrame(() => this.tick());
  }

  tick() {
    this.frame = undefined;
    if (this.todo > 0) {
      this.once();
      this.update();
    }
    if (this.todo > 0) this.frame = requestAnimationFrame(() => this.tick());
    else this.settle();
  }

  back() {
    this.todo = 0;
    this.changed = false;
    clearTimeout(this.timer);
    this.arrived = undefined; // whatever comes is the start
    this.sent = [];
    this.send("points", { d: this.z[0].length, degrees: [] });
  }

  // Sends the positions once nothing has moved for a while and no key or pointer is down.
  settle() {
    clearTimeout(this.timer);
    if (!this.changed || this.held.size || this.todo > 0) return;
    this.timer = setTimeout(() => {
      this.changed = false;
      this.sent = [...this.sent.slice(-9), this.z];
      this.send("points", { d: this.z[0].length, degrees: degrees(this.z) });
    }, RESTS);
  }

  close() {
    this.sizes.disconnect();
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
  }
}

// Angles of points in degrees: one each on the circle, longitude and latitude on the sphere.
const degrees = (z) =>
  z.map(([x, y, up]) => [Math.atan2(y, x), ...(up === undefined ? [] : [Math.asin(Math.min(1, Math.max(-1, up)))])].map((a) => (a * 180) / Math.PI));

// The same positions, but for the digits that the address does not hold.
const same = (a, b) => a.length === b.length && a.every((p, i) => p.length === b[i].length && p.every((x, k) => Math.abs(x - b[i][k]) < 1e-4));

// Tail at (x, y) plus a gap, then (dx, dy); a head of the given size. Nothing where there is nothing to be seen.
function arrow(x, y, dx, dy, gap, head) {
  const long = Math.hypot(dx, dy);
  if (long < 1) return "";
  const [ux, uy] = [dx / long, dy / long], h = Math.min(head, 0.7 * long + 2), p = (a, b) => `${(x + ux * a - uy * b).toFixed(1)} ${(y + uy * a + ux * b).toFixed(1)}`;
  return `M${p(gap, 0)}L${p(gap + long - h / 2, 0)}M${p(gap + long, 0)}L${p(gap + long - h, h / 2.2)}L${p(gap + long - h, -h / 2.2)}Z`;
}

function written(value, digits = 4) {
  const size = Math.abs(value), text = size >= 1000 ? value.toFixed(0) : size >= 0.00005 || size < 1e-6 ? value.toFixed(digits) : value.toExponential(1);
  return (+text === 0 ? text.replace("-", "") : text).replaceAll("-", "−");
}

export default mounted(Room);
