// Pictures are drawn one at a time, what is on the screen first, from top to bottom, but for the one that the viewer waits
// for (header.first). A new state of a picture is shown before the next is drawn: the first answer does not wait for the
// last. (While a page opens, showing is what takes long.)
const queue = [];
let busy = false;
export const isDrawing = () => busy;

/** @param {import("./chart.js").Chart} chart */
export function turn(chart) {
  return new Promise((resolve) => {
    queue.push({ root: chart.root, again: chart.listening, first: chart.listening && chart.header.first, resolve });
    if (!busy) setTimeout(next);
    busy = true;
  });
}

function next() {
  busy = queue.length > 0;
  if (!busy) return;
  const places = queue.map(({ root, first }) => (first ? -1 : depth(root)));
  const [{ again, resolve }] = queue.splice(places.indexOf(Math.min(...places)), 1);
  resolve();
  if (again && !document.hidden) requestAnimationFrame(() => setTimeout(next));
  else setTimeout(next);
}

// Pixels below the window's upper edge; what has been scrolled past comes after everything else.
function depth(root) {
  const { top, bottom } = root.getBoundingClientRect();
  return !root.isConnected ? Infinity : bottom < 0 ? 1e6 - bottom : top;
}
