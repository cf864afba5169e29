// Pictures to take away: one chart, or all charts of the page on one sheet, on the page's own background.

import { clock } from "./clock/bus.js";
import { followers } from "./clock/follower.js";
import { drawnSize } from "./plotly_private.js";
import { readTheme } from "./theme.js";

const SCALE = 2; // pixels of the file for one of the screen
const SLIDE = 1920; // pixels that a slide is wide
const GAP = 16;

/**
 * Two buttons for the mode bar of a chart: as wide as a slide, and as lines that stay sharp at any size.
 * @param {import("./chart.js").Chart} chart
 */
export function cameras(chart) {
  const { camera, disk } = window.Plotly.Icons;
  return Object.entries({ png: camera, svg: disk }).map(([format, icon]) => ({
    name: format,
    title: `Save as ${format.toUpperCase()}`,
    icon,
    click: async () => {
      const scale = format === "svg" ? 1 : Math.max(SCALE, SLIDE / chart.root.clientWidth);
      const file = await fetch(await picture(chart, format, scale));
      save(await file.blob(), fileName(format, chart.header.alt, chart.meta.step));
    },
  }));
}

// A data address. Light text on nothing could not be read in a letter: the background of the page goes with it.
function picture({ root }, format = "png", scale = SCALE) {
  const font = { ...root.layout.font, family: "Arial, Helvetica, sans-serif" }; // the page's font stays with the page
  const layout = { ...root.layout, font, paper_bgcolor: readTheme(root).page };
  return window.Plotly.toImage({ data: root.data, layout }, { format, scale, ...drawnSize(root) });
}

// All charts, in rows as they stand on the page, each under its name.
async function sheet() {
  const charts = [...followers].map((each) => each.chart).filter(({ root, listening }) => listening && root.clientWidth);
  if (!charts.length) return;
  const box = new Map(charts.map((chart) => [chart, chart.root.getBoundingClientRect()]));
  charts.sort((a, b) => box.get(a).top - box.get(b).top);
  const rows = [];
  for (const chart of charts) {
    const row = rows.at(-1);
    if (row && box.get(chart).top - box.get(row[0]).top < 60) row.push(chart);
    else rows.push([chart]);
  }
  for (const row of rows) row.sort((a, b) => box.get(a).left - box.get(b).left);
  const size = (row) => [row.reduce((w, c) => w + box.get(c).width + GAP, GAP), Math.max(...row.map((c) => box.get(c).height)) + 40];
  const canvas = document.createElement("canvas");
  canvas.width = SCALE * Math.max(...rows.map((row) => size(row)[0]));
  canvas.height = SCALE * rows.reduce((h, row) => h + size(row)[1], 2 * GAP + 16);
  const pen = canvas.getContext("2d");
  const { page, color, font } = readTheme(charts[0].root);
  pen.fillStyle = page;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(SCALE, SCALE);
  pen.fillStyle = color;
  pen.font = `600 16px ${font}`;
  const when = { seconds: "s", images: "images", step: "steps" }[clock.axis];
  const title = clock.on ? `After ${Math.round(clock.amount).toLocaleString("en")} ${when}` : document.title;
  pen.fillText(title, GAP, GAP + 16);
  let y = 2 * GAP + 16;
  for (const row of rows) {
    let x = GAP;
    for (const chart of row) {
      const { width, height } = box.get(chart);
      pen.font = `13px ${font}`;
      pen.fillText(chart.header.alt, x, y + 14, width);
      const image = new Image();
      image.src = await picture(chart);
      await image.decode();
      pen.drawImage(image, x, y + 22, width, height);
      x += width + GAP;
    }
    y += size(row)[1];
  }
  canvas.toBlob((blob) => save(blob, fileName("png", title)));
}
clock.addEventListener("sheet", () => sheet());

export function fileName(format, ...words) {
  const name = words.filter((word) => word !== undefined && word !== "").join(" step ");
  return `sslviz ${name}`.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") + "." + format;
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
