// The grid: the picked pictures themselves, how many they are, and how many of each class.
//
// SETTINGS = {light, dark}: colours of the classes. The data are one line of JSON: {group, total, sprite, labels, classes,
// hint}; labels is null, or the class of each picture. The pictures come from the sheet that the maps use.

const grids = new WeakMap(); // parentElement -> Grid
const MOST = 200; // pictures shown
const SIZE = 40; // of a picture, CSS pixels

export default function ({ data, parentElement }) {
  let grid = grids.get(parentElement);
  if (!grid) grids.set(parentElement, (grid = new Grid(parentElement)));
  grid.show(JSON.parse(new TextDecoder().decode(data)));
  return () => setTimeout(() => parentElement.isConnected || (grids.delete(parentElement), grid.close()));
}

class Grid {
  constructor(parent) {
    this.parent = parent;
    this.root = html("div", { class: "picked" });
    parent.append(this.root);
    this.heard = ({ detail }) => detail === this.about.group && this.draw();
    pickedPictures().addEventListener("change", this.heard);
  }

  show(about) {
    const changed = JSON.stringify(about) !== JSON.stringify(this.about);
    const dark = isDark(this.parent);
    if (!changed && dark === this.dark) return;
    this.about = about;
    this.dark = dark;
    this.draw();
  }

  draw() {
    const { group, total, labels, hint } = this.about;
    const chosen = [...pickedPictures().of(group)].filter((i) => i < total).sort((a, b) => a - b);
    const focused = this.root.contains(document.activeElement) && document.activeElement.dataset.part;
    const count = html("div", { class: "picked-count", role: "status" });
    count.append(chosen.length ? `${chosen.length.toLocaleString("en")} of ${total.toLocaleString("en")} pictures picked` : hint);
    const head = html("div", { class: "picked-head" }, count);
    if (labels) head.append(this.chooser());
    if (chosen.length) head.append(this.button());
    const body = chosen.length ? [this.counts(chosen), this.tiles(chosen)] : [];
    this.root.replaceChildren(head, html("div", { class: "picked-body" }, ...body.filter(Boolean)));
    this.root.querySelector(`[data-part="${focused}"]`)?.focus();
  }

  // The way for a keyboard: all pictures of a class.
  chooser() {
    const { group, labels, classes } = this.about;
    const select = html("select", { "aria-label": "Pick a class", "data-part": "class" });
    select.append(html("option", { value: "" }, "Pick a class …"));
    for (const name of classes) select.append(html("option", { value: name }, name));
    select.addEventListener("change", () => {
      const wanted = classes.indexOf(select.value);
      if (wanted >= 0) pickedPictures().pick(group, [...labels.keys()].filter((i) => labels[i] === wanted));
    });
    return select;
  }

  button() {
    const button = html("button", { type: "button", "data-part": "clear" }, "Clear (Esc)");
    button.addEventListener("click", () => pickedPictures().pick(this.about.group, []));
    return button;
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
      bar.style.background = SETTINGS[this.dark ? "dark" : "light"][i % SETTINGS.light.length];
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
    for (const i of shown) {
      const tile = html("div", { class: "picked-tile", title: `${name(i)}, picture ${i}`, "data-tile": i });
      tile.style.backgroundImage = `url("${served(sprite.url)}")`;
      tile.style.backgroundSize = `${sprite.columns * SIZE}px ${sprite.rows * SIZE}px`;
      tile.style.backgroundPosition = `${-(i % sprite.columns) * SIZE}px ${-Math.floor(i / sprite.columns) * SIZE}px`;
      grid.append(tile);
    }
    const note = chosen.length > MOST ? html("div", {}, `The first ${MOST} of them are shown.`) : "";
    return html("div", { class: "picked-right" }, grid, note);
  }

  close() {
    pickedPictures().removeEventListener("change", this.heard);
  }
}
