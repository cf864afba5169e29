// The buttons in the corner of every page: the list of keys, and the presentation, for which the browser gives full screen
// to a click of its own alone.

import { mounted } from "./plot/js/streamlit.js";

const ICONS = {
  present: "M3 9V3h6M15 3h6v6M21 15v6h-6M9 21H3v-6", // four corners
  leave: "M5 5l14 14M19 5L5 19",
};
const CONTROLS = "input, textarea, select, [contenteditable], [role=combobox]"; // in which ? is a letter

class Corner {
  send; // (name, value): tells Python

  constructor(parent) {
    this.root = document.createElement("div");
    this.root.className = "sslviz-corner";
    this.root.innerHTML = `
      <button type="button" aria-label="Keys" title="Keys (?)" aria-haspopup="dialog">?</button>
      <button type="button"></button>
      <dialog aria-label="Keys"><form method="dialog"><h2>Keys</h2><button autofocus>Close</button></form></dialog>`;
    parent.append(this.root);
    const [help, present] = this.root.querySelectorAll("button");
    this.dialog = this.root.querySelector("dialog");
    this.present = present;
    help.addEventListener("click", () => this.dialog.showModal());
    present.addEventListener("click", () => this.turn());
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the page below hears nothing
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.heard = (event) => this.key(event);
    document.addEventListener("keydown", this.heard);
  }

  // data: {on, keys: {where: {key: what}}}
  show({ on, keys }) {
    this.on = on;
    const path = ICONS[on ? "leave" : "present"];
    this.present.innerHTML = `<svg viewBox="0 0 24 24" width="1em" height="1em" fill="none" stroke="currentColor" stroke-width="2"><path d="${path}"/></svg>`;
    this.present.title = on ? "Leave: back to the usual page" : "Present: large letters, full screen, few knobs";
    this.present.setAttribute("aria-label", on ? "Leave the presentation" : "Present");
    if (this.dialog.querySelector("table")) return;
    for (const [where, acts] of Object.entries(keys)) {
      const table = document.createElement("table");
      table.createCaption().textContent = where;
      for (const [key, what] of Object.entries(acts)) {
        const row = table.insertRow();
        const name = row.appendChild(document.createElement("th"));
        name.scope = "row";
        for (const each of key.split(" ")) name.append(Object.assign(document.createElement(each === "…" ? "span" : "kbd"), { textContent: each }));
        row.insertCell().textContent = what;
      }
      this.dialog.append(table);
    }
  }

  key(event) {
    const { key, target, defaultPrevented } = event;
    const writes = target instanceof Element && target.matches(CONTROLS) && !target.matches("[type=range], [type=checkbox], [type=radio]");
    if (key === "?" && !writes && !defaultPrevented && !this.dialog.open) this.dialog.showModal();
  }

  // Where the browser refuses full screen (in a frame, say), the page is presented in its window.
  async turn() {
    const ends = this.on;
    this.send("present", Date.now());
    try {
      if (ends && document.fullscreenElement) await document.exitFullscreen();
      if (!ends) await document.documentElement.requestFullscreen();
    } catch (error) {
      console.info("no full screen:", String(error));
    }
  }

  close() {
    document.removeEventListener("keydown", this.heard);
  }
}

export default mounted(Corner);
