// Draws the InfoNCE worksheet. All numbers come from Python (infonce.py: drawing); this file only draws them, and lights
// up what belongs together: cell, two pictures, arc, bar, term, gradient. Pointing and arrow keys stay in the browser.

import { mounted } from "../../views/plot/js/streamlit.js";
import { html } from "../../views/plot/js/svg.js";
import { readTheme, setColors } from "../../views/plot/js/theme.js";
import { Bars } from "./bars.js";
import { Circle } from "./circle.js";
import { losses, small } from "./losses.js";
import { Matrix, legend } from "./matrix.js";
import { KINDS } from "./tile.js";

const WIDE = 780; // from here on there are two columns
const SAID = { partner: "its partner", "same class": "same class: a false negative", negative: "a negative" };

class Sheet {
  send; // (name, value): tells Python

  constructor(parent) {
    this.parent = parent;
    this.id = "nce" + Math.random().toString(36).slice(2, 8);
    this.root = html("div", { class: "nce" });
    parent.append(this.root);
    this.root.addEventListener("pointerover", (event) => this.point(event));
    this.root.addEventListener("pointerleave", () => this.held && this.light(...this.held));
    this.root.addEventListener("click", (event) => this.click(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.sizes = new ResizeObserver(() => this.root.clientWidth !== this.width && this.draw());
    this.sizes.observe(this.root);
  }

  show(data) {
    const before = this.data, { dark } = readTheme(this.parent);
    this.data = data;
    const [row] = this.held ?? [];
    if (before?.names.length !== data.names.length || (before.anchor !== data.anchor && row !== data.anchor))
      this.held = [data.anchor, data.partner[data.anchor]];
    const picture = JSON.stringify([{ ...data, anchor: 0 }, dark]); // the anchor only moves the light
    if (picture === this.picture) return this.light(...this.held);
    this.picture = picture;
    setColors(this.root, "--nce-", dark);
    this.draw();
  }

  draw() {
    if (!this.data) return;
    this.width = this.root.clientWidth;
    if (!this.width) return; // hidden: the ResizeObserver calls again
    const focus = [this.matrix?.grid, this.input].findIndex((node) => node && node === document.activeElement);
    const wide = this.width >= WIDE;
    this.root.classList.toggle("nce-wide", wide);
    this.column = wide ? (this.width - 28) / 2 : this.width;
    this.row = undefined; // nothing of a row is drawn yet
    const left = html("div", {}, title("Similarity matrix", "cosine of views i (row) and j (column); yellow = alike"));
    this.matrix = new Matrix(this.data, this.id, this.column);
    this.circle = new Circle(this.data, this.column);
    left.append(this.matrix.grid, legend(this.data.relation), this.editor(), (this.read = html("div", { class: "nce-read", "aria-live": "polite" })));
    const right = html("div", {}, (this.circleTitle = title("Angle", "")), this.circle.root);
    const { names } = this.data;
    this.softmax = new Bars("nce-softmax", names, this.column, "probability", "other view j");
    this.gradient = new Bars("nce-gradient", names, this.column, "∂L/∂s, nats per unit of s", "other view j");
    right.append((this.softmaxTitle = title("", "")), this.softmax.chart);
    right.append((this.termTitle = title("", "")), (this.terms = html("div", { class: "nce-terms" })));
    right.append((this.gradientTitle = title("", "")), this.gradient.chart);
    this.loss = losses(this.data, this.column);
    right.append(title("Loss of every anchor", "their mean is the loss of the batch; ln(2N − 1) is the loss of guessing"), this.loss.chart);
    this.root.replaceChildren(html("div", { class: "nce-body" }, left, right));
    if (focus >= 0) [this.matrix?.grid, this.input][focus].focus({ preventScroll: true });
    this.light(...this.held);
  }

  // The field for the cell that is held. Made once: what is being typed stays.
  editor() {
    if (this.line) return this.line;
    this.label = html("label", { for: this.id + "-s" });
    this.input = html("input", { id: this.id + "-s", type: "number", min: -1, max: 1, step: 0.05 });
    this.input.addEventListener("change", () => {
      const value = Math.min(1, Math.max(-1, this.input.valueAsNumber)), [i, j] = this.held, { code } = this.data;
      if (Number.isFinite(value)) this.send("edit", [code[i], code[j], value]);
    });
    const line = html("div", { class: "nce-edit" }, this.label, this.input);
    line.addEventListener("pointerenter", () => this.light(...this.held)); // the field belongs to the cell that is held
    return (this.line = line);
  }

  fillRow(i) {
    const { data } = this, { names, relation, probability, gradient, partner, term } = data;
    this.row = i;
    for (const chart of [this.softmax, this.gradient])
      chart.slots.forEach((slot, j) => slot.setAttribute("class", "slot " + KINDS[relation[i][j]]));
    const likely = Math.max(...probability[i]);
    this.softmax.fill(probability[i], 0, [0.05, 0.1, 0.2, 0.5].find((top) => likely <= 0.9 * top) ?? 1);
    const most = Math.max(...gradient[i].map(Math.abs)) || 1;
    this.gradient.fill(gradient[i], -1.15 * most, 1.15 * most);
    say(this.softmaxTitle, `Softmax of row ${names[i]}`, `entropy H = ${data.entropy[i].toFixed(2)} nats · effective negatives ${data.effective[i].toFixed(1)} of ${names.length - 2}`);
    say(this.termTitle, `Its loss ℓ = ${small(data.loss[i])} nats`, `−ln of the partner's term e^(s/τ) over the sum of all`);
    say(this.gradientTitle, "Its gradient", "below zero: a step makes them more alike; above: less alike");
    const chip = (j) => html("span", { class: "term " + KINDS[relation[i][j]], "data-bar": j, title: `${names[i]}, ${names[j]}` }, term[i][j]);
    const others = names.map((_, j) => j).filter((j) => j !== i && j !== partner[i]);
    this.terms.replaceChildren("ℓ = −ln", chip(partner[i]), "∕ (", chip(partner[i]));
    for (const j of others) this.terms.append("+", chip(j));
    this.terms.append(")");
    this.circle.row(i);
    this.matrix.row(i);
    const note = data.true_circle ? "all views lie on this circle" : `each view at its true angle from ${names[i]}; angles between the others are not to scale`;
    say(this.circleTitle, `Angle to the anchor ${names[i]}`, note);
  }

  // -- pointing ----------------------------------------------------------------------------------------------------

  // Lights up everything that stands for views i and j.
  light(i, j) {
    const { data } = this, { names, relation } = data, kind = relation[i][j];
    if (this.row !== i) this.fillRow(i);
    for (const lit of this.root.querySelectorAll(".on")) lit.classList.remove("on");
    const terms = [...this.terms.querySelectorAll(`[data-bar="${j}"]`)];
    const bars = [this.softmax.slots[j], this.gradient.slots[j], this.loss.slots[i]];
    const lit = [...this.matrix.light(i, j), ...this.circle.light(i, j), ...bars, ...terms];
    for (const node of lit) node.classList.add("on");
    this.root.dataset.lit = `${names[i]} ${names[j]}`;
    this.softmax.mark(j, data.probability[i][j].toPrecision(3));
    this.gradient.mark(j, data.gradient[i][j].toPrecision(3));
    this.loss.mark(i, small(data.loss[i]));
    const share = kind === "partner" ? "It is the one that pulls." : `It takes ${(100 * data.push[i][j]).toPrecision(3)} % of the push.`;
    const text =
      `Anchor ${names[i]}, ${names[j]} is ${SAID[kind]}: s = ${data.similarity[i][j].toFixed(3)}, an angle of ${data.angle[i][j].toFixed(1)}°. ` +
      `e^(s/τ) = ${data.term[i][j]}, so P = ${data.probability[i][j].toFixed(5)}. ∂L/∂s = ${data.gradient[i][j].toPrecision(3)}. ${share}`;
    this.read.textContent = text.replaceAll("-", "−");
    const [a, b] = this.held;
    this.label.textContent = `s(${names[a]}, ${names[b]}) =`;
    if (document.activeElement !== this.input || !this.input.value) this.input.value = String(+data.similarity[a][b].toFixed(4));
  }

  // The pair that an element stands for, or nothing.
  meant(target) {
    const found = target.closest("[data-i],[data-row],[data-column],[data-bar],[data-point]");
    if (!found) return;
    const { i, j, row, column, bar, point } = found.dataset;
    if (i !== undefined) return [+i, +j];
    if (row !== undefined) return [+row, this.data.partner[row]];
    const other = +(column ?? bar ?? point);
    return other === this.row ? undefined : [this.row, other];
  }

  point(event) {
    const at = `${event.clientX} ${event.clientY}`;
    if (at === this.pointer) return; // the page has moved, not the pointer
    this.pointer = at;
    const pair = this.meant(event.target);
    if (pair) this.light(...pair);
  }

  click(event) {
    const pair = this.meant(event.target);
    if (!pair) return;
    this.held = pair;
    this.input.value = "";
    this.light(...pair);
    this.matrix.grid.focus({ preventScroll: true });
    this.anchor();
  }

  // The row that is held becomes the anchor.
  anchor() {
    if (this.held[0] !== this.data.anchor) this.send("anchor", this.data.names[this.held[0]]);
  }

  key(event) {
    if (event.target === this.input) return void (event.key === "Escape" && this.matrix.grid.focus());
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -99], End: [0, 99] };
    const last = this.data.names.length - 1, step = moves[event.key];
    if (!step && !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter") return this.input.select();
    if (event.key === " ") return this.anchor();
    const inside = (k) => Math.min(Math.max(0, k), last);
    let [i, j] = [inside(this.held[0] + step[0]), inside(this.held[1] + step[1])];
    if (i === j) [i, j] = Math.abs(step[1]) > 1 ? [i, j - Math.sign(step[1])] : [i + step[0], j + step[1]]; // over the diagonal
    if (i < 0 || j < 0 || i > last || j > last) return;
    this.held = [i, j];
    this.light(i, j);
  }

  close() {
    this.sizes.disconnect();
  }
}

function title(text, more) {
  const line = html("div", { class: "nce-title" });
  say(line, text, more);
  return line;
}

function say(line, text, more) {
  line.replaceChildren(text + " ", html("small", {}, more && "· " + more));
}

export default mounted(Sheet);
