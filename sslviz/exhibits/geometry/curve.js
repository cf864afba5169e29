// The loss over the gradient steps that were taken.

import { svg } from "../../views/plot/js/svg.js";

// history: the loss before the first step and after each one; worst: that of all views in one place.
export function drawCurve(curve, history, worst) {
  const width = +curve.getAttribute("width"), height = 190, [left, right, top, bottom] = [58, 8, 10, 36];
  const low = Math.min(worst, ...history), high = Math.max(worst, ...history), room = high - low || 1;
  const x = (k) => left + (k / Math.max(10, history.length - 1)) * (width - left - right);
  const y = (value) => top + ((high - value) / room) * (height - top - bottom);
  const text = (at, said, anchor) => svg("text", { ...at, "text-anchor": anchor }, said);
  const last = history.length - 1;
  curve.setAttribute("aria-label", `Loss over ${last} steps, now ${written(history[last])}; all in one place it is ${written(worst)}`);
  curve.replaceChildren(
    svg("path", { class: "axis", d: `M${left} ${top}V${height - bottom}H${width - right}` }),
    svg("line", { class: "worst", x1: left, x2: width - right, y1: y(worst), y2: y(worst) }),
    svg("polyline", { class: "line", points: history.map((value, k) => `${x(k)},${y(value)}`).join(" ") }),
    svg("circle", { class: "end", r: 4, cx: x(last), cy: y(history[last]) }),
    text({ x: left - 6, y: top + 5 }, written(high, 2), "end"), text({ x: left - 6, y: height - bottom + 4 }, written(low, 2), "end"),
    text({ x: left, y: height - bottom + 15 }, "0", "middle"), text({ x: width - right, y: height - bottom + 15 }, `${Math.max(10, last)}`, "end"),
    text({ x: (left + width) / 2, y: height - 4 }, "gradient steps", "middle"),
    svg("text", { transform: `translate(13 ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, "loss L"),
  );
}

export function written(value, digits = 4) {
  const size = Math.abs(value), text = size >= 1000 ? value.toFixed(0) : size >= 0.00005 || size < 1e-6 ? value.toFixed(digits) : value.toExponential(1);
  return (+text === 0 ? text.replace("-", "") : text).replaceAll("-", "−");
}
