// Changes a drawn figure where it stands, without plotly, which would lay out axes, titles and colour bars anew.
//
// Of most answers only cells, pictures and words are new: what `frameOf` leaves out. If two figures have the same frame,
// `repaint` makes one of the other.

import { isPacked, rowsOf } from "./packed.js";
import { repaintCells, repicture, retitle, reword, setMeta } from "./plotly_private.js";

const PLAIN = /^[^<&$]*$/; // what plotly writes as it is given
const CHANGES = {
  heatmap: ({ z, zmax, coloraxis, texttemplate }) => isPacked(z) && !texttemplate && (coloraxis || zmax !== undefined) && "z",
  image: (trace) => trace.hoverinfo === "skip" && "source", // else plotly reads the colour under the pointer
  scatter: (trace) => trace.mode === "text" && Array.isArray(trace.text) && trace.text.every((t) => PLAIN.test(t)) && "text",
};

// The name of the one property of a trace that may change, if there is one.
function changing(trace) {
  return CHANGES[trace.type]?.(trace) || undefined;
}

// All of a figure but what `repaint` can change, as text.
export function frameOf({ data, layout }) {
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
export function contentOf({ data, layout }) {
  const of = (trace) => trace[changing(trace)];
  const { text, subtitle } = layout.title ?? {};
  return { traces: data.map((trace) => of(trace)?.bdata ?? of(trace)), title: { text, subtitle: { ...subtitle } } };
}

// root shows `before`, a content; afterwards `figure`, which has the same frame. False: plotly must draw it.
export function repaint(root, before, figure) {
  const { data, layout } = figure;
  const { traces } = contentOf(figure);
  for (const [k, trace] of data.entries()) {
    if (String(traces[k]) === String(before.traces[k])) continue;
    const name = changing(trace);
    const done = name === "z" ? repaintCells(root, k, rowsOf(trace.z)) : { source: repicture, text: reword }[name](root, k, trace[name]);
    if (!done) return false;
  }
  if (layout.title && !retitle(root, layout.title, before.title)) return false;
  setMeta(root, layout.meta);
  return true;
}
