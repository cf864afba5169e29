// The grid: the picked pictures themselves, how many they are, and how many of each class.
//
// SETTINGS.colors are those of the classes. The data are one line of JSON: {group, total, sprite, labels, classes, hint};
// labels is null, or the class of each picture. The pictures come from the sheet that the maps use.

import { textOf } from "./packed.js";
import { picked } from "./picked.js";
import { mounted } from "./streamlit.js";
import { button, html, tile } from "./svg.js";
import { readTheme, themed } from "./theme.js";

const MOST = 200; // pictures shown
const SIZE = 40; // of a picture, CSS pixels

class Grid {
  constructor(parent) {
    this.parent = parent;
    this.root = html("div", { class: "picked" });
    parent.append(this.root);
    this.unwatch = picked.watch(() => this.about.group, () => this.draw());
  }

  show(data) {
    const text = textOf(data);
    const { dark } = readTheme(this.parent);
    if (text === this.text && dark === this.dark) return;
    this.text = text;
    this.about = JSON.parse(text);
    this.dark = dark;
    this.draw();
  }

  draw() {
    const { group, total, labels, hint } = this.about;
    const chosen = [...picked.of(group)].filter((i) => i < total).sort((a, b) => a - b);
    const active = document.activeElement;
    const focused = this.root.contains(active) && active.getAttribute("data-part");
    const count = html("div", { class: "picked-count", role: "status" });
    count.append(chosen.length ? `${chosen.length.toLocaleString("en")} of ${total.toLocaleString("en")} pictures picked` : hint);
    const head = html("div", { class: "picked-head" }, count);
    if (labels) head.append(this.chooser());
    if (chosen.length) head.append(button("Clear (Esc)", () => picked.pick(group, []), { "data-part": "clear" }));
    const body = chosen.length ? [this.counts(chosen), this.tiles(chosen)] : [];
    this.root.replaceChildren(head, html("div", { class: "picked-body" }, ...body.filter(Boolean)));
    /** @type {HTMLElement} */ (this.root.querySelector(`[data-part="${focused}"]`))?.focus();
  }

  // The way for a keyboard: all pictures of a class.
  chooser() {
    const { group, labels, classes } = this.about;
    const select = html("select", { "aria-label": "Pick a class", "data-part": "class" });
    select.append(html("option", { value: "" }, "Pick a class …"));
    for (const name of classes) select.append(html("option", { value: name }, name));
    select.addEventListener("change", () => {
      const wanted = classes.indexOf(select.value);
      if (wanted >= 0) picked.pick(group, [...labels.keys()].filter((i) => labels[i] === wanted));
    });
    return select;
  }

  // Label counts: a bar for each class, as long as its share of what was picked.
  counts(chosen) {
    const { labels, classes } = this.about;
    if (!labels) return null;
    const [here, all] = [chosen.map((i) => labels[i]), labels].map((some) =>
      classes.map((_, number) => some.filter((label) => label === number).length),
    );
    const table = html("table", { class: "picked-counts" });
    table.append(html("caption", {}, "Class: picked / all on the map"));
    const order = [...classes.keys()].filter((i) => here[i]).sort((a, b) => here[b] - here[a]);
    for (const i of order) {
      const bar = html("div", { class: "picked-bar" });
      bar.style.width = `${(100 * here[i]) / Math.max(...here)}%`;
      bar.style.background = themed(SETTINGS.colors[i % SETTINGS.colors.length], this.dark);
      const number = html("td", { class: "picked-number", "data-class": classes[i] }, `${here[i]} / ${all[i]}`);
      table.append(html("tr", {}, html("th", { scope: "row", title: classes[i] }, classes[i]), html("td", {}, bar), number));
    }
    return table;
  }

  tiles(chosen) {
    const { labels, classes, sprite } = this.about;
    // the pictures are numbered at random, so the first are a fair part of all
    const shown = chosen.slice(0, MOST);
    if (labels) shown.sort((a, b) => labels[a] - labels[b] || a - b);
    const name = (i) => (labels ? (classes[labels[i]] ?? `class ${labels[i]}`) : "picture");
    const grid = html("div", { class: "picked-grid", role: "img", tabindex: 0 });
    grid.setAttribute("aria-label", `${shown.length} of the picked pictures`);
    for (const i of shown) grid.append(tile(sprite, i, SIZE, { class: "picked-tile", title: `${name(i)}, picture ${i}` }));
    const note = chosen.length > MOST ? html("div", {}, `The first ${MOST} of them are shown.`) : "";
    return html("div", { class: "picked-right" }, grid, note);
  }

  close() {
    this.unwatch();
  }
}

export default mounted(Grid);
