// What is under the pointer: pictures, and a line of text.

import { html, tile } from "./svg.js";

const TILE = 96; // size of a picture, CSS pixels

export class Tooltip {
  get shown() {
    return this.node !== undefined;
  }

  // numbers: of the pictures in the sprite.
  show(sprite, numbers, text, theme, { clientX, clientY }) {
    if (!this.node) document.body.append((this.node = html("div", { class: "sslviz-tip" })));
    const { background, color, border, font } = theme;
    Object.assign(this.node.style, { background, color, borderColor: border, fontFamily: font });
    const tiles = Array.from(numbers, (i) => tile(sprite, i, TILE, { class: "sslviz-tip-tile" }));
    const caption = html("div", { class: "sslviz-tip-text" });
    caption.innerText = text;
    this.node.replaceChildren(html("div", { class: "sslviz-tip-tiles" }, ...tiles), caption);
    const { width, height } = this.node.getBoundingClientRect();
    const x = clientX + 16 + width > innerWidth ? clientX - 16 - width : clientX + 16;
    const y = Math.min(Math.max(8, clientY - height / 2), innerHeight - height - 8);
    Object.assign(this.node.style, { left: Math.max(8, x) + "px", top: y + "px" });
  }

  hide() {
    this.node?.remove();
    this.node = undefined;
  }
}
