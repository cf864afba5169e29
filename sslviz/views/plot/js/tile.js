// A figure in a small place: the same picture with less around it, and smaller letters, but none too small to be read.

const { scale, least, below } = SETTINGS.tile; // figures/style.py
const LENGTHS = new Set(["standoff", "thickness", "t"]);
const SHIFTS = new Set(["xshift", "yshift", "r"]); // of names, which need their room
const NARROW = 300; // pixels of a place in which no names stand beside the plot
const TITLED = 44, HEADED = 58; // pixels above the plot that a title needs, and one with a subtitle

// height: of the place, if the figure must fill it.
export const isSmall = (height) => height > 0 && height < below;

// The size of letters that are of this size elsewhere. floor: what the page wants at least.
export const letters = (size, floor) => Math.max(least, floor, Math.round(scale * size));

// As a figure that has room, but no letters below `floor`, which need their own.
export function enlarge(data, layout, floor) {
  const size = (usual) => Math.max(floor, usual);
  for (const part of [layout, ...data]) {
    lettered(part, size);
    moved(part, SHIFTS, size(13) / 13);
  }
  if (layout.title?.subtitle?.text) layout.margin.t += HEADED - TITLED;
}

export function shrink(data, layout, width, floor) {
  const size = (usual) => letters(usual, floor);
  for (const part of [layout, ...data]) {
    lettered(part, size);
    moved(part, LENGTHS, scale);
    moved(part, SHIFTS, size(13) / 13);
  }
  const margin = (layout.margin = { t: scale * 52, l: 8, r: 12, ...layout.margin, b: 4 }); // b: room.js makes more
  for (const [name, axis] of Object.entries(layout))
    if (/^[xy]axis/.test(name) && axis.showticklabels === false) axis.title = { text: "" }; // it has neither unit nor meaning
  for (const trace of data) thinner(trace, layout);
  const { subtitle } = layout.title ?? {};
  const lines = subtitle?.text?.split("<br>") ?? [""];
  if (lines.length > 1) Object.assign(subtitle, { text: lines[0] });
  margin.t -= size(18) * (lines.length - 1);
  if (lines[0]) margin.t = Math.max(margin.t, (HEADED * size(18)) / letters(18, 0));
  if (layout.meta?.fit) bare(data, layout);
  if (width < NARROW || floor > least) inside(layout, size(13)); // large letters need as much room as a narrow place has
  if (width < NARROW && data.every((trace) => trace.type === "bar")) layout.showlegend = false; // it would cover them
}

// The names of curves go to the right edge of the plot; those of reference lines are left to the large picture.
function inside(layout, line) {
  const named = (layout.annotations ?? []).filter(({ name }) => name === "curve" || name === "reference");
  if (!named.length) return;
  for (const each of named) Object.assign(each, { xanchor: "right", xshift: -4, yshift: (each.yshift ?? 0) + line });
  layout.annotations = layout.annotations.filter(({ name }) => name !== "reference");
  layout.margin.r = 12;
}

function moved(part, names, by) {
  for (const [name, value] of Object.entries(part)) {
    if (typeof value === "number" && names.has(name)) part[name] = by * value;
    if (inner(value) && !/font$/.test(name)) moved(value, names, by);
  }
}

function lettered(part, size) {
  for (const [name, value] of Object.entries(part)) {
    if (!inner(value)) continue;
    if (/font$/.test(name) && value.size > 0) value.size = size(value.size);
    else lettered(value, size);
  }
}

// Whether there is something to be read inside: not in a list of numbers.
const inner = (value) => value && typeof value === "object" && (!Array.isArray(value) || typeof value[0] === "object");

// Points stay apart, and numbers that would not fit their cells are left to the pointer.
function thinner(trace, layout) {
  if (typeof trace.marker?.size === "number") trace.marker.size = Math.max(4, scale * trace.marker.size);
  if (trace.type === "scatter" && layout.meta?.cells) trace.showlegend = false; // it would lie on the cells
  if (trace.type === "heatmap" && trace.texttemplate && !trace.textfont?.size) delete trace.texttemplate;
}

// Rows of pictures need the height: what the colours mean and what was answered is said in the large picture.
function bare(data, layout) {
  for (const trace of data) if (trace.mode === "text") trace.visible = false;
  layout.annotations = [];
  layout.coloraxis = { ...layout.coloraxis, showscale: false };
}
