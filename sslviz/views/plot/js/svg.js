// What every hand-made picture needs: new elements, and whether the page is dark. Put in front of a component's own text.

// A new SVG element: svg("rect", {x: 1}, child, …); `html` does the same for HTML; `make` changes one that is there.
const make = (node, attributes, ...children) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const svg = (name, attributes = {}, ...children) =>
  make(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, ...children);
const html = (name, attributes = {}, ...children) => make(document.createElement(name), attributes, ...children);

function isDark(element) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}
