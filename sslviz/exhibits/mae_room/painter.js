// A mask under the hand: click or drag over the patches of a picture. It is drawn at once; the server hears of it at most
// five times a second, and at the end of a stroke.
//
// The server's answer to an earlier stroke must not undo a later one: every report has a number, and what the server sends
// with an older number, or as an echo, moves nothing.

import { mounted } from "../../views/plot/js/streamlit.js";
import { button, html, make, svg } from "../../views/plot/js/svg.js";
import { readTheme, setColors } from "../../views/plot/js/theme.js";

const PAUSE = 200; // milliseconds between two reports of one stroke
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Four patches to a digit, 1 = hidden.
const read = (digits) => [...digits].flatMap((digit) => [8, 4, 2, 1].map((bit) => (parseInt(digit, 16) & bit) > 0));
const written = (mask) => {
  let digits = "";
  for (let i = 0; i < mask.length; i += 4) digits += mask.slice(i, i + 4).reduce((n, hidden) => 2 * n + hidden, 0).toString(16);
  return digits;
};

class Painter {
  send; // (name, value): tells Python

  constructor(parent) {
    this.parent = parent;
    this.serial = 0; // of the last report
    this.last = 0; // when it was sent
    this.root = html("div", { class: "mask" });
    parent.append(this.root);
  }

  show(data) {
    setColors(this.root, "--mask-", readTheme(this.parent).dark);
    this.data = data;
    const size = data.mask.length * 4;
    if (this.mask?.length !== size) this.build(Math.round(Math.sqrt(size)));
    if (this.picture.href.baseVal !== data.picture) this.picture.setAttribute("href", data.picture);
    for (const each of this.needFigure) each.disabled = !data.figure;
    const old = data.serial < this.serial, echo = data.serial === this.serial && data.mask === this.sent;
    if (!this.mask || !(old || echo)) {
      this.serial = data.serial;
      this.sent = undefined;
      this.mask = read(data.mask);
    }
    this.update();
  }

  build(side) {
    this.side = side;
    this.mask = undefined;
    this.at = 0; // the patch under the keyboard
    this.picture = svg("image", { width: side, height: side, preserveAspectRatio: "none" });
    this.patches = Array.from({ length: side * side }, (_, i) =>
      svg("rect", { class: "patch", "data-patch": i, x: i % side, y: Math.floor(i / side), width: 1, height: 1 }));
    this.cursor = svg("rect", { class: "cursor", width: 0.92, height: 0.92 });
    this.canvas = svg("svg", { class: "mask-picture", viewBox: `0 0 ${side} ${side}`, tabindex: 0, role: "application" }, this.picture, ...this.patches, this.cursor);
    this.canvas.setAttribute("aria-label", "The picture in patches. Click or drag to hide or show them; arrow keys move, space hides or shows");
    for (const [kind, act] of Object.entries({ pointerdown: "down", pointermove: "move", pointerup: "up", pointercancel: "up", keydown: "key" }))
      this.canvas.addEventListener(kind, (event) => this[act](event));
    this.count = html("div", { class: "mask-count", role: "status" });
    const all = (hide) => this.patches.map((_, i) => hide(i));
    const buttons = html("div", { class: "mask-buttons" },
      button("Show all", () => this.become(all(() => false))),
      button("Invert", () => this.become(all((i) => !this.mask[i]))),
      button("Random at the ratio", () => this.become(read(this.data.next), "dice")),
      ...(this.needFigure = [
        button("Hide the object", () => this.become(read(this.data.figure))),
        button("Only the object", () => this.become(read(this.data.figure).map((figure) => !figure))),
      ]));
    this.root.replaceChildren(this.canvas, this.count, buttons);
  }

  update() {
    this.mask.forEach((hidden, i) => this.patches[i].classList.toggle("hidden", hidden));
    make(this.cursor, { x: (this.at % this.side) + 0.04, y: Math.floor(this.at / this.side) + 0.04 });
    const hidden = this.mask.filter(Boolean).length, all = this.mask.length;
    const said = `${hidden} of ${all} patches hidden (${Math.round((100 * hidden) / all)} %)`;
    if (this.count.textContent !== said) this.count.textContent = said;
    // heard: the last report that the server has answered
    make(this.root, { "data-mask": written(this.mask), "data-heard": this.data.serial, "data-serial": this.serial });
  }

  // -- the hand -------------------------------------------------------------------------------------------------------

  // Column and row under the pointer, as real numbers.
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.side, ((event.clientY - box.top) / box.height) * this.side];
  }

  down(event) {
    if (event.button) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    const from = this.place(event), i = this.patch(from);
    if (i === undefined) return;
    this.stroke = { from, hide: !this.mask[i] }; // the first patch says whether this stroke hides or shows
    this.touch(i);
    this.report(false);
  }

  move(event) {
    if (!this.stroke) return;
    const { from } = this.stroke, to = this.place(event), far = Math.ceil(4 * Math.hypot(to[0] - from[0], to[1] - from[1]));
    for (let k = 1; k <= far; k++) this.touch(this.patch(from.map((x, axis) => x + ((to[axis] - x) * k) / far))); // a quick hand leaves no gaps
    this.stroke.from = to;
    this.report(false);
  }

  up() {
    if (!this.stroke) return;
    this.stroke = undefined;
    this.report(true);
  }

  key(event) {
    const way = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(way || event.key === " " || event.key === "Enter")) return;
    event.preventDefault();
    if (way) {
      const [x, y] = [(this.at % this.side) + way[0], Math.floor(this.at / this.side) + way[1]];
      if (x >= 0 && y >= 0 && x < this.side && y < this.side) this.at = y * this.side + x;
      return this.update();
    }
    this.mask[this.at] = !this.mask[this.at];
    this.update();
    this.report(false);
  }

  /** @param {number[]} place */
  patch([x, y]) {
    return x >= 0 && y >= 0 && x < this.side && y < this.side ? Math.floor(y) * this.side + Math.floor(x) : undefined;
  }

  touch(i) {
    if (i === undefined) return;
    this.at = i;
    this.mask[i] = this.stroke.hide;
    this.update();
  }

  become(mask, by = "hand") {
    this.mask = mask;
    this.update();
    this.report(true, by);
  }

  // Tells the server: at once, or as soon as the last report is long enough ago.
  report(now, by = "hand") {
    clearTimeout(this.timer);
    const mask = written(this.mask), wait = this.last + PAUSE - performance.now();
    if (mask === this.sent && by === "hand") return;
    if (!now && wait > 0) return void (this.timer = setTimeout(() => this.report(true), wait));
    this.last = performance.now();
    this.sent = mask;
    this.serial += 1;
    make(this.root, { "data-serial": this.serial });
    this.send("stroke", { mask, serial: this.serial, by });
  }

  close() {
    clearTimeout(this.timer);
  }
}

export default mounted(Painter);
