// Draws a plotly figure in place: the chart's node stays the same, Plotly.react moves only what has changed.
//
// The data are one line of JSON (the header) and the figure.

import { clock } from "./clock/bus.js";
import { dress } from "./dress.js";
import { Follower } from "./clock/follower.js";
import { plotly } from "./library.js";
import { Link } from "./link.js";
import { opened, textOf } from "./packed.js";
import { named, pictureOf } from "./picture.js";
import { cellUnder } from "./plotly_private.js";
import { Pointer, pictures, place } from "./pointer.js";
import { cameras } from "./save.js";
import { contentOf, frameOf, repaint } from "./repaint.js";
import { mounted } from "./streamlit.js";
import { html } from "./svg.js";
import { showTable, tableButton } from "./table.js";
import { readTheme, themed } from "./theme.js";
import { turn } from "./turns.js";
import { finding } from "./values.js";

const RECENT = 10_000; // ms for which a click is told again with the next ones
const REST = 500; // ms after a change before it is put into words

export class Chart {
  send; // (name, value): tells Python
  cameras; // the buttons of the mode bar, made once
  clicks = []; // those of the last seconds

  constructor(parent) {
    this.parent = parent;
    /** @type {any} plotly makes a chart of it */
    this.root = html("div", { class: "sslviz-plot", role: "figure" }); // its mode bar has buttons: an image has none
    parent.append(this.root);
    this.sizes = new ResizeObserver(() => this.resized() && this.draw());
    this.sizes.observe(this.root);
    this.root.addEventListener("focus", () => this.describe());
    this.root.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
      if (key.toLowerCase() === "t" && !(ctrlKey || metaKey || altKey) && this.listening) showTable(this);
    });
    this.pointer = new Pointer(this);
    this.link = new Link(this);
    this.follower = new Follower(this);
  }

  show(bytes) {
    const { of } = this.header ?? {};
    const [header, figure] = opened(bytes);
    this.header = { ...header, fills: header.height === "fill" };
    if (!this.root.getAttribute("aria-label")?.startsWith(header.alt)) this.root.setAttribute("aria-label", header.alt);
    this.follower.follow(header.history);
    const text = textOf(figure);
    const theme = { ...readTheme(this.parent), least: header.letters }; // least size of letters in pixels; 0: as the figure has them
    const same = text === this.text && header.of === of;
    if (same && JSON.stringify(theme) === JSON.stringify(this.theme)) {
      if (this.listening) this.follower.load();
      return;
    }
    this.text = text;
    this.root.classList.toggle("sslviz-fills", this.header.fills);
    if (!this.listening && !this.header.fills) this.root.style.height = `${header.height ?? text.match(/"height":(\d+)/)?.[1] ?? 400}px`; // room, until it is drawn
    this.theme = theme;
    this.fresh = true;
    this.draw();
  }

  // Whether its place is no longer as it was drawn for.
  resized() {
    const { clientWidth, clientHeight } = this.root;
    return clientWidth !== this.width || (this.header?.fills && clientHeight !== this.height);
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
    this.width = root.clientWidth;
    this.height = header.fills ? root.clientHeight : 0; // 0: its own
    if (!this.width || (header.fills && !this.height)) return; // hidden: the ResizeObserver calls again
    const height = header.height ?? layout.height ?? 400;
    const square = layout.xaxis?.constrain === "domain"; // needs no more height than width
    const fit = layout.meta?.fit; // rows of pictures: as high as the width asks for
    const wanted = fit ? fit.ratio * (this.width - fit.beside) + fit.above : square ? this.width + 20 : height;
    root.style.height = header.fills ? "" : Math.min(height, wanted) + "px";
    root.tabIndex = 0;
    delete layout.height;
    layout.autosize = true;
    layout.uirevision = picture; // zoom, legend and selection made by hand survive the next react
    for (const trace of data) trace.uid ??= named(trace.name); // an entry of the legend is hidden by its name, not by its place
    this.meta = layout.meta ?? {};
    if (this.fresh) this.pinned = this.meta.pinned ?? this.pinned; // Python has the word, until the next click
    this.fresh = false;
    dress(data, layout, theme, this.width, this.height);
    this.pointer.mark(layout);
    this.link.mark(data, layout);
    const config = {
      displaylogo: false,
      showSendToCloud: false, // plotly 4 would offer to upload the figure
      plotlyServerURL: "",
      responsive: false,
      modeBarButtonsToAdd: (this.cameras ??= [tableButton(this), ...cameras(this)]), // another button would build the chart anew
      modeBarButtonsToRemove: ["zoomIn2d", "zoomOut2d", "autoScale2d", "toImage"].concat(
        this.meta.link ? [] : ["select2d", "lasso2d"],
      ),
    };
    if (!this.listening) root.replaceChildren();
    root.classList.remove("sslviz-plot-note");
    const size = [this.width, this.height, root.style.height];
    const drawn = this.follower.history ? undefined : { frame: frameOf({ data, layout }) + size, content: contentOf({ data, layout }) };
    const same = this.listening && drawn && drawn.frame === this.drawn?.frame;
    const draw = another ? Plotly.newPlot : Plotly.react; // react would keep axes, and where "Reset axes" leads
    if (!same || !repaint(root, this.drawn.content, { data, layout })) await draw(root, data, layout, config);
    this.drawn = drawn;
    if (this.closed) return Plotly.purge(root);
    for (const svg of root.querySelectorAll(".main-svg")) svg.setAttribute("aria-hidden", "true"); // the label says it
    if (another || !this.listening) this.listen();
    this.follower.settled();
    this.pointer.again();
    this.moved();
  }

  // It shows another moment, or was drawn anew: put into words when it has come to rest.
  moved() {
    clearTimeout(this.describing);
    this.describing = setTimeout(() => this.describe(), REST);
  }

  // For those who hear the chart: what it is, and what stands out at this moment.
  describe() {
    if (!this.listening || this.closed) return;
    this.root.setAttribute("aria-label", [this.header.alt, finding(this.root)].filter(Boolean).join(". "));
  }

  listen() {
    this.listening = true;
    this.root.on("plotly_hover", ({ points, event }) => this.pointer.hover({ ...place(points[0]), event }));
    this.root.on("plotly_unhover", () => this.pointer.leave());
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

  // With those just before it: of two that come while Python is busy, it would hear of the second only.
  clicked(row, column) {
    if (!this.header.clicks) return;
    const at = performance.timeOrigin + performance.now();
    this.clicks = [...this.clicks.filter((before) => at - before.at < RECENT), { row, column, at }];
    this.send("click", this.clicks);
  }

  close() {
    this.closed = true;
    clearTimeout(this.describing);
    this.follower.close();
    this.sizes.disconnect();
    this.link.close();
    this.pointer.leave();
    if (this.listening) window.Plotly.purge(this.root);
  }
}

export default mounted(Chart);
