// The colours of the page that a component stands on, and of figures/style.py on it.

export function readTheme(element) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue("--st-" + name).trim();
  const page = get("background-color");
  const [r, g, b] = rgb(page);
  return {
    dark: 0.2126 * r + 0.7152 * g + 0.0722 * b < 128,
    page,
    background: get("secondary-background-color"),
    color: get("text-color"),
    border: get("border-color"),
    primary: get("primary-color"),
    font: get("font"),
  };
}

// A text with colours of the light page in it, as it is on this page.
export function themed(text, dark) {
  return dark ? text.replace(/#[0-9a-f]{6}/g, (color) => SETTINGS.dark[color] ?? color) : text;
}

// Gives a component's own colours to its style sheet, as variables.
export function setColors(root, prefix, dark) {
  for (const [name, color] of Object.entries(SETTINGS.colors)) root.style.setProperty(prefix + name, themed(color, dark));
}

// Any CSS colour as four numbers 0–255. Painting it to find out is slow, so it is done once for each colour.
const painted = new Map();

export function rgb(color) {
  if (!painted.has(color)) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    painted.set(color, pen.getImageData(0, 0, 1, 1).data);
  }
  return painted.get(color);
}
