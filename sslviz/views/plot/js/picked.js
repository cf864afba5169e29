// The pictures that are picked: with a lasso on one map, and every other map of the same pictures shows them too.
//
// One store for the whole window. It outlives refreshes, and going to another page of the app. `group` says which
// pictures are meant: maps of the same test pictures, of whatever run, have the same group (meta.link of a figure).
// Put in front of the text of every component that asks for it.

function pickedPictures() {
  return (window.sslvizPicked ??= new Picked());
}

class Picked extends EventTarget {
  constructor() {
    super();
    this.groups = new Map(); // group -> Set of picture numbers
    this.adding = false; // shift was held when the pointer went down
    window.addEventListener("pointerdown", (event) => (this.adding = event.shiftKey), true);
    window.addEventListener("keydown", (event) => {
      if (event.key === "Escape") for (const group of this.groups.keys()) this.pick(group, []);
    });
  }

  of(group) {
    return this.groups.get(group) ?? new Set();
  }

  // Picks these pictures instead of, or in addition to, those that were picked before.
  pick(group, numbers, adding = false) {
    const before = this.of(group);
    const now = new Set(adding ? [...before, ...numbers] : numbers);
    if (now.size === before.size && [...now].every((number) => before.has(number))) return;
    this.groups.set(group, now);
    this.dispatchEvent(new CustomEvent("change", { detail: group }));
  }
}

// A chart of plot.js tells what is picked on it, and is drawn again when something was picked elsewhere.
class Link {
  constructor(chart) {
    this.chart = chart;
    this.drawn = 0;
    this.heard = ({ detail }) => detail === this.group && chart.draw();
    pickedPictures().addEventListener("change", this.heard);
  }

  get group() {
    return this.chart.meta?.link;
  }

  pick(numbers) {
    if (this.group) pickedPictures().pick(this.group, numbers, pickedPictures().adding);
  }

  // A loop was closed. While the chart is being drawn it was not by hand: plotly notices that its loop was taken away.
  loop(numbers) {
    if (!this.chart.drawing) this.pick(numbers);
  }

  clear() {
    if (this.group && !this.chart.drawing) pickedPictures().pick(this.group, []);
  }

  // Before plotly draws: what is picked stands out, the rest steps back.
  mark(data, layout) {
    const group = layout.meta?.link;
    if (!group) return;
    const chosen = pickedPictures().of(group);
    layout.selections = []; // what was picked stays, the loop that was drawn around it does not
    layout.selectionrevision = this.drawn += 1; // else plotly would keep its own idea of what is selected
    for (const trace of data) {
      const numbers = wholeNumbers(trace.customdata);
      if (!numbers) continue;
      const places = [...numbers.keys()].filter((place) => chosen.has(numbers[place]));
      trace.selectedpoints = chosen.size ? places : null;
      trace.selected = { marker: { opacity: 1 } };
      trace.unselected = { marker: { opacity: 0.15 } };
    }
  }

  close() {
    pickedPictures().removeEventListener("change", this.heard);
  }
}

// Where a picture sheet is served, also behind a proxy or a base URL path.
function served(url) {
  const script = document.querySelector('script[src*="/static/js/"]');
  const root = script ? script.src.slice(0, script.src.indexOf("/static/js/") + 1) : document.baseURI;
  return new URL(url.replace(/^\//, ""), root).href;
}

// What plotly writes as {dtype: "i4", bdata: base64} or as a list.
function wholeNumbers(written) {
  if (written?.dtype !== "i4") return Array.isArray(written) ? written : undefined;
  return new Int32Array(Uint8Array.from(atob(written.bdata), (letter) => letter.charCodeAt(0)).buffer);
}
