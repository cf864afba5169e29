// The cells of a heat map as a picture, as plotly would paint them.

import { rgb } from "./theme.js";

// z: rows of numbers, NaN = nothing. x, y: where columns and rows begin and end, pixels; gaps: between them. share: of a
// number, in the scale of colours, 0 to 1. Returns a data address.
export function paintCells(z, { x, y, width, height, gaps, share, scale }) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(width), height: Math.round(height) });
  const pen = canvas.getContext("2d");
  const colors = palette(scale);
  const [gapX, gapY] = gaps;
  for (let row = 0; row < z.length; row++) {
    const [y0, y1] = [Math.min(y[row], y[row + 1]), Math.max(y[row], y[row + 1])];
    for (let column = 0; column < z[row].length; column++) {
      const part = share(z[row][column]);
      if (Number.isNaN(part)) continue;
      pen.fillStyle = colors[Math.round(255 * Math.min(1, Math.max(0, part)))];
      const [x0, x1] = [Math.min(x[column], x[column + 1]), Math.max(x[column], x[column + 1])];
      pen.fillRect(x0 + Math.floor(gapX / 2), y0 + Math.floor(gapY / 2), x1 - x0 - gapX, y1 - y0 - gapY);
    }
  }
  return canvas.toDataURL();
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
