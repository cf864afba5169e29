// Plotly's symbols as outlines, of radius about 1.

const symbols = {};
export function symbol(name) {
  return (symbols[name] ??= outline(name));
}

function outline(name) {
  const path = new Path2D();
  const round = (n, start, radii = [1]) => {
    for (let i = 0; i < n * radii.length; i++) {
      const angle = start + (2 * Math.PI * i) / (n * radii.length);
      const r = radii[i % radii.length];
      path.lineTo(r * Math.cos(angle), r * Math.sin(angle));
    }
    path.closePath();
  };
  const up = -Math.PI / 2;
  const cross = (turn) => {
    for (let i = 0; i < 4; i++)
      for (const [x, y] of [[0.4, -0.4], [1.1, -0.4], [1.1, 0.4]]) {
        const a = turn + (i * Math.PI) / 2;
        path.lineTo(x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a));
      }
    path.closePath();
  };
  const shapes = {
    circle: () => path.arc(0, 0, 1, 0, 2 * Math.PI),
    square: () => round(4, Math.PI / 4, [1.25]),
    "triangle-up": () => round(3, up, [1.3]),
    "triangle-down": () => round(3, -up, [1.3]),
    star: () => round(5, up, [1.4, 0.55]),
    diamond: () => round(4, 0, [1.3]),
    cross: () => cross(0),
    x: () => cross(Math.PI / 4),
    pentagon: () => round(5, up, [1.1]),
    hexagram: () => round(6, up, [1.3, 0.75]),
  };
  (shapes[name] ?? shapes.circle)();
  return path;
}
