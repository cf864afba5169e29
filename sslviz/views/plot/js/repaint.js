// Changes a drawn figure where it stands, without plotly, which would lay out axes, titles and colour bars anew.
//
// Of most answers only cells, pictures and words are new: what `frameOf` leaves out. If two figures have the same frame,
// `repaint` makes one of the other.

const PLAIN = /^[^<&$]*$/; // what plotly writes as it is given
const CHANGES = {
  heatmap: ({ z, zmax, coloraxis, texttemplate }) => KINDS[z?.dtype] && !texttemplate && (coloraxis || zmax !== undefined) && "z",
  image: (trace) => trace.hoverinfo === "skip" && "source", // else plotly reads the colour under the pointer
  scatter: (trace) => trace.mode === "text" && Array.isArray(trace.text) && trace.text.every((t) => PLAIN.test(t)) && "text",
};
const XLINK = "http://www.w3.org/1999/xlink";

// The name of the one property of a trace that may change, if there is one.
function changing(trace) {
  return CHANGES[trace.type]?.(trace) || undefined;
}

// All of a figure but what `repaint` can change, as text.
function frameOf({ data, layout }) {
  const shape = { z: (z) => [z.dtype, z.shape], source: () => "", text: (text) => text.map(Boolean) };
  const traces = data.map((trace) => {
    const name = changing(trace);
    return name ? { ...trace, [name]: shape[name](trace[name]) } : trace;
  });
  const words = (text) => (text && PLAIN.test(text) ? "" : text);
  const { text, subtitle } = layout.title ?? {};
  const title = { ...layout.title, text: words(text), subtitle: { ...subtitle, text: words(subtitle?.text) } };
  return JSON.stringify([traces, { ...layout, title, meta: layout.meta?.fit }]);
}

// What `frameOf` leaves out.
function contentOf({ data, layout }) {
  const of = (trace) => trace[changing(trace)];
  const { text, subtitle } = layout.title ?? {};
  return { traces: data.map((trace) => of(trace)?.bdata ?? of(trace)), title: { text, subtitle: { ...subtitle } } };
}

// root shows `before`, a content; afterwards `figure`, which has the same frame. False: plotly must draw it.
function repaint(root, before, figure) {
  const { data, layout } = figure;
  const { traces } = contentOf(figure);
  for (const [k, trace] of data.entries()) {
    if (String(traces[k]) === String(before.traces[k])) continue;
    const name = changing(trace);
    const done = name === "z" ? repaintCells(root, k, rowsOf(trace.z)) : { source: repicture, text: reword }[name](root, k, trace[name]);
    if (!done) return false;
  }
  if (layout.title && !retitle(root, layout.title, before.title)) return false;
  root.layout.meta = root._fullLayout.meta = layout.meta;
  return true;
}

// plotly's group of a trace.
function groupOf(root, layer, k) {
  return [...root.querySelectorAll(`.${layer} > g`)].find((group) => group.__data__?.[0]?.trace?.index === k);
}

// Paints the cells of heat map k into the picture that plotly has put there. z: rows of numbers, NaN = nothing.
function repaintCells(root, k, z) {
  const image = groupOf(root, "heatmaplayer", k)?.querySelector("image");
  const [trace, calculated] = [root._fullData[k], root.calcdata[k]?.[0]];
  if (!image || !calculated?.x || trace.texttemplate) return false;
  const { xaxis, yaxis, coloraxis } = root._fullLayout;
  const [left, top, width, height] = ["x", "y", "width", "height"].map((name) => Number(image.getAttribute(name)));
  const edges = (axis, ends, from) => Array.from(ends, (end) => Math.round(axis.c2p(end) - from));
  const [x, y] = [edges(xaxis, calculated.x, left), edges(yaxis, calculated.y, top)];
  const fits = (ends, size) => Math.abs(Math.min(...ends)) <= 2 && Math.abs(Math.max(...ends) - size) <= 2;
  if (!fits(x, width) || !fits(y, height)) return false; // zoomed in: plotly draws it
  if (z.length !== y.length - 1 || z[0].length !== x.length - 1) return false;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(width), height: Math.round(height) });
  const pen = canvas.getContext("2d");
  const scale = trace.coloraxis ? coloraxis : trace;
  const [low, high] = trace.coloraxis ? [scale.cmin, scale.cmax] : [scale.zmin, scale.zmax];
  const colors = palette(scale.colorscale);
  const [gapX, gapY] = [trace.xgap || 0, trace.ygap || 0];
  for (let row = 0; row < z.length; row++) {
    const [y0, y1] = [Math.min(y[row], y[row + 1]), Math.max(y[row], y[row + 1])];
    for (let column = 0; column < z[row].length; column++) {
      const share = (z[row][column] - low) / (high - low);
      if (Number.isNaN(share)) continue;
      pen.fillStyle = colors[Math.round(255 * Math.min(1, Math.max(0, share)))];
      const [x0, x1] = [Math.min(x[column], x[column + 1]), Math.max(x[column], x[column + 1])];
      pen.fillRect(x0 + Math.floor(gapX / 2), y0 + Math.floor(gapY / 2), x1 - x0 - gapX, y1 - y0 - gapY);
    }
  }
  image.setAttributeNS(XLINK, "xlink:href", canvas.toDataURL());
  root.data[k].z = trace.z = calculated.z = z;
  return true;
}

// Another picture in the place of trace k.
function repicture(root, k, source) {
  const image = groupOf(root, "imagelayer", k)?.querySelector("image");
  if (!image) return false;
  image.setAttributeNS(XLINK, "xlink:href", source);
  root.data[k].source = root._fullData[k].source = source;
  return true;
}

// Other words at the points of trace k.
function reword(root, k, text) {
  const group = groupOf(root, "scatterlayer", k);
  if (!group) return false;
  for (const place of group.querySelectorAll("text")) {
    const datum = place.__data__;
    if (datum?.i === undefined || place.children.length) return false;
    datum.tx = text[datum.i];
    write(place, datum.tx);
  }
  root.data[k].text = root._fullData[k].text = text;
  return true;
}

// A title of one line, and its subtitle, are written anew; wrapped ones wait for plotly.
function retitle(root, title, before) {
  const given = { gtitle: [title, before], "gtitle-subtitle": [title.subtitle, before?.subtitle] };
  for (const [name, [now, then]] of Object.entries(given)) {
    if (!now?.text || now.text === then?.text) continue;
    const place = root.querySelector(`.g-gtitle text.${name}`);
    if (!place || place.children.length) return false;
    write(place, now.text);
    for (const layout of [root.layout, root._fullLayout]) {
      const part = name === "gtitle" ? layout.title : layout.title.subtitle;
      part.text = now.text;
    }
  }
  return true;
}

function write(place, text) {
  place.textContent = text;
  place.setAttribute("data-unformatted", text);
}

// 256 colours of a scale of plotly's, [[0, "#00204c"], …, [1, "#ffe945"]].
const palettes = new Map();
function palette(scale) {
  const key = JSON.stringify(scale);
  if (!palettes.has(key)) {
    const known = scale.map(([at, color]) => [at, [...rgb(color)]]);
    const colors = Array.from({ length: 256 }, (_, i) => {
      const k = Math.max(1, known.findIndex(([at]) => at >= i / 255));
      const [[a, from], [b, to]] = [known[k - 1], known[k]];
      const share = (i / 255 - a) / (b - a || 1);
      const [red, green, blue, opacity] = from.map((value, c) => Math.round(value + share * (to[c] - value)));
      return `rgba(${red}, ${green}, ${blue}, ${opacity / 255})`;
    });
    palettes.set(key, colors);
  }
  return palettes.get(key);
}

// Numbers as Python has packed them.
const KINDS = { i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array };
Object.assign(KINDS, { f4: Float32Array, f8: Float64Array });
function unpacked({ dtype, bdata }) {
  return new KINDS[dtype](Uint8Array.from(atob(bdata), (c) => c.charCodeAt(0)).buffer);
}

function rowsOf(z) {
  const [rows, columns] = z.shape.split(",").map(Number);
  const numbers = unpacked(z);
  return Array.from({ length: rows }, (_, row) => numbers.subarray(row * columns, (row + 1) * columns));
}
