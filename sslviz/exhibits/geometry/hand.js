// What the hand does to the picture: drags a view, turns the sphere, and the same with the keys.

import { DOT } from "./picture.js";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ACTS = { pointerdown: "down", pointermove: "move", pointerup: "up", pointercancel: "up", keydown: "key", keyup: "rest", focusout: "rest" };

export class Hand {
  held = new Set(); // keys and pointers that are down

  // room: its views z, its eye, and what to do with a view that was put elsewhere
  constructor(room) {
    this.room = room;
  }

  // A new picture.
  holds(picture) {
    this.picture = picture;
    for (const [kind, act] of Object.entries(ACTS)) picture.root.addEventListener(kind, (event) => this[act](event));
  }

  place(event) {
    const box = this.picture.root.getBoundingClientRect();
    return this.room.eye.place(event.clientX - box.left, event.clientY - box.top);
  }

  turned(right, up) {
    this.room.eye.turned(right, up);
    this.room.update();
  }

  down(event) {
    if (event.button) return;
    const { z, eye } = this.room, [x, y] = this.place(event), views = z.map((a) => eye.seen(a));
    const away = views.map((v) => Math.hypot(v[0] - x, v[1] - y) * eye.r + (v[2] < 0 ? DOT : 0)); // the near ones first
    const nearest = away.indexOf(Math.min(...away));
    const i = away[nearest] <= 2 * DOT + 4 ? nearest : undefined;
    if (i === undefined && z[0].length === 2) return;
    event.preventDefault();
    this.picture.root.setPointerCapture(event.pointerId);
    this.drag = { i, x, y, side: i === undefined || views[i][2] >= 0 ? 1 : -1 };
    this.held.add("pointer");
    if (i !== undefined) this.picture.handles[i].focus({ preventScroll: true });
  }

  move(event) {
    if (!this.drag) return;
    const { room } = this, [x, y] = this.place(event), { i, side } = this.drag, long = Math.hypot(x, y);
    if (i === undefined) {
      this.turned(x - this.drag.x, y - this.drag.y);
      Object.assign(this.drag, { x, y });
    } else if (long > 1e-6) room.put(i, room.eye.world([x, y, long < 1 ? side * Math.sqrt(1 - long * long) : 0], room.z[i].length));
  }

  up() {
    this.drag = undefined;
    this.rest();
  }

  key(event) {
    const { room } = this, { z, eye } = room, way = KEYS[event.key], i = this.picture.handles.indexOf(event.target);
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const far = ((event.shiftKey ? 1 : 5) * Math.PI) / 180, [right, up] = way;
    if (i < 0) return this.turned(far * right, far * up);
    this.held.add(event.key);
    if (z[i].length === 3) {
      const v = eye.seen(z[i]);
      return room.put(i, eye.world([v[0] + far * right, v[1] + far * up, v[2]], 3));
    }
    const a = Math.atan2(z[i][1], z[i][0]) + far * (up || -right); // left and up: counter-clockwise
    room.put(i, [Math.cos(a), Math.sin(a)]);
  }

  rest() {
    this.held.clear();
    this.room.settle();
  }
}
