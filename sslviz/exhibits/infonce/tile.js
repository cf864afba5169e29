// The picture of view k: cut out of the sheet; or a needle in its direction; or only its name.

import { svg } from "../../views/plot/js/svg.js";

// relation of two views -> class in the style sheet
export const KINDS = { partner: "partner", "same class": "same", negative: "negative", self: "self" };

export function tile({ names, sheet, needle, labels }, k, x, y, size) {
  const box = { x, y, width: size, height: size };
  const node = svg("g", { class: "tile", "data-view": k, style: `--class: var(--nce-class-${labels[k] % 10})` });
  if (sheet) {
    const picture = svg("image", { href: sheet, width: names.length, height: 1, preserveAspectRatio: "none" });
    node.append(svg("svg", { ...box, viewBox: `${k} 0 1 1`, style: "overflow:hidden;image-rendering:pixelated" }, picture));
  } else {
    node.append(svg("rect", { ...box, class: "ground", rx: 3 }));
    const [cx, cy, r] = [x + size / 2, y + size / 2, size * 0.36], a = ((needle?.[k] ?? 0) * Math.PI) / 180;
    if (needle) node.append(svg("line", { class: "needle", x1: cx, y1: cy, x2: cx + r * Math.cos(a), y2: cy - r * Math.sin(a) }), svg("circle", { cx, cy, r: Math.max(1.5, size / 14), style: "fill:var(--class)" }));
    else if (size > 30) node.append(svg("text", { x: cx, y: cy + 4, "text-anchor": "middle" }, names[k]));
  }
  node.append(svg("rect", { ...box, class: "edge", rx: 3 }));
  return node;
}
