// Says what is cut off, squeezed or drawn upon something else on the page that is shown: a list of sentences.
() => {
  const found = [], said = (kind, text) => found.push(kind + ": " + text.replace(/\s+/g, " ").trim().slice(0, 70));
  const shown = (e) => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && (!e.checkVisibility || e.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
  };
  const main = document.querySelector('[data-testid="stMain"]');
  // words: no box on the way up may cut them off
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), range = document.createRange();
  for (let node; (node = walker.nextNode()); ) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest("svg, .katex-mathml, style, script") || !shown(parent)) continue;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (parent.closest(".katex") && parent.closest(".katex-display")) continue; // measured as a whole, below
    for (let up = parent; up && up !== main; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const room = up.getBoundingClientRect();
      if (room.width <= 1 || room.height <= 1) break; // for screen readers only
      if (style.overflowX !== "visible" && (box.right > room.right + 1.5 || box.left < room.left - 1.5)) { said("cut off", node.data); break; }
    }
  }
  // charts: all writing inside the chart, none upon other writing
  for (const plot of main.querySelectorAll(".js-plotly-plot")) {
    if (!shown(plot)) continue;
    const frame = (plot.querySelector(".main-svg") ?? plot).getBoundingClientRect();
    const words = [...plot.querySelectorAll("text")].filter((t) => t.textContent.trim() && shown(t) && !t.closest(".hoverlayer"));
    const boxes = words.map((t) => t.getBoundingClientRect());
    words.forEach((t, i) => {
      const b = boxes[i];
      if (b.left < frame.left - 2 || b.right > frame.right + 2 || b.top < frame.top - 4 || b.bottom > frame.bottom + 2)
        said("outside its chart", t.textContent);
      const clip = t.closest("[clip-path]"), rect = clip && document.querySelector(`#${clip.getAttribute("clip-path").match(/#([^'")]+)/)?.[1]} rect`);
      if (!rect) return;
      const at = clip.getScreenCTM(), x = at.e + at.a * (rect.x.baseVal.value ?? 0);
      if (b.left < x - 2 || b.right > x + at.a * rect.width.baseVal.value + 2) said("cut off by its plot", t.textContent);
    });
    const fixed = words.map((t, i) => i).filter((i) => words[i].closest(".infolayer, .xaxislayer-above, .yaxislayer-above, .xaxislayer-below, .yaxislayer-below"));
    for (const i of fixed) for (const j of fixed) {
      if (j <= i) continue;
      const a = boxes[i], b = boxes[j];
      const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (w > 2 && h > 0.25 * Math.min(a.height, b.height)) said("upon each other", words[i].textContent + " | " + words[j].textContent);
    }
  }
  // tables: no column beyond the edge
  for (const table of main.querySelectorAll("table")) {
    const box = table.parentElement;
    if (shown(table) && table.scrollWidth > box.clientWidth + 2) said("wide table", table.innerText);
  }
  for (const grid of main.querySelectorAll(".dvn-scroller"))
    if (shown(grid) && grid.scrollWidth > grid.clientWidth + 2) said("hidden columns", (grid.closest('[data-testid="stDataFrame"]')?.innerText ?? "") + ` ${grid.scrollWidth} > ${grid.clientWidth}`);
  // a button's words on one line
  for (const label of main.querySelectorAll("button p")) {
    if (!shown(label)) continue;
    const line = parseFloat(getComputedStyle(label).lineHeight);
    if (label.getBoundingClientRect().height > 1.7 * line) said("squeezed button", label.textContent);
  }
  // what KaTeX does not know it writes in its red (#cc0000)
  for (const e of main.querySelectorAll(".katex-error, .katex [style*='color']"))
    if (e.matches(".katex-error") || getComputedStyle(e).color === "rgb(204, 0, 0)") said("unknown LaTeX", e.textContent);
  for (const e of main.querySelectorAll(".katex-display")) if (shown(e) && e.scrollWidth > e.clientWidth + 2) said("equation", e.querySelector("annotation")?.textContent ?? e.textContent);
  if (main.scrollWidth > main.clientWidth + 2) said("page", `${main.scrollWidth} > ${main.clientWidth}`);
  return [...new Set(found)];
}
