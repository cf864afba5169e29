// Draws a plotly figure in place: the chart's node stays the same, Plotly.react moves only what has changed.
//
// Streamlit calls the default function below on every refresh and every change of theme, always with the same parentElement.
// SETTINGS = {plotly, dark} is written above this text by plot.py. The data are one line of JSON (the header) and the figure.

const charts = new WeakMap(); // parentElement -> Chart
const TILE = 96; // size of a picture in the tooltip, CSS pixels
const TICKS = 48; // about the room that an axis takes beside its plot

export default function ({ data, parentElement, setTriggerValue }) {
  let chart = charts.get(parentElement);
  if (!chart) charts.set(parentElement, (chart = new Chart(parentElement)));
  chart.send = setTriggerValue;
  chart.show(data);
  // Streamlit also runs this when a call was overtaken by the next one: only a chart that has left the page is taken down
  return () => setTimeout(() => parentElement.isConnected || (charts.delete(parentElement), chart.close()));
}

// plotly.min.js, once per page.
function plotly() {
  window.sslvizPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(SETTINGS.plotly, appRoot()).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      script.remove();
      window.sslvizPlotly = undefined; // the next refresh tries again
      reject(new Error("plotly.min.js could not be loaded from " + script.src));
    };
    document.head.append(script);
  });
  return window.sslvizPlotly;
}

class Chart {
  constructor(parent) {
    this.parent = parent;
    this.root = document.createElement("div");
    this.root.className = "sslviz-plot";
    this.root.setAttribute("role", "img");
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("blur", () => this.hideTip());
    parent.append(this.root);
    this.sizes = new ResizeObserver(() => this.root.clientWidth !== this.width && this.draw());
    this.sizes.observe(this.root);
    this.link = new Link(this); // picked.js
    this.follower = new Follower(this);
  }

  show(bytes) {
    const cut = bytes.indexOf(10);
    const read = (part) => new TextDecoder().decode(part);
    const { of } = this.header ?? {};
    this.header = JSON.parse(read(bytes.subarray(0, cut)));
    this.follower.follow(this.header.history);
    const text = read(bytes.subarray(cut + 1));
    const theme = readTheme(this.parent);
    const same = text === this.text && this.header.of === of;
    if (same && JSON.stringify(theme) === JSON.stringify(this.theme)) {
      if (this.listening) this.follower.load();
      return;
    }
    this.text = text;
    if (!this.listening) this.root.style.height = `${this.header.height ?? text.match(/"height":(\d+)/)?.[1] ?? 400}px`; // room, until it is drawn
    this.theme = theme;
    this.fresh = true;
    this.draw();
  }

  // One drawing at a time; whatever arrives meanwhile is drawn once, afterwards, in its latest state.
  async draw() {
    if (!this.text) return;
    this.stale = true;
    if (this.drawing) return;
    this.drawing = true;
    try {
      const Plotly = await plotly();
      await this.follower.ready();
      while (this.stale && !this.closed) {
        if (!this.listening || !clock.playing) await turn(this);
        this.stale = false;
        if (!this.closed) await this.react(Plotly);
      }
    } catch (error) {
      this.root.classList.add("sslviz-plot-note");
      if (!this.listening) this.root.textContent = String(error.message ?? error);
      else console.error(error);
    } finally {
      this.drawing = false;
    }
  }

  async react(Plotly) {
    const { theme, header, root } = this;
    const text = theme.dark ? this.text.replace(/#[0-9a-f]{6}/g, (c) => SETTINGS.dark[c] ?? c) : this.text;
    const given = JSON.parse(text);
    const picture = pictureOf(given, header.of);
    const another = this.listening && picture !== this.picture; // in the place of the one before
    this.picture = picture;
    if (another) this.pinned = undefined;
    const { data, layout } = this.follower.patch(given);
    root.setAttribute("aria-label", header.alt);
    this.width = root.clientWidth;
    if (!this.width) return; // hidden: the ResizeObserver calls again
    const height = header.height ?? layout.height ?? 400;
    const square = layout.xaxis?.constrain === "domain"; // needs no more height than width
    const fit = layout.meta?.fit; // rows of pictures: as high as the width asks for
    const wanted = fit ? fit.ratio * (this.width - fit.beside) + fit.above : square ? this.width + 20 : height;
    root.style.height = Math.min(height, wanted) + "px";
    root.tabIndex = data.some((trace) => trace.type === "heatmap") ? 0 : -1;
    delete layout.height;
    layout.autosize = true;
    layout.uirevision = picture; // zoom, legend and selection made by hand survive the next react
    for (const trace of data) trace.uid ??= named(trace.name); // an entry of the legend is hidden by its name, not by its place
    this.meta = layout.meta ?? {};
    if (this.fresh) this.pinned = this.meta.pinned ?? this.pinned; // Python has the word, until the next click
    this.fresh = false;
    dress(layout, theme, this.width);
    this.pin(layout);
    this.link.mark(data, layout);
    const config = {
      displaylogo: false,
      showSendToCloud: false, // plotly 4 would offer to upload the figure
      plotlyServerURL: "",
      responsive: false,
      modeBarButtonsToAdd: (this.camera ??= [camera(this)]), // another button would build the chart anew
      modeBarButtonsToRemove: ["zoomIn2d", "zoomOut2d", "autoScale2d", "toImage"].concat(
        this.meta.link ? [] : ["select2d", "lasso2d"],
      ),
    };
    if (!this.listening) root.replaceChildren();
    root.classList.remove("sslviz-plot-note");
    const size = [this.width, root.style.height];
    const drawn = this.follower.history ? undefined : { frame: frameOf({ data, layout }) + size, content: contentOf({ data, layout }) };
    const same = this.listening && drawn && drawn.frame === this.drawn?.frame;
    const draw = another ? Plotly.newPlot : Plotly.react; // react would keep axes, and where "Reset axes" leads
    if (!same || !repaint(root, this.drawn.content, { data, layout })) await draw(root, data, layout, config);
    this.drawn = drawn;
    if (this.closed) return Plotly.purge(root);
    if (another || !this.listening) this.listen();
    this.follower.settled();
    if (this.tip && this.at) this.hover(this.at);
  }

  listen() {
    this.listening = true;
    this.root.on("plotly_hover", ({ points, event }) => this.hover({ ...place(points[0]), event }));
    this.root.on("plotly_unhover", () => this.hideTip());
    this.root.on("plotly_click", ({ points, event }) => this.click(this.under(event, place(points[0]))));
    this.root.on("plotly_selected", (selection) => {
      if (selection) this.link.loop(pictures(selection.points));
    });
    this.root.on("plotly_deselect", () => this.link.clear());
    this.root.on("plotly_doubleclick", () => this.link.clear());
  }

  // Plotly reports the point it hovered last, which a quick pointer has left already: of a heat map, ask for the cell itself.
  under(event, at) {
    if (at.row === undefined) return at;
    const { xaxis, yaxis } = this.root._fullLayout;
    const box = this.root.getBoundingClientRect();
    const row = Math.round(yaxis.p2d(event.clientY - box.top - yaxis._offset));
    const column = Math.round(xaxis.p2d(event.clientX - box.left - xaxis._offset));
    return { ...at, row, column };
  }

  // The figure may draw its rows in another order than Python counts them: meta.cells[drawn] = counted.
  counted(drawn) {
    return this.meta.cells?.[drawn] ?? drawn;
  }

  click(at) {
    if (at.row === undefined) {
      this.link.pick(at.indices);
      return this.clicked(0, at.indices[0]);
    }
    this.pinned = this.counted(at.row);
    this.clicked(this.pinned, this.counted(at.column));
    const noRows = this.meta.cells?.length === 0; // cells are chosen here: Python has the answer
    if (!noRows) setTimeout(() => this.draw()); // after the click is on its way: Python works meanwhile
  }

  clicked(row, column) {
    if (this.header.clicks) this.send("click", { row, column });
  }

  // Outlines the pinned row of a heat map; a click shows at once, without waiting for Python.
  pin(layout) {
    this.cursor(layout);
    if (this.pinned === undefined) return;
    const row = this.meta.cells ? this.meta.cells.indexOf(this.pinned) : this.pinned;
    if (row < 0) return;
    const line = { color: this.theme.primary, width: 3 };
    const box = { type: "rect", xref: "x domain", yref: "y", x0: 0, x1: 1, y0: row - 0.5, y1: row + 0.5, line };
    layout.shapes = (layout.shapes ?? []).concat(box);
  }

  // Where cells are chosen (meta.cursor), a frame shows which one the arrow keys have reached.
  cursor(layout) {
    if (!this.meta.cursor || this.at?.row === undefined || document.activeElement !== this.root) return;
    const { row, column } = this.at;
    const line = { color: this.theme.primary, width: 4 };
    const box = { type: "rect", x0: column - 0.5, x1: column + 0.5, y0: row - 0.5, y1: row + 0.5, line };
    layout.shapes = (layout.shapes ?? []).concat(box);
  }

  hover(at) {
    this.at = at;
    const sprite = this.meta.sprite;
    if (!sprite) return;
    const cell = at.row !== undefined;
    if (cell) at.value = this.root._fullData[at.trace]?.z?.[at.row]?.[at.column] ?? at.value; // the data may have changed
    const tiles = cell ? [this.counted(at.row), this.counted(at.column)] : at.indices;
    const value = at.value === undefined ? "" : `${sprite.value ?? "value"} ${at.value.toFixed(2)}`;
    this.showTip(tiles, at.text ?? (value || at.name), at.event);
  }

  showTip(tiles, text, { clientX, clientY }) {
    const { tile, columns, rows } = this.meta.sprite;
    const url = this.meta.sprite.url.replace("{step}", this.meta.step);
    if (!this.tip) document.body.append((this.tip = document.createElement("div")));
    this.tip.className = "sslviz-tip";
    const { background, color, border, font } = this.theme;
    Object.assign(this.tip.style, { background, color, borderColor: border, fontFamily: font });
    const row = document.createElement("div");
    row.className = "sslviz-tip-tiles";
    for (const i of tiles) {
      const picture = document.createElement("div");
      picture.className = "sslviz-tip-tile";
      picture.dataset.tile = i;
      picture.style.backgroundImage = `url("${new URL(url.replace(/^\//, ""), appRoot()).href}")`;
      picture.style.backgroundSize = `${columns * TILE}px ${rows * TILE}px`;
      picture.style.backgroundPosition = `${-(i % columns) * TILE}px ${-Math.floor(i / columns) * TILE}px`;
      row.append(picture);
    }
    const caption = document.createElement("div");
    caption.className = "sslviz-tip-text";
    caption.innerText = plain(text);
    this.tip.replaceChildren(row, caption);
    const { width, height } = this.tip.getBoundingClientRect();
    const x = clientX + 16 + width > innerWidth ? clientX - 16 - width : clientX + 16;
    const y = Math.min(Math.max(8, clientY - height / 2), innerHeight - height - 8);
    Object.assign(this.tip.style, { left: Math.max(8, x) + "px", top: y + "px" });
  }

  hideTip() {
    this.tip?.remove();
    this.tip = this.at = undefined;
  }

  // Arrow keys walk through the cells of a heat map, Enter clicks, Escape closes the tooltip.
  key(event) {
    const full = this.root._fullData?.findIndex((trace) => trace.type === "heatmap") ?? -1;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (event.key === "Escape") this.hideTip();
    if (full < 0 || !(event.key in moves || event.key === "Enter")) return;
    event.preventDefault();
    const z = this.root._fullData[full].z;
    const move = this.at ? (moves[event.key] ?? [0, 0]) : [0, 0];
    const row = Math.min(Math.max(0, (this.at?.row ?? 0) + move[0]), z.length - 1);
    const column = Math.min(Math.max(0, (this.at?.column ?? 0) + move[1]), z[0].length - 1);
    const { xaxis, yaxis } = this.root._fullLayout;
    const box = this.root.getBoundingClientRect();
    const clientX = box.left + xaxis._offset + xaxis.d2p(column);
    const clientY = box.top + yaxis._offset + yaxis.d2p(row);
    const at = { trace: full, row, column, indices: [], event: { clientX, clientY } };
    if (event.key === "Enter") return this.click(at);
    this.hover(at);
    if (this.meta.cursor) this.draw();
  }

  close() {
    this.closed = true;
    this.follower.close();
    this.sizes.disconnect();
    this.link.close();
    this.hideTip();
    if (this.listening) window.Plotly.purge(this.root);
  }
}

// Names are written as plotly reads them (foreign.py); here they are plain text.
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&#37;": "%", "&amp;": "&" };
const plain = (text) => String(text ?? "").replace(/&(?:lt|gt|#37|amp);/g, (found) => ENTITIES[found]);

// Where a plotly event happened: heat-map cells have a pair of numbers, points of a trace one.
function place(point) {
  const text = point.hovertext || point.text || undefined;
  const common = { trace: point.curveNumber, text, name: point.data.name };
  if (Array.isArray(point.pointNumber)) {
    const [row, column] = point.pointNumber;
    return { ...common, row, column, indices: [], value: point.z };
  }
  return { ...common, indices: pictures([point]) };
}

function pictures(points) {
  return points.map((point) => Number(point.customdata ?? point.pointNumber));
}

function readTheme(element) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue("--st-" + name).trim();
  const [r, g, b] = rgb(get("background-color"));
  return {
    dark: 0.2126 * r + 0.7152 * g + 0.0722 * b < 128,
    background: get("secondary-background-color"),
    color: get("text-color"),
    border: get("border-color"),
    primary: get("primary-color"),
    font: get("font"),
  };
}

// Any CSS colour as three numbers 0–255. Painting it to find out is slow, so it is done once for each colour.
const painted = new Map();

function rgb(color) {
  if (!painted.has(color)) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    painted.set(color, pen.getImageData(0, 0, 1, 1).data);
  }
  return painted.get(color);
}

// What the page decides and the figure leaves open: font, text and line colours, and a title that fits the width.
function dress(layout, theme, width) {
  layout.font = { ...layout.font, color: theme.color, family: theme.font };
  layout.hoverlabel = { ...layout.hoverlabel, bgcolor: theme.background, bordercolor: theme.border };
  layout.hoverlabel.font = { ...layout.hoverlabel.font, color: theme.color, family: theme.font };
  layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: theme.color, activecolor: theme.primary, ...layout.modebar };
  if (width < 520 && layout.legend?.x > 1) layout.legend = { orientation: "h", x: 0, y: -0.12, yanchor: "top" };
  heading(layout, theme, width);
}

// Title and subtitle begin at the chart's left edge, wrapped to its width, with room for the lines that this adds. The
// titles of the x axes are wrapped to the plot.
function heading(layout, theme, width) {
  const title = (layout.title ??= {});
  const margin = (layout.margin = { t: 52, l: 8, r: 12, ...layout.margin });
  Object.assign(title, { xref: "container", xanchor: "left", x: 8 / width });
  for (const [part, size, line] of [[title, 18, 23], [title.subtitle ?? {}, 14, 18]]) {
    if (!part.text) continue;
    part.text = wrap(part.text, width - 48, size, theme.font); // the modebar is at the right
    const more = line * (part.text.split("<br>").length - 1);
    margin.t += more;
    if (part === title) title.pad = { t: more / 2 }; // plotly centres the lines of a title where one line would be
  }
  for (const [name, axis] of Object.entries(layout))
    if (/^xaxis/.test(name) && axis.title?.text) axis.title.text = wrap(axis.title.text, width - margin.l - margin.r - TICKS, 15, theme.font);
}

// Breaks a text between words, so that no line is longer than so many pixels.
function wrap(text, limit, size, font) {
  const pen = (wrap.pen ??= document.createElement("canvas").getContext("2d")), lines = [""];
  pen.font = `${size}px ${font}`;
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line && pen.measureText(`${line} ${word}`.replace(/<[^>]*>/g, "")).width > limit) lines.push(word);
    else lines[lines.length - 1] = line ? line + " " + word : word;
  }
  return lines.join("<br>");
}
