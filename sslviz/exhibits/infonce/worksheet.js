// Draws the InfoNCE worksheet. All numbers come from Python (infonce.py: drawing); this file only draws them, and lights
// up what belongs together: cell, two pictures, arc, bar, term, gradient. Pointing and arrow keys stay in the browser.

import { mounted } from "../../views/plot/js/streamlit.js";
import { html, make, svg } from "../../views/plot/js/svg.js";
import { readTheme, setColors } from "../../views/plot/js/theme.js";
import { Bars } from "./bars.js";

const WIDE = 780; // from here on there are two columns
const CIVIDIS = ["#00224e", "#434e6c", "#7d7c78", "#bcaf6f", "#fee838"];
const KINDS = { partner: "partner", "same class": "same", negative: "negative", self: "self" };
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
    const focus = [this.grid, this.input].findIndex((node) => node && node === document.activeElement);
    const wide = this.width >= WIDE;
    this.root.classList.toggle("nce-wide", wide);
    this.column = wide ? (this.width - 28) / 2 : this.width;
    this.row = undefined; // nothing of a row is drawn yet
    const left = html("div", {}, title("Similarity matrix", "cosine of views i (row) and j (column); yellow = alike"));
    left.append(this.matrix(), this.legend(), this.editor(), (this.read = html("div", { class: "nce-read", "aria-live": "polite" })));
    const right = html("div", {}, (this.circleTitle = title("Angle", "")), this.circle());
    const { names } = this.data;
    this.softmax = new Bars("nce-softmax", names, this.column, "probability", "other view j");
    this.gradient = new Bars("nce-gradient", names, this.column, "∂L/∂s, nats per unit of s", "other view j");
    right.append((this.softmaxTitle = title("", "")), this.softmax.chart);
    right.append((this.termTitle = title("", "")), (this.terms = html("div", { class: "nce-terms" })));
    right.append((this.gradientTitle = title("", "")), this.gradient.chart);
    right.append((this.lossTitle = title("", "")), this.losses());
    this.root.replaceChildren(html("div", { class: "nce-body" }, left, right));
    if (focus >= 0) [this.grid, this.input][focus].focus({ preventScroll: true });
    this.light(...this.held);
  }

  // -- what does not depend on the row that is pointed at -----------------------------------------------------------

  matrix() {
    const { names, similarity, relation } = this.data;
    const n = names.length, size = Math.min(this.column, 580), named = n <= 16;
    const tile = Math.min(44, size / (n + 1.5)), head = tile + (named ? 20 : 4), cell = (size - head) / n;
    this.layout = { head, cell, size };
    this.grid = svg("svg", { class: "nce-grid", role: "grid", tabindex: 0, width: size, height: size, "aria-rowcount": n });
    this.grid.setAttribute("aria-label", "Similarity matrix. Arrow keys move, Enter edits, Space holds the row as the anchor.");
    for (let k = 0; k < n; k++) {
      const middle = head + (k + 0.5) * cell, small = Math.min(tile, cell - 2);
      const top = svg("g", { "data-column": k }, this.tile(k, middle - small / 2, head - small - 3, small));
      const side = svg("g", { "data-row": k }, this.tile(k, head - small - 3, middle - small / 2, small));
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
        const group = svg("g", { class: "cell " + KINDS[relation[i][j]], role: "gridcell", id: `${this.id}-${i}-${j}` }, rect);
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
    return this.grid;
  }

  // The picture of view k: cut out of the sheet; or a needle in its direction; or only its name.
  tile(k, x, y, size) {
    const { names, sheet, needle, labels } = this.data;
    const box = { x, y, width: size, height: size };
    const tile = svg("g", { class: "tile", "data-view": k, style: `--class: var(--nce-class-${labels[k] % 10})` });
    if (sheet) {
      const picture = svg("image", { href: sheet, width: names.length, height: 1, preserveAspectRatio: "none" });
      tile.append(svg("svg", { ...box, viewBox: `${k} 0 1 1`, style: "overflow:hidden;image-rendering:pixelated" }, picture));
    } else {
      tile.append(svg("rect", { ...box, class: "ground", rx: 3 }));
      const [cx, cy, r] = [x + size / 2, y + size / 2, size * 0.36], a = ((needle?.[k] ?? 0) * Math.PI) / 180;
      if (needle) tile.append(svg("line", { class: "needle", x1: cx, y1: cy, x2: cx + r * Math.cos(a), y2: cy - r * Math.sin(a) }), svg("circle", { cx, cy, r: Math.max(1.5, size / 14), style: "fill:var(--class)" }));
      else if (size > 30) tile.append(svg("text", { x: cx, y: cy + 4, "text-anchor": "middle" }, names[k]));
    }
    tile.append(svg("rect", { ...box, class: "edge", rx: 3 }));
    return tile;
  }

  legend() {
    const kinds = this.data.relation.flat();
    const key = html("div", { class: "nce-key" });
    for (const kind of ["partner", "negative", "same class"])
      if (kinds.includes(kind)) key.append(html("span", { class: KINDS[kind] }, kind === "same class" ? "same class (false negative)" : kind));
    return key;
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

  circle() {
    const size = Math.min(250, this.column), r = size / 2 - 24;
    this.round = { middle: size / 2, r };
    this.arc = svg("path", { class: "arc" });
    this.degrees = svg("text", { "text-anchor": "middle" });
    this.points = this.data.names.map((_, j) => svg("circle", { class: "point", r: 6, "data-point": j }));
    this.ends = [0, 1].map(() => svg("text", { "text-anchor": "middle" }));
    const ring = svg("circle", { class: "ring", cx: size / 2, cy: size / 2, r });
    const drawing = svg("svg", { class: "nce-circle", width: size, height: size, role: "img" }, ring, this.arc, ...this.points, ...this.ends, this.degrees);
    drawing.setAttribute("aria-label", "The views on a circle, with the angle between the two");
    this.pair = svg("svg", { class: "nce-two", width: 176, height: 100, role: "img", "aria-label": "The two pictures" });
    return html("div", { class: "nce-pair" }, drawing, this.pair);
  }

  losses() {
    const { names, loss, mean_loss, ceiling } = this.data;
    this.loss = new Bars("nce-loss", names, this.column, "loss, nats", "anchor i");
    const { chart, slots } = this.loss;
    this.loss.fill(loss, 0, Math.max(ceiling, ...loss) * 1.12 || 1);
    slots.forEach((slot, i) => (slot.removeAttribute("data-bar"), slot.setAttribute("data-row", i), slot.classList.add("negative")));
    const lines = [[ceiling, `ln(2N − 1) = ${ceiling.toFixed(3)}`], [mean_loss, `mean L = ${small(mean_loss)}`]];
    const high = this.loss.y;
    const close = Math.abs(high(ceiling) - high(mean_loss)) < 15;
    lines.forEach(([value, text], k) => {
      const y = high(value), below = close && (k === 0) === ceiling < mean_loss;
      chart.append(svg("line", { class: "line", x1: 8, x2: this.column, y1: y, y2: y, "pointer-events": "none" }));
      chart.append(svg("text", { x: this.column, y: below ? y + 13 : y - 4, "text-anchor": "end", "pointer-events": "none" }, text));
    });
    say(this.lossTitle, "Loss of every anchor", `their mean is the loss of the batch; ln(2N − 1) is the loss of guessing`);
    return chart;
  }

  // -- what belongs to one row: softmax, terms, gradient, circle -----------------------------------------------------

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
    this.points.forEach((point, j) => {
      const [x, y] = this.at(data.place[i][j]);
      make(point, { cx: x, cy: y, class: `point ${KINDS[relation[i][j]]} ${i === j ? "anchor" : ""}` });
    });
    make(this.rowframe, { y: this.layout.head + i * this.layout.cell });
    const note = data.true_circle ? "all views lie on this circle" : `each view at its true angle from ${names[i]}; angles between the others are not to scale`;
    say(this.circleTitle, `Angle to the anchor ${names[i]}`, note);
  }

  // Where an angle lies on the drawn circle. Without real points the anchor, at 0°, stands on top.
  at(degrees, scale = 1) {
    const { middle, r } = this.round, a = ((this.data.true_circle ? degrees : degrees + 90) * Math.PI) / 180;
    return [middle + scale * r * Math.cos(a), middle - scale * r * Math.sin(a)];
  }

  // -- pointing ----------------------------------------------------------------------------------------------------

  // Lights up everything that stands for views i and j.
  light(i, j) {
    const { data } = this, { names, relation, place } = data, kind = relation[i][j];
    if (this.row !== i) this.fillRow(i);
    for (const lit of this.root.querySelectorAll(".on")) lit.classList.remove("on");
    const pair = [this.tile(i, 4, 4, 72), this.tile(j, 100, 4, 72)];
    const under = [i, j].map((k, at) => svg("text", { x: 40 + 96 * at, y: 94, "text-anchor": "middle" }, names[k]));
    this.pair.replaceChildren(pair[0], under[0], pair[1], under[1]);
    const [rowHead, columnHead] = [`[data-row="${i}"] .tile`, `[data-column="${j}"] .tile`].map((at) => this.grid.querySelector(at));
    const terms = [...this.terms.querySelectorAll(`[data-bar="${j}"]`)];
    const lit = [...pair, rowHead, columnHead, this.cells[i][j], this.points[i], this.points[j], this.arc, this.softmax.slots[j], this.gradient.slots[j], this.loss.slots[i], ...terms];
    for (const node of lit) node.classList.add("on");
    this.root.dataset.lit = `${names[i]} ${names[j]}`;
    const { head, cell } = this.layout;
    make(this.frame, { x: head + j * cell, y: head + i * cell });
    this.grid.setAttribute("aria-activedescendant", this.cells[i][j].id);

    const from = place[i][i], turn = ((((place[i][j] - from) % 360) + 540) % 360) - 180; // the shorter way
    const [x1, y1] = this.at(from), [x2, y2] = this.at(from + turn), { r } = this.round;
    make(this.arc, { class: `arc on ${KINDS[kind]}`, d: `M${x1} ${y1}A${r} ${r} 0 0 ${turn > 0 ? 0 : 1} ${x2} ${y2}` });
    const [tx, ty] = this.at(from + turn / 2, 0.72);
    make(this.degrees, { x: tx, y: ty + 4 }).textContent = `${data.angle[i][j].toFixed(0)}°`;
    [[from, i], [from + turn, j]].forEach(([a, k], at) => {
      const [x, y] = this.at(a, 1 + 15 / r);
      make(this.ends[at], { x, y: y + 4 }).textContent = names[k];
    });
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
    this.grid.focus({ preventScroll: true });
    this.anchor();
  }

  anchor() {
    if (this.held[0] !== this.data.anchor) this.send("anchor", this.data.names[this.held[0]]);
  }

  key(event) {
    if (event.target === this.input) {
      if (event.key === "Escape") this.grid.focus();
      return;
    }
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

const small = (value) => (value >= 0.1 ? value.toFixed(3) : value >= 0.00001 ? value.toFixed(5) : value.toExponential(2));

function cividis(t) {
  const at = Math.min(3, Math.floor(t * 4)), f = t * 4 - at;
  const part = (color, k) => parseInt(color.slice(1 + 2 * k, 3 + 2 * k), 16);
  return `rgb(${[0, 1, 2].map((k) => Math.round((1 - f) * part(CIVIDIS[at], k) + f * part(CIVIDIS[at + 1], k))).join()})`;
}

export default mounted(Sheet);
