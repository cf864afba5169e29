// Views as points on a circle or a sphere: drag them, and take gradient steps. Everything happens in the browser; when
// the hand rests, the positions are sent once, for the address and the export.

import { mounted } from "../../views/plot/js/streamlit.js";
import { button, html, make, svg } from "../../views/plot/js/svg.js";
import { readTheme, setColors } from "../../views/plot/js/theme.js";
import { drawCurve, written } from "./curve.js";
import { Eye } from "./eye.js";
import { Hand } from "./hand.js";
import { measure, step, unit } from "./losses.js";
import { Picture, degrees } from "./picture.js";

const WIDE = 760; // from here on there are two columns
const RESTS = 400; // milliseconds until the positions are sent
const PARTS = {
  "NT-Xent": ["alignment, mean −s/τ", "repulsion, mean ln Σ e^(s/τ)", "nats"],
  "alignment + uniformity": ["alignment", "λ · uniformity", "no unit"],
  "attraction only": ["(1 − ω) · partners", "ω · other pictures", "squared distance"],
};
const STEPS = [1, 10, 100];

class Room {
  send; // (name, value): tells Python

  constructor(parent) {
    this.parent = parent;
    this.sent = []; // positions that the server has from here
    this.eye = new Eye();
    this.hand = new Hand(this);
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
    const { names, loss } = this.data, wide = this.width >= WIDE, focus = this.picture?.handles.indexOf(document.activeElement);
    this.root.classList.toggle("geo-wide", wide);
    const column = wide ? (this.width - 36) / 2 : this.width, size = Math.min(column, 540);
    this.eye.size = size;
    const round = this.z[0].length === 3;
    this.picture = new Picture(names, this.eye, round);
    this.hand.holds(this.picture);

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
    const left = html("div", {}, title(round ? "Views on the sphere" : "Views on the circle", "arrow = where the loss moves the view"), this.picture.root, key);
    const right = html("div", {}, buttons, this.status, title("What the loss says now", ""), list, title("Loss over the steps taken", `${PARTS[loss][2]}; dashed: all views in one place`), this.curve);
    this.root.replaceChildren(html("div", { class: "geo-body" }, left, right));
    if (focus >= 0) this.picture.handles[focus]?.focus({ preventScroll: true });
    this.update();
  }

  // Puts everything where it belongs, and writes the numbers.
  update() {
    if (!this.picture || !this.width) return;
    const { z, data } = this, { loss, knob } = data, now = (this.now = measure(z, loss, knob));
    this.history.length ? (this.history[this.history.length - 1] = now.loss) : this.history.push(now.loss);
    const full = loss === "NT-Xent" ? 2 / knob : 2; // a force that is drawn half a radius long
    this.picture.place(z, now, full);
    this.scale.textContent = `· half a radius long: ${full.toPrecision(3)}`;
    for (const [name, node] of Object.entries(this.says)) node.textContent = written(now[name].value ?? now[name]);
    const worst = measure(z.map(() => z[0]), loss, knob).loss; // all in one place
    drawCurve(this.curve, this.history, worst);
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
    if (!this.changed || this.hand.held.size || this.todo > 0) return;
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

// The same positions, but for the digits that the address does not hold.
const same = (a, b) => a.length === b.length && a.every((p, i) => p.length === b[i].length && p.every((x, k) => Math.abs(x - b[i][k]) < 1e-4));

export default mounted(Room);
