// Draws a plotly figure in place: the chart's node stays the same, Plotly.react moves only what has changed.
//
// The data are one line of JSON (the header) and the figure.

import { clock } from "./bus.js";
import { dress } from "./dress.js";
import { Follower } from "./follower.js";
import { Link } from "./link.js";
import { opened, textOf } from "./packed.js";
import { named, pictureOf } from "./picture.js";
import { cellAt, cellUnder, cellValue, heatMapOf } from "./plotly_private.js";
import { camera } from "./png.js";
import { contentOf, frameOf, repaint } from "./repaint.js";
import { mounted, served } from "./streamlit.js";
import { html } from "./svg.js";
import { readTheme, themed } from "./theme.js";
import { Tooltip } from "./tooltip.js";
import { turn } from "./turns.js";

// plotly.js, once per page.
function plotly() {
  window.sslvizPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = served(SETTINGS.plotly);
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      script.remove();
      window.sslvizPlotly = undefined; // the next refresh tries again
      reject(new Error("plotly.js could not be loaded from " + script.src));
    };
    document.head.append(script);
  });
  return window.sslvizPlotly;
}

export class Chart {
  send; // (name, value): tells Python
  camera; // the button of the mode bar, made once

  constructor(parent) {
    this.parent = parent;
    /** @type {any} plotly makes a chart of it */
    this.root = html("div", { class: "sslviz-plot", role: "img" });
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("blur", () => this.hideTip());
    parent.append(this.root);
    this.sizes = new ResizeObserver(() => this.root.clientWidth !== this.width && this.draw());
    this.sizes.observe(this.root);
    this.tip = new Tooltip();
    this.link = new Link(this);
    this.follower = new Follower(this);
  }

  show(bytes) {
    const { of } = this.header ?? {};
    const [header, figure] = opened(bytes);
    this.header = header;
    this.follower.follow(header.history);
    const text = textOf(figure);
    const theme = readTheme(this.parent);
    const same = text === this.text && header.of === of;
    if (same && JSON.stringify(theme) === JSON.stringify(this.theme)) {
      if (this.listening) this.follower.load();
      return;
    }
    this.text = text;
    if (!this.listening) this.root.style.height = `${header.height ?? text.match(/"height":(\d+)/)?.[1] ?? 400}px`; // room, until it is drawn
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
    const given = JSON.parse(themed(this.text, theme.dark));
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
    this.rehover();
  }

  listen() {
    this.listening = true;
    this.root.on("plotly_hover", ({ points, event }) => this.hover({ ...place(points[0]), event }));
    this.root.on("plotly_unhover", () => this.hideTip());
    this.root.on("plotly_click", ({ points, event }) => {
      const at = place(points[0]);
      // plotly reports the point it hovered last, which a quick pointer has left: of a heat map, ask for the cell itself
      this.click("row" in at ? { ...at, ...cellUnder(this.root, event) } : at);
    });
    this.root.on("plotly_selected", (selection) => {
      if (selection) this.link.loop(pictures(selection.points));
    });
    this.root.on("plotly_deselect", () => this.link.clear());
    this.root.on("plotly_doubleclick", () => this.link.clear());
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

  // Outlines the pinned row of a heat map: a click shows at once, without waiting for Python. And where cells are chosen
  // (meta.cursor) the one that the arrow keys have reached.
  pin(layout) {
    const { at, meta, pinned, root, theme } = this;
    const outline = (box, width) => {
      const line = { color: theme.primary, width };
      layout.shapes = (layout.shapes ?? []).concat({ type: "rect", ...box, line });
    };
    if (meta.cursor && at?.row !== undefined && document.activeElement === root)
      outline({ x0: at.column - 0.5, x1: at.column + 0.5, y0: at.row - 0.5, y1: at.row + 0.5 }, 4);
    const row = pinned === undefined ? -1 : (meta.cells?.indexOf(pinned) ?? pinned);
    if (row >= 0) outline({ xref: "x domain", yref: "y", x0: 0, x1: 1, y0: row - 0.5, y1: row + 0.5 }, 3);
  }

  hover(at) {
    this.at = at;
    const { sprite, step } = this.meta;
    if (!sprite) return;
    const cell = at.row !== undefined;
    if (cell) at.value = cellValue(this.root, at) ?? at.value; // the data may have changed
    const tiles = cell ? [this.counted(at.row), this.counted(at.column)] : at.indices;
    const value = at.value === undefined ? "" : `${sprite.value ?? "value"} ${at.value.toFixed(2)}`;
    const sheet = { ...sprite, url: sprite.url.replace("{step}", step) };
    this.tip.show(sheet, tiles, plain(at.text ?? (value || at.name)), this.theme, at.event);
  }

  // The tooltip follows a picture that has changed under it.
  rehover() {
    if (this.tip.shown && this.at) this.hover(this.at);
  }

  hideTip() {
    this.tip.hide();
    this.at = undefined;
  }

  // Arrow keys walk through the cells of a heat map, Enter clicks, Escape closes the tooltip.
  key(event) {
    const map = heatMapOf(this.root);
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (event.key === "Escape") this.hideTip();
    if (!map || !(event.key in moves || event.key === "Enter")) return;
    event.preventDefault();
    const move = this.at ? (moves[event.key] ?? [0, 0]) : [0, 0];
    const row = Math.min(Math.max(0, (this.at?.row ?? 0) + move[0]), map.rows - 1);
    const column = Math.min(Math.max(0, (this.at?.column ?? 0) + move[1]), map.columns - 1);
    const at = { trace: map.trace, row, column, indices: [], event: cellAt(this.root, row, column) };
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

export default mounted(Chart);
