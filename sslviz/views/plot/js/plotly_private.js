// All that this JavaScript knows of plotly's own drawing: what plotly has promised nobody to keep. docs/architecture.md names
// the tests that would notice a change of it. Whatever changes something here changes plotly's own data with it: its next
// drawing shows the same.

import { paintCells } from "./cells.js";

const XLINK = "http://www.w3.org/1999/xlink";

// -- to be read -----------------------------------------------------------------------------------------------------

// Width and height in pixels, as drawn.
export function drawnSize(root) {
  const { width, height } = root._fullLayout;
  return { width, height };
}

// All traces as drawn: numbers are lists of numbers, whatever they travelled as.
export function tracesOf(root) {
  return root._fullData ?? [];
}

// The first heat map of a chart: which trace it is, and how many rows and columns it has. Undefined if there is none.
export function heatMapOf(root) {
  const trace = root._fullData?.findIndex((each) => each.type === "heatmap") ?? -1;
  if (trace < 0) return undefined;
  const { z } = root._fullData[trace];
  return { trace, rows: z.length, columns: z[0].length };
}

export function cellValue(root, { trace, row, column }) {
  return root._fullData[trace]?.z?.[row]?.[column];
}

// The cell under the pointer.
export function cellUnder(root, { clientX, clientY }) {
  const { xaxis, yaxis } = root._fullLayout;
  const { left, top } = root.getBoundingClientRect();
  const row = Math.round(yaxis.p2d(clientY - top - yaxis._offset));
  return { row, column: Math.round(xaxis.p2d(clientX - left - xaxis._offset)) };
}

// The middle of a cell in the window, as an event of the pointer has it.
export function cellAt(root, row, column) {
  const { xaxis, yaxis } = root._fullLayout;
  const { left, top } = root.getBoundingClientRect();
  return { clientX: left + xaxis._offset + xaxis.d2p(column), clientY: top + yaxis._offset + yaxis.d2p(row) };
}

// -- to be changed --------------------------------------------------------------------------------------------------

export function setMeta(root, meta) {
  root.layout.meta = root._fullLayout.meta = meta;
}

// plotly's group of a trace.
function groupOf(root, layer, k) {
  return [...root.querySelectorAll(`.${layer} > g`)].find((group) => group.__data__?.[0]?.trace?.index === k);
}

// Paints the cells of heat map k into the picture that plotly has put there. z: rows of numbers, NaN = nothing.
export function repaintCells(root, k, z) {
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
  const scale = trace.coloraxis ? coloraxis : trace;
  const [low, high] = trace.coloraxis ? [scale.cmin, scale.cmax] : [scale.zmin, scale.zmax];
  const share = (value) => (value - low) / (high - low);
  const gaps = [trace.xgap || 0, trace.ygap || 0];
  image.setAttributeNS(XLINK, "xlink:href", paintCells(z, { x, y, width, height, gaps, share, scale: scale.colorscale }));
  root.data[k].z = trace.z = calculated.z = z;
  return true;
}

// Another picture in the place of trace k.
export function repicture(root, k, source) {
  const image = groupOf(root, "imagelayer", k)?.querySelector("image");
  if (!image) return false;
  image.setAttributeNS(XLINK, "xlink:href", source);
  root.data[k].source = root._fullData[k].source = source;
  return true;
}

// Other words at the points of trace k.
export function reword(root, k, text) {
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
export function retitle(root, title, before = undefined) {
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

// Moves the line "now", and the veil over what comes after it. timed: a function that puts a shape where it belongs.
export function moveShapes(root, timed) {
  const { xaxis, shapes, _size: size } = root._fullLayout;
  const at = (amount) => {
    const p = xaxis.d2p(amount);
    return xaxis._offset + Math.min(Math.max(Number.isFinite(p) ? p : 0, 0), xaxis._length);
  };
  const [top, bottom] = [size.t, size.t + size.h];
  shapes.forEach((shape, index) => {
    if (shape.name !== "now" && shape.name !== "ahead") return;
    for (const one of [shape, root.layout.shapes[index]]) timed(one);
    const path = root.querySelector(`.shapelayer path[data-index="${index}"]`);
    const [a, b] = [at(shape.x0), at(shape.x1)];
    if (path && shape.name === "ahead") path.style.opacity = shape.opacity;
    path?.setAttribute("d", shape.name === "now" ? `M${a},${top}L${a},${bottom}` : `M${a},${top}H${b}V${bottom}H${a}Z`);
  });
}

// Puts every point of a map in its place: place(0, n) is x of picture n, place(1, n) is y.
export function movePoints(root, place) {
  const { xaxis, yaxis } = root._fullLayout;
  const marks = root.querySelectorAll(".scatterlayer .trace");
  if (!marks.length) return false;
  for (const group of marks) {
    const points = group.querySelectorAll(".points > path.point");
    const trace = points[0]?.__data__?.trace ?? group.__data__?.[0]?.trace;
    if (!trace?.customdata) continue;
    const [x, y] = [0, 1].map((axis) => Float64Array.from(trace.customdata, (n) => place(axis, n)));
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
