// How a figure looks at moment i of its history.

import { clock } from "./bus.js";
import { pictureNumbers } from "../packed.js";

const SQUARE = 1 / 160; // of a final place, as a part of the map

// By the kind of history: puts its moment i into data and layout.
export const AT = { cells, heights, places };

function cells(data, _, history, i) {
  data[0].z = history.z(i);
}

function heights(data, layout, history, i) {
  const y = (k) => Array.from(history.part(k));
  if (haunts(history, i)) {
    const line = { ...data[0].line, width: 2, dash: "dashdot" };
    data.push({ ...data[0], y: y(history.last), name: "at the end", opacity: 0.4, line });
    layout.showlegend ??= true;
  }
  data[0].y = y(i);
}

function places(data, layout, history, i, color) {
  for (const trace of data) {
    const pictures = pictureNumbers(trace);
    if (!pictures) continue;
    [trace.x, trace.y] = [0, 1].map((axis) => Float64Array.from(pictures, (n) => history.place(i, axis, n)));
  }
  layout.shapes = (layout.shapes ?? []).concat(ghosts(data, history, i, color));
}

// Where the points of a map will be at the end: a shape for each trace, none at the end. color: of a trace that has many.
export function ghosts(data, history, i, color) {
  if (!haunts(history, i)) return [];
  const { low, high } = history.about;
  const [w, h] = [0, 1].map((axis) => high[axis] - low[axis]);
  const r = SQUARE * Math.max(w, h);
  const square = (x, y) => `M${x - r},${y - r}H${x + r}V${y + r}H${x - r}Z`;
  const place = (n) => [0, 1].map((axis) => history.place(history.last, axis, n));
  const shape = (trace) => {
    const path = Array.from(pictureNumbers(trace), (n) => square(...place(n))).join("");
    const fillcolor = typeof trace.marker.color === "string" ? trace.marker.color : color;
    return { name: "ghost", type: "path", path, fillcolor, opacity: 0.28, line: { width: 0 }, layer: "below" };
  };
  return data.filter(pictureNumbers).map(shape);
}

// Whether the end is drawn as well, faintly.
export function haunts(history, i) {
  return clock.ghost && i < history.last;
}

// The line "now", and the veil over what comes after it.
export function timed(shape) {
  if (shape.name === "now") shape.x0 = shape.x1 = clock.amount;
  const opacity = clock.amount >= clock.end ? 0 : clock.ghost ? 0.7 : 1;
  if (shape.name === "ahead") Object.assign(shape, { x0: clock.amount, opacity });
}
