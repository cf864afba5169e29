// What the page decides and a figure leaves open: font, text and line colours, and titles that fit the width.

import { apart, room } from "./room.js";
import { enlarge, isSmall, letters, shrink } from "./tile.js";
import { wrap } from "./words.js";

const TICKS = 48; // about the room that an axis takes beside its plot

// height: of the place that the figure must fill; 0 if it has its own.
export function dress(data, layout, theme, width, height) {
  const small = isSmall(height);
  if (small) shrink(data, layout, width, theme.least);
  else if (theme.least) enlarge(data, layout, theme.least);
  layout.font = { ...layout.font, color: theme.color, family: theme.font };
  layout.hoverlabel = { ...layout.hoverlabel, bgcolor: theme.background, bordercolor: theme.border };
  layout.hoverlabel.font = { ...layout.hoverlabel.font, color: theme.color, family: theme.font };
  layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: theme.color, activecolor: theme.primary, ...layout.modebar };
  if (!height && width < 520 && layout.legend?.x > 1) layout.legend = { orientation: "h", x: 0, y: -0.12, yanchor: "top" };
  heading(layout, theme, width, small);
  room(data, layout, theme.font);
  apart(layout, width, height, theme.font);
}

// Title and subtitle begin at the chart's left edge, wrapped to its width, with room for the lines that this adds. The
// titles of the x axes are wrapped to the plot.
function heading(layout, theme, width, small) {
  const title = (layout.title ??= {});
  const margin = (layout.margin = { t: 52, l: 8, r: 12, b: 8, ...layout.margin });
  Object.assign(title, { xref: "container", xanchor: "left", x: 8 / width });
  for (const [part, usual] of [[title, 18], [title.subtitle ?? {}, 14]]) {
    if (!part.text) continue;
    const size = small ? letters(usual, theme.least) : Math.max(usual, theme.least);
    const line = Math.round(1.28 * size);
    part.text = wrap(part.text, width - 48, size, theme.font); // the modebar is at the right
    const more = line * (part.text.split("<br>").length - 1);
    margin.t += more;
    if (part === title) title.pad = { t: more / 2 }; // plotly centres the lines of a title where one line would be
  }
  const size = small ? letters(15, theme.least) : Math.max(15, theme.least);
  for (const [name, axis] of Object.entries(layout))
    if (/^xaxis/.test(name) && axis.title?.text) axis.title.text = wrap(axis.title.text, width - margin.l - margin.r - TICKS, size, theme.font);
}
