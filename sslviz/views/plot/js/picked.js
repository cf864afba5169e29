// The pictures that are picked: with a lasso on one map, and every other map of the same pictures shows them too.
//
// One store for the whole window. It outlives refreshes, and going to another page of the app. `group` says which
// pictures are meant: maps of the same test pictures, of whatever run, have the same group (meta.link of a figure).

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

  // Calls draw() whenever what is picked in the group that groupOf() names has changed. Returns what ends that.
  watch(groupOf, draw) {
    const heard = (/** @type {any} */ event) => event.detail === groupOf() && draw();
    this.addEventListener("change", heard);
    return () => this.removeEventListener("change", heard);
  }
}

/** @type {Picked} the first component that is loaded makes it */
export const picked = (window.sslvizPicked ??= new Picked());
