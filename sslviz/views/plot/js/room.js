// Room for what stands beside an axis, left and below, as far as it can be told before it is drawn: plotly finds out when
// it has drawn it, and then draws the whole figure a second time.

import { widest } from "./words.js";

const GAPS = 8; // pixels between plot, label and title
const TICK = 7; // of a mark outside the plot
const GAP = 4; // between two names
const SCALE = 70; // of the colour bar beside a square
const STEPS = 5; // about so many labels to an axis of numbers

// font: the page's
export function room(data, layout, font) {
  const usual = layout.template?.layout ?? {};
  const { margin } = layout;
  for (const [name, own] of Object.entries(layout)) {
    const [, letter, number] = name.match(/^([xy])axis(\d*)$/) ?? [];
    if (!letter) continue;
    if (own.title?.text === "") delete own.title; // plotly would keep room for it
    const axis = merged(usual[`${letter}axis`], own);
    const other = layout[`${letter === "x" ? "y" : "x"}axis${number}`];
    const inside = other?.domain?.[0] > 0 || axis.overlaying || axis.side === "right" || axis.side === "top";
    if (inside || axis.visible === false || !axis.automargin) continue;
    const { text, standoff, font: letters } = axis.title;
    const title = text ? standoff + lines(text) * 1.3 * letters.size : 0;
    const side = letter === "x" ? "b" : "l";
    margin[side] = Math.max(margin[side], Math.ceil(labels(axis, letter, letter + number, data, font) + title));
  }
}

// Of names that would lie upon each other every second stays, or third, …: a number of them that goes into all. height: 0
// where the figure is as high as it asks for.
export function apart(layout, width, height, font) {
  const { l, r, t, b } = layout.margin;
  const scale = layout.coloraxis?.showscale === false ? 0 : SCALE;
  const usual = layout.template?.layout ?? {};
  for (const [name, axis] of Object.entries(layout)) {
    const [, letter] = name.match(/^([xy])axis\d*$/) ?? [];
    if (!letter || !Array.isArray(axis.ticktext) || !Array.isArray(axis.tickvals) || axis.showticklabels === false) continue;
    const across = letter === "x", count = axis.ticktext.length;
    const [low, high] = axis.domain ?? [0, 1];
    const long = across ? width - l - r - (axis.constrain === "domain" ? scale : 0) : height && height - t - b;
    const square = axis.constrain === "domain" && height ? Math.min(height - t - b, width - l - r - scale) : long;
    const { ratio } = layout.meta?.fit ?? {}; // rows of pictures, which stay as they are
    const short = Math.min(long, square, ratio && height && across ? (height - t - b) / ratio : long);
    const { size } = merged(usual[`${letter}axis`], axis).tickfont;
    const each = across ? widest(axis.ticktext, size, font) + GAP : 1.2 * size;
    let step = short ? Math.ceil((count * each) / (short * (high - low))) : 1;
    while (step < count && count % step) step++;
    if (step < 2) continue;
    layout.meta = { ...layout.meta, names: { ...layout.meta?.names, [name]: { ticktext: axis.ticktext, tickvals: axis.tickvals } } }; // a table has all
    const kept = (_, number) => number % step === 0;
    Object.assign(axis, { ticktext: axis.ticktext.filter(kept), tickvals: axis.tickvals.filter(kept) });
  }
}

// What is said of an axis, and what is usual where nothing is said.
const merged = (/** @type {any} */ usual = {}, /** @type {any} */ own = {}) => ({
  ...usual,
  ...own,
  title: { ...usual.title, ...own.title, font: { ...usual.title?.font, ...own.title?.font } },
  tickfont: { ...usual.tickfont, ...own.tickfont },
});

const lines = (text) => text.split("<br>").length;

function labels(axis, letter, id, data, font) {
  if (axis.showticklabels === false) return 0;
  const { size } = axis.tickfont;
  const texts = axis.ticktext ?? words(data, letter, id) ?? numbers(axis);
  return GAPS + (axis.ticks === "outside" ? TICK : 0) + (letter === "x" ? 1.45 * size * Math.max(...texts.map(lines)) : widest(texts, size, font));
}

// The names that stand in place of numbers, if the data along this axis are names.
function words(data, letter, id) {
  const along = data.filter((trace) => (trace[`${letter}axis`] ?? letter) === id).map((trace) => trace[letter]);
  const found = along.find((values) => Array.isArray(values) && typeof values[0] === "string");
  return found && [...new Set(found)];
}

// The longest label of an axis of numbers, or one that is as long.
function numbers({ range, tickformat = "" }) {
  if (tickformat.endsWith("%")) return ["100%"];
  if (!range) return ["0.0"];
  const digits = Math.max(0, -Math.floor(Math.log10(Math.abs(range[1] - range[0]) / STEPS || 1)));
  return range.map((end) => Number(end).toFixed(digits));
}
