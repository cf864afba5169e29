// Moves the charts with the clock of the page. A chart whose header names a history fetches it once, after its first
// picture; from then on each moment is taken from it. What only moves (points, cells, the line "now") is moved where it
// stands in plotly's drawing, and plotly's own data with it; everything else is drawn anew.

const HISTORIES = new Map(); // address -> promise of a History
const followers = new Set();
const AT_ONCE = 2; // histories fetched at a time
const PATIENCE = 25; // milliseconds of drawing between two pictures of the screen
const SQUARE = 1 / 160; // of a final place, as a part of the map

class History {
  constructor(bytes) {
    const cut = bytes.indexOf(10);
    const text = (part) => new TextDecoder().decode(part);
    Object.assign(this, JSON.parse(text(bytes.subarray(0, cut))));
    const rest = bytes.slice(cut + 1); // a copy: typed arrays begin at multiples of their size
    const kinds = { cells: Int16Array, places: Uint16Array, heights: Float32Array };
    if (this.kind === "figures") this.texts = text(rest).split("\n");
    else this.numbers = new kinds[this.kind](rest.buffer);
    this.last = this.step.length - 1;
    this.size = (this.shape ?? []).slice(1).reduce((a, b) => a * b, 1); // numbers a moment
  }

  // The last moment before the clock's amount was spent.
  now() {
    if (!clock.on) return this.last;
    const limit = clock.amount * (1 + 1e-9);
    const spent = this[clock.axis];
    let [low, high] = [0, this.last];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (spent[middle] <= limit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  name(i) {
    return this.title.replace("{step}", this.step[i]);
  }

  part(i) {
    return this.numbers.subarray(i * this.size, (i + 1) * this.size);
  }

  // n rows of n numbers, null where there is nothing
  z(i) {
    const [, n] = this.shape;
    const flat = Float64Array.from(this.part(i), (q) => (q === this.nothing ? NaN : q * this.scale));
    return Array.from({ length: n }, (_, row) => flat.subarray(row * n, (row + 1) * n));
  }

  place(i, axis, picture) {
    const q = this.numbers[i * this.size + 2 * picture + axis];
    return this.low[axis] + (q / 65535) * (this.high[axis] - this.low[axis]);
  }
}

// One history after the other, when the page has its first pictures.
const line = { waiting: [], busy: 0 };

function history(address) {
  if (!HISTORIES.has(address)) {
    clock.tick({ loading: clock.loading + 1 });
    const promise = new Promise((resolve, reject) => line.waiting.push({ address, resolve, reject }));
    HISTORIES.set(address, promise);
    promise
      .catch(() => HISTORIES.delete(address)) // the next refresh tries again
      .finally(() => clock.tick({ loading: clock.loading - 1 }));
    if (HISTORIES.size > 96) HISTORIES.delete(HISTORIES.keys().next().value);
    advance();
  }
  return HISTORIES.get(address);
}

async function advance() {
  if (busy) return void setTimeout(advance, 50);
  if (line.busy >= AT_ONCE || !line.waiting.length) return;
  const { address, resolve, reject } = line.waiting.shift();
  line.busy++;
  try {
    const answer = await fetch(new URL(address, appRoot()));
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    const found = new History(new Uint8Array(await answer.arrayBuffer()));
    resolve(found);
  } catch (error) {
    reject(error);
  }
  line.busy--;
  advance();
}

// A chart that follows the clock.
class Follower {
  constructor(chart) {
    this.chart = chart;
    this.drawn = 0;
    followers.add(this);
    seen.observe(chart.root);
  }

  // The address of the history, or nothing. While the clock is not at the end, the first picture waits for it.
  follow(address) {
    if (address === this.address) return;
    Object.assign(this, { address, history: undefined, shown: undefined });
  }

  async ready() {
    if (this.address && !this.history && clock.on && clock.amount < clock.end) await this.load();
  }

  async load() {
    const { address } = this;
    if (!address || this.history || !clock.wanted) return;
    try {
      this.loading = true;
      const found = await history(address);
      this.loading = false;
      if (address !== this.address) return;
      this.history = found;
      schedule();
    } catch (error) {
      console.warn("no history:", String(error.message ?? error));
      this.loading = false;
      this.address = undefined; // the picture stays at the moment that Python has drawn
    }
  }

  // Somebody reaches for the clock.
  heard() {
    if (clock.wanted && this.address && !this.history && !this.loading && this.chart.listening) this.load();
  }

  // A picture has been drawn as a whole.
  settled() {
    if (this.shown !== undefined) this.chart.root.dataset.frame = this.shown;
    this.load();
    schedule();
  }

  stale() {
    if (!this.chart.listening || this.chart.drawing) return false;
    const moved = this.history && (this.history.now() !== this.shown || this.ghost !== clock.ghost);
    return moved || (this.timed && (this.amount !== clock.amount || this.ghost !== clock.ghost));
  }

  // The figure as it is now, before plotly sees it.
  patch(figure) {
    const { history } = this;
    let { data, layout } = figure;
    if (history) {
      const i = history.now();
      if (history.kind === "figures") {
        const { dark } = this.chart.theme;
        const text = history.texts[i];
        ({ data, layout } = JSON.parse(dark ? text.replace(/#[0-9a-f]{6}/g, (c) => SETTINGS.dark[c] ?? c) : text));
      } else {
        this[history.kind](data, layout, i);
        if (history.title) layout.title.text = history.name(i);
        if (history.subtitles?.length) layout.title.subtitle = { text: history.subtitles[i] };
      }
      layout.meta = { ...layout.meta, step: history.step[i] };
      this.shown = i;
    }
    this.ghost = clock.ghost;
    this.timed = (layout.shapes ?? []).some((shape) => shape.name === "now");
    this.amount = clock.amount;
    if (this.timed && clock.on) layout.shapes.forEach((shape) => timed(shape));
    return { data, layout };
  }

  cells(data, layout, i) {
    data[0].z = this.history.z(i);
  }

  heights(data, layout, i) {
    const { history } = this;
    const y = (k) => Array.from(history.part(k));
    if (clock.ghost && i < history.last) {
      const line = { ...data[0].line, width: 2, dash: "dashdot" };
      data.push({ ...data[0], y: y(history.last), name: "at the end", opacity: 0.4, line });
      layout.showlegend ??= true;
    }
    data[0].y = y(i);
  }

  places(data, layout, i) {
    const { history } = this;
    for (const trace of data) {
      const pictures = pictureNumbers(trace);
      if (!pictures) continue;
      [trace.x, trace.y] = [0, 1].map((axis) => Float64Array.from(pictures, (n) => history.place(i, axis, n)));
    }
    layout.shapes = (layout.shapes ?? []).concat(this.ghosts(data, i));
  }

  // Where the points of a map will be at the end: a shape for each trace, none at the end.
  ghosts(data, i) {
    const { history } = this;
    this.haunted = this.haunts(i);
    if (!this.haunted) return [];
    const [w, h] = [0, 1].map((axis) => history.high[axis] - history.low[axis]);
    const r = SQUARE * Math.max(w, h);
    const square = (x, y) => `M${x - r},${y - r}H${x + r}V${y + r}H${x - r}Z`;
    const place = (n) => [0, 1].map((axis) => history.place(history.last, axis, n));
    const shape = (trace) => {
      const path = Array.from(pictureNumbers(trace), (n) => square(...place(n))).join("");
      const fillcolor = typeof trace.marker.color === "string" ? trace.marker.color : this.chart.theme.color;
      return { name: "ghost", type: "path", path, fillcolor, opacity: 0.28, line: { width: 0 }, layer: "below" };
    };
    return data.filter(pictureNumbers).map(shape);
  }

  haunts(i) {
    return clock.ghost && i < this.history.last;
  }

  // From one moment to another, with the least work; true if that was possible.
  move() {
    const { chart, history } = this;
    const { root } = chart;
    this.drawn = performance.now();
    if (this.timed && !history && this.ghost === clock.ghost) {
      this.amount = clock.amount;
      chart.drawn = undefined; // it is no longer as it was drawn
      moveNow(root);
      return;
    }
    const i = history?.now();
    const quick = { cells: moveCells, places: movePlaces }[history?.kind];
    if (!quick?.(root, history, i)) return void chart.draw();
    if (history.kind === "places" && this.haunted !== this.haunts(i)) {
      const rest = (root.layout.shapes ?? []).filter((shape) => shape.name !== "ghost");
      window.Plotly.relayout(root, { shapes: rest.concat(this.ghosts(root.data, i)) });
    }
    this.ghost = clock.ghost;
    this.shown = i;
    root._fullLayout.meta.step = root.layout.meta.step = chart.meta.step = history.step[i];
    retitle(root, { text: history.name(i) });
    root.dataset.frame = i;
    if (chart.tip && chart.at) chart.hover(chart.at);
  }

  close() {
    followers.delete(this);
    seen.unobserve(this.chart.root);
  }
}

// Pictures are drawn one at a time, what is on the screen first, from top to bottom, but for the one that the viewer waits
// for (header.first). A new state of a picture is shown before the next is drawn: the first answer does not wait for the
// last. (While a page opens, showing is what takes long.)
const queue = [];
let busy = false;
function turn(chart) {
  return new Promise((resolve) => {
    queue.push({ root: chart.root, again: chart.listening, first: chart.listening && chart.header.first, resolve });
    if (!busy) setTimeout(next);
    busy = true;
  });
}

function next() {
  busy = queue.length > 0;
  if (!busy) return;
  const places = queue.map(({ root, first }) => (first ? -1 : depth(root)));
  const [{ again, resolve }] = queue.splice(places.indexOf(Math.min(...places)), 1);
  resolve();
  if (again && !document.hidden) requestAnimationFrame(() => setTimeout(next));
  else setTimeout(next);
}

// Pixels below the window's upper edge; what has been scrolled past comes after everything else.
function depth(root) {
  const { top, bottom } = root.getBoundingClientRect();
  return !root.isConnected ? Infinity : bottom < 0 ? 1e6 - bottom : top;
}

// Which charts are on the screen, or nearly.
const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) target.sslvizSeen = isIntersecting;
    schedule();
  },
  { rootMargin: "150px" },
);

let asked = false;
function schedule() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(drawStale);
}

// The one that has waited longest first, and no longer than until the screen wants its next picture. What is out of
// sight waits until the clock rests.
function drawStale() {
  asked = false;
  const end = performance.now() + PATIENCE;
  const stale = [...followers].filter((each) => (each.chart.root.sslvizSeen || !clock.playing) && each.stale());
  stale.sort((a, b) => a.drawn - b.drawn);
  for (const each of stale) {
    if (performance.now() > end) return schedule();
    each.move();
  }
}
clock.addEventListener("tick", () => {
  for (const each of followers) each.heard();
  schedule();
});

// The numbers of the pictures that a trace's points stand for.
function pictureNumbers(trace) {
  return trace.customdata?.bdata ? unpacked(trace.customdata) : trace.customdata;
}

function timed(shape) {
  if (shape.name === "now") shape.x0 = shape.x1 = clock.amount;
  const opacity = clock.amount >= clock.end ? 0 : clock.ghost ? 0.7 : 1;
  if (shape.name === "ahead") Object.assign(shape, { x0: clock.amount, opacity });
}

// The line "now", and the veil over what comes after it.
function moveNow(root) {
  const { xaxis, yaxis, shapes } = root._fullLayout;
  const at = (amount) => {
    const p = xaxis.d2p(amount);
    return xaxis._offset + Math.min(Math.max(Number.isFinite(p) ? p : 0, 0), xaxis._length);
  };
  const [top, bottom] = [yaxis._offset, yaxis._offset + yaxis._length];
  shapes.forEach((shape, index) => {
    if (shape.name !== "now" && shape.name !== "ahead") return;
    for (const one of [shape, root.layout.shapes[index]]) timed(one);
    const path = root.querySelector(`.shapelayer path[data-index="${index}"]`);
    const [a, b] = [at(shape.x0), at(shape.x1)];
    if (path && shape.name === "ahead") path.style.opacity = shape.opacity;
    path?.setAttribute("d", shape.name === "now" ? `M${a},${top}L${a},${bottom}` : `M${a},${top}H${b}V${bottom}H${a}Z`);
  });
}

// Puts every point of a map where it is at moment i.
function movePlaces(root, history, i) {
  const { xaxis, yaxis } = root._fullLayout;
  const marks = root.querySelectorAll(".scatterlayer .trace");
  if (!marks.length) return false;
  for (const group of marks) {
    const points = group.querySelectorAll(".points > path.point");
    const trace = points[0]?.__data__?.trace ?? group.__data__?.[0]?.trace;
    if (!trace?.customdata) continue;
    const pictures = trace.customdata;
    const x = new Float64Array(pictures.length);
    const y = new Float64Array(pictures.length);
    for (let k = 0; k < pictures.length; k++) {
      x[k] = history.place(i, 0, pictures[k]);
      y[k] = history.place(i, 1, pictures[k]);
    }
    for (const point of points) {
      const datum = point.__data__;
      if (!datum || datum.i === undefined) return false;
      datum.x = x[datum.i];
      datum.y = y[datum.i];
      point.setAttribute("transform", `translate(${xaxis.c2p(datum.x).toFixed(2)},${yaxis.c2p(datum.y).toFixed(2)})`);
    }
    const given = root.data[trace.index];
    [given.x, given.y] = [trace.x, trace.y] = [x, y];
  }
  return true;
}

// Paints the cells of a matrix as they are at moment i.
function moveCells(root, history, i) {
  return repaintCells(root, 0, history.z(i));
}
