// Which picture a figure is: what a viewer has changed by hand (zoom, hidden entries of the legend, a pinned row) belongs to
// that picture, whatever its moment, and to no other that is drawn in its place.
//
// A picture is known by what it is of, by its title without the numbers in it (a step, a temperature), by what its axes and
// colours stand for, and by how many rows, columns and bars it has. A curve grows while it is watched: its points do not count.

const NUMBERS = /[-−]?\d[\d.,]*/g;

// of: what Python has said it is a picture of; figures of runs hold their run in layout.meta.
export function pictureOf({ data, layout }, of) {
  const axes = Object.keys(layout).filter((name) => /^([xy]axis|coloraxis)\d*$/.test(name)).sort();
  const meaning = axes.map((name) => {
    const { title, type, autorange, tickvals, colorbar } = layout[name];
    return [name, words(title), type, autorange, sizeOf(tickvals), words(colorbar?.title)];
  });
  const kinds = data.map((trace) => {
    const cells = { heatmap: trace.z, bar: trace.y }[trace.type];
    return [trace.type, words((trace.colorbar ?? trace.marker?.colorbar)?.title), sizeOf(cells)].join();
  });
  const name = words(layout.title).replace(NUMBERS, "#");
  return JSON.stringify([of, layout.meta?.run, layout.uirevision, name, meaning, [...new Set(kinds)]]);
}

function words(title) {
  return title?.text ?? title;
}

// How many numbers, of a list or as Python has packed them: "16, 128".
function sizeOf(numbers) {
  return numbers?.shape ?? numbers?.bdata?.length ?? numbers?.length;
}

// A trace's name as an identifier: plotly makes names of classes from it.
export function named(name) {
  return name && "named_" + encodeURIComponent(name).replace(/\W/g, "_");
}
