// New elements, for every picture that is made by hand.

import { served } from "./streamlit.js";

/**
 * Changes an element that is there.
 * @template {Element} T
 * @param {T} node
 */
export function make(node, attributes, ...children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * svg("rect", {x: 1}, child, …)
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 */
export const svg = (name, attributes = {}, ...children) =>
  make(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, ...children);

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 */
export const html = (name, attributes = {}, ...children) => make(document.createElement(name), attributes, ...children);

export function button(text, act, attributes = {}) {
  const node = html("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", act);
  return node;
}

// Picture i of a sheet, `size` CSS pixels wide. The sheet is a `sprite` of figures/style.py.
export function tile({ url, columns, rows }, i, size, attributes) {
  const node = html("div", { "data-tile": i, ...attributes });
  node.style.backgroundImage = `url("${served(url)}")`;
  node.style.backgroundSize = `${columns * size}px ${rows * size}px`;
  node.style.backgroundPosition = `${-(i % columns) * size}px ${-Math.floor(i / columns) * size}px`;
  return node;
}
