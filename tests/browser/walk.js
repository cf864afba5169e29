// What a page shows, as plain data: every chart (traces, axes, title, marks), every control, and whether its pictures are
// there. Long rows of numbers are thinned to some of them.
async () => {
  const MOST = 60;
  const listed = (value) => (ArrayBuffer.isView(value) ? [...value] : value);
  const short = (value) => {
    if (typeof value === "string") return value.length > 200 ? `${value.length}: ${value.slice(0, 60)}…${value.slice(-60)}` : value;
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    return value === undefined ? null : value;
  };
  const thin = (given) => {
    const value = listed(given);
    if (!Array.isArray(value)) return short(value);
    const flat = value.flatMap((row) => listed(row));
    const step = Math.max(1, Math.floor(flat.length / MOST));
    return { length: flat.length, some: flat.filter((_, i) => i % step === 0).map((one) => short(Array.isArray(listed(one)) ? listed(one).join() : one)) };
  };
  const trace = (full) => ({
    ...Object.fromEntries(["type", "name", "visible", "mode"].map((name) => [name, short(full[name])])),
    ...Object.fromEntries(["x", "y", "z", "text", "customdata", "source"].map((name) => [name, thin(full[name])])),
    color: thin(full.marker?.color ?? full.line?.color),
    width: short(full.line?.width),
  });
  const mark = ({ name, type, x0, x1, y0, y1, path, text, x, y }) => [name, type, x0, x1, y0, y1, path, text, x, y].map(short);
  const root = document.querySelector('script[src*="/static/js/"]').src.split("/static/js/")[0] + "/";
  const loads = (url) =>
    new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve(image.naturalWidth > 0);
      image.onerror = () => resolve(false);
      image.src = new URL(url.replace(/^\//, ""), root).href;
    });
  const shown = [...document.querySelectorAll(".sslviz-plot")].filter((chart) => chart._fullLayout && chart.clientWidth);
  const charts = shown.map((chart) => {
    const { _fullLayout: full, _fullData: data } = chart;
    const axes = Object.keys(full).filter((name) => /^[xy]axis\d*$/.test(name)).sort();
    return {
      alt: chart.getAttribute("aria-label"),
      title: [full.title?.text, full.title?.subtitle?.text].map(short),
      axes: Object.fromEntries(axes.map((name) => [name, [full[name].type, full[name].title?.text ?? null, thin(full[name].range)]])),
      traces: data.map(trace),
      shapes: (full.shapes ?? []).filter((one) => one.visible !== false).map(mark),
      annotations: (full.annotations ?? []).map(mark),
      images: (full.images ?? []).length,
    };
  });
  const sprites = shown.map((chart) => [chart._fullLayout.meta?.sprite?.url, chart._fullLayout.meta?.step]).filter(([url]) => url);
  const tiles = [...document.querySelectorAll("[style*='background-image']")].map((node) => node.style.backgroundImage.slice(5, -2));
  const urls = [...new Set([...sprites.map(([url, step]) => url.replace("{step}", step)), ...tiles])].sort();
  const broken = [];
  for (const url of urls) if (!(await loads(url))) broken.push(url);
  for (const image of document.querySelectorAll("[data-testid=stMain] img")) {
    if (image.complete && !image.naturalWidth) broken.push(image.src.slice(0, 200));
  }
  const main = document.querySelector("[data-testid=stMain]");
  const controls = [...main.querySelectorAll("input, [role=radio], [role=slider], [role=combobox]")]
    .filter((one) => one.type !== "file" && one.getClientRects().length)
    .map((one) => [one.getAttribute("aria-label") ?? one.textContent.slice(0, 60), short(one.value ?? null), one.checked ?? one.getAttribute("aria-checked"), one.getAttribute("aria-valuenow")]);
  return { charts, broken, controls };
};
