// What a drawn chart says, as numbers and as a sentence: read from plotly's own data, so it is of the moment that is shown.

import { tracesOf } from "./plotly_private.js";

const MOST_POINTS = 3000; // of a map whose nearest neighbours are looked for

const plain = (text) => String(text ?? "").replace(/<br>/g, " ").replace(/<[^>]*>/g, "");
const isKnown = (value) => typeof value === "number" && Number.isFinite(value);
const written = (value, percent) => (percent ? `${(100 * value).toFixed(0)} %` : String(Number(value.toPrecision(3))).replace("-", "−"));

// {columns: names, rows: lists of numbers and words}. Of a heat map each row is one of it; else a row is a point of a curve.
export function valuesOf(root) {
  const { layout } = root;
  const name = (axis, usual) => plain(layout[axis]?.title?.text) || usual;
  const traces = shown(root);
  const heat = traces.find((trace) => trace.type === "heatmap");
  if (heat) {
    const rows = Array.from(heat.z, (row, i) => [label(layout, "yaxis", i), ...Array.from(row, (value) => (isKnown(value) ? value : ""))]);
    return { columns: [name("yaxis", "row"), ...rows[0].slice(1).map((_, i) => label(layout, "xaxis", i))], rows };
  }
  const rows = traces.flatMap((trace) => Array.from(trace.x ?? [], (x, i) => [plain(trace.name), x, trace.y[i]]));
  return { columns: ["of", name("xaxis", "x"), name("yaxis", "y")], rows };
}

// One sentence or none: what stands out.
export function finding(root) {
  const { layout } = root, traces = shown(root);
  const said = plain(layout.title?.subtitle?.text);
  const heat = traces.find((trace) => trace.type === "heatmap");
  const told = heat ? ofCells(heat, layout) : layout.meta?.sprite?.kind === "point" ? ofMap(traces) : ofCurves(traces, layout);
  return [said, told].filter(Boolean).join(". ");
}

function shown(root) {
  return tracesOf(root).filter((trace) => trace.visible === true && trace.name !== "changes" && trace.type !== "image" && (trace.z || trace.x));
}

// The name of row or column i, also of one that has no place for it in the picture (room.js).
function label(layout, name, i) {
  const axis = layout.meta?.names?.[name] ?? layout[name];
  const at = axis?.tickvals ? Array.from(axis.tickvals).indexOf(i) : -1;
  return at < 0 ? String(i + 1) : plain(axis.ticktext?.[at]);
}

function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

// Of views: partners and the others. Of any other square or table: its range and its mean.
function ofCells({ z }, { meta }) {
  const cells = Array.from(z, (row, i) => Array.from(row, (value, j) => ({ value, i, j }))).flat().filter(({ value }) => isKnown(value));
  if (!cells.length) return "";
  if (meta?.images) {
    const picture = (i) => meta.cells[i] % meta.images;
    const [same, other] = [true, false].map((wanted) => cells.filter(({ i, j }) => (picture(i) === picture(j)) === wanted).map((cell) => cell.value));
    if (same.length && other.length)
      return `Views of the same picture: ${written(mean(same))} on average; of different pictures: ${written(mean(other))}`;
  }
  const values = cells.map((cell) => cell.value);
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  return `From ${written(low)} to ${written(high)}, ${written(mean(values))} on average`;
}

function ofCurves(traces, layout) {
  const percent = layout.yaxis?.tickformat?.endsWith("%");
  const value = (y) => written(y, percent);
  const lines = traces.map((trace) => {
    const points = Array.from(trace.x, (x, i) => ({ x, y: trace.y[i] })).filter(({ y }) => isKnown(y));
    const who = plain(trace.name) || plain(layout.yaxis?.title?.text) || "value";
    if (!points.length) return "";
    const high = points.reduce((a, b) => (b.y > a.y ? b : a));
    if (trace.type === "bar") return `${who}: ${points.length === 1 ? value(high.y) : `highest ${value(high.y)}, at ${high.x}`}`;
    const [first, last] = [points[0], points[points.length - 1]];
    return first === last ? `${who}: ${value(last.y)}` : `${who}: ${value(first.y)} at ${first.x}, ${value(last.y)} at ${last.x}`;
  });
  return lines.filter(Boolean).join("; ");
}

// How often the nearest point is one of the same class.
function ofMap(traces) {
  const points = traces.flatMap((trace, k) => Array.from(trace.x, (x, i) => ({ x, y: trace.y[i], k })));
  if (traces.length < 2 || points.length > MOST_POINTS) return `${points.length} points`;
  const same = points.filter((one) => {
    let [nearest, least] = [one, Infinity];
    for (const other of points) {
      const far = (other.x - one.x) ** 2 + (other.y - one.y) ** 2;
      if (other !== one && far < least) [nearest, least] = [other, far];
    }
    return nearest.k === one.k;
  });
  return `Of ${points.length} points, ${written(same.length / points.length, true)} have a nearest neighbour of their own class`;
}
