// The loss of every anchor as bars, under two lines: their mean, and the loss of guessing.

import { svg } from "../../views/plot/js/svg.js";
import { Bars } from "./bars.js";

export function losses({ names, loss, mean_loss, ceiling }, width) {
  const bars = new Bars("nce-loss", names, width, "loss, nats", "anchor i");
  const { chart, slots } = bars;
  bars.fill(loss, 0, Math.max(ceiling, ...loss) * 1.12 || 1);
  slots.forEach((slot, i) => (slot.removeAttribute("data-bar"), slot.setAttribute("data-row", i), slot.classList.add("negative")));
  const lines = [[ceiling, `ln(2N − 1) = ${ceiling.toFixed(3)}`], [mean_loss, `mean L = ${small(mean_loss)}`]];
  const high = bars.y;
  const close = Math.abs(high(ceiling) - high(mean_loss)) < 15;
  lines.forEach(([value, text], k) => {
    const y = high(value), below = close && (k === 0) === ceiling < mean_loss;
    chart.append(svg("line", { class: "line", x1: 8, x2: width, y1: y, y2: y, "pointer-events": "none" }));
    chart.append(svg("text", { x: width, y: below ? y + 13 : y - 4, "text-anchor": "end", "pointer-events": "none" }, text));
  });
  return bars;
}

export const small = (value) => (value >= 0.1 ? value.toFixed(3) : value >= 0.00001 ? value.toFixed(5) : value.toExponential(2));
