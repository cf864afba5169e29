// The edges of the cube that the points lie in, and the names of its three axes.

// project: points in space -> their places and depths; size: of the canvas, pixels; axes: three names.
export function cube(pen, project, size, axes, { color, font }) {
  const corners = [];
  for (let i = 0; i < 8; i++) corners.push(i & 1 ? 1 : -1, i & 2 ? 1 : -1, i & 4 ? 1 : -1);
  const seen = project(corners);
  const farthest = [...Array(8).keys()].reduce((a, b) => (seen[3 * a + 2] < seen[3 * b + 2] ? a : b));
  pen.strokeStyle = pen.fillStyle = color;
  pen.font = `14px ${font}`;
  pen.textAlign = "center";
  for (let corner = 0; corner < 8; corner++)
    for (const bit of [1, 2, 4]) {
      if (corner & bit) continue;
      const other = corner | bit;
      pen.globalAlpha = corner === farthest || other === farthest ? 0.12 : 0.3;
      pen.beginPath();
      pen.moveTo(seen[3 * corner], seen[3 * corner + 1]);
      pen.lineTo(seen[3 * other], seen[3 * other + 1]);
      pen.stroke();
    }
  pen.globalAlpha = 0.9;
  axes.forEach((name, axis) => {
    // of the four edges along this axis, the lowest one names it
    const bit = 1 << axis;
    const low = [...Array(8).keys()].filter((c) => !(c & bit));
    const y = (c) => seen[3 * c + 1] + seen[3 * (c | bit) + 1];
    const corner = low.reduce((a, b) => (axis === 2 ? (seen[3 * a] < seen[3 * b] ? a : b) : y(a) > y(b) ? a : b));
    const [x0, y0, x1, y1] = [corner, corner | bit].flatMap((c) => [seen[3 * c], seen[3 * c + 1]]);
    const width = pen.measureText(name).width / 2 + 4;
    const outside = (x0 + x1) / 2 < size / 2 ? -40 : 40;
    const at = axis === 2 ? Math.min(x0, x1) - 8 : (x0 + x1) / 2 + outside;
    pen.save();
    pen.translate(axis === 2 ? at : Math.min(Math.max(at, width), size - width), axis === 2 ? (y0 + y1) / 2 : (y0 + y1) / 2 + 20);
    if (axis === 2) pen.rotate(-Math.PI / 2);
    pen.fillText(name, 0, 0);
    pen.restore();
  });
  pen.globalAlpha = 1;
}
