// The losses of points on a circle or a sphere, and their gradients: the mathematics of exhibits/geometry/maths.py, letter for
// letter. tests/browser/test_geometry.py holds one against the other.

// Each takes the cosines s (2N x 2N) and its knob, and gives its two parts: a value, and w(i, j) = ∂L/∂s_ij of a pair.
const LOSSES = {
  "NT-Xent": (s, tau) => {
    const n = s.length, rows = s.map((row, i) => row.filter((_, k) => k !== i).map((x) => x / tau)), all = rows.map(logSumExp);
    const near = s.map((row, i) => row[partner(i, n)] / tau);
    const against = s.map((row, i) => logSumExp(row.filter((_, k) => k !== i && k !== partner(i, n)).map((x) => x / tau)));
    const p = (i, j) => Math.exp(s[i][j] / tau - all[i]);
    return {
      partner: { value: -mean(near), w: (i, j) => (j === partner(i, n) ? -2 / (n * tau) : 0) },
      others: { value: mean(all), w: (i, j) => (p(i, j) + p(j, i)) / (n * tau) },
      loss: mean(near.map((x, i) => Math.max(against[i] - x, 0) + Math.log1p(Math.exp(-Math.abs(against[i] - x))))), // small: all digits
    };
  },
  "alignment + uniformity": (s, lambda) => {
    const pairs = others(s), total = logSumExp(pairs.map(([i, j]) => 4 * s[i][j] - 4)); // t = 2: −t |z_i − z_j|²
    const push = (i, j) => (j === partner(i, s.length) ? 0 : 4 * Math.exp(4 * s[i][j] - 4 - total));
    return { partner: pull(s, partners(s), 1), others: { value: lambda * (total - Math.log(pairs.length)), w: (i, j) => lambda * push(i, j) } };
  },
  "attraction only": (s, omega) => ({ partner: pull(s, partners(s), 1 - omega), others: pull(s, others(s), omega) }),
};

export const partner = (i, n) => (i + n / 2) % n;
const mean = (x) => x.reduce((a, b) => a + b, 0) / x.length;
export const dot = (a, b) => a.reduce((sum, x, k) => sum + x * b[k], 0);
export const unit = (a) => a.map((x) => x / Math.hypot(...a));
const partners = (s) => s.map((_, i) => [i, partner(i, s.length)]).filter(([i, j]) => i < j);
const others = (s) => s.flatMap((row, i) => row.map((_, j) => [i, j])).filter(([i, j]) => i < j && j !== partner(i, s.length));
const logSumExp = (x) => Math.max(...x) + Math.log(x.reduce((sum, y) => sum + Math.exp(y - Math.max(...x)), 0));

// mean |z_i − z_j|² = 2 − 2 s over pairs, and how each of them attracts.
function pull(s, pairs, weight) {
  const mine = pairs[0][1] === partner(pairs[0][0], s.length); // partners, or all others
  return {
    value: weight * mean(pairs.map(([i, j]) => 2 - 2 * s[i][j])),
    w: (i, j) => ((j === partner(i, s.length)) === mine ? (-2 * weight) / pairs.length : 0),
  };
}

// z: 2N points of length 1. Gradients lie on the sphere, one row per view; their sum is the gradient of the loss.
export function measure(z, loss, knob) {
  const s = z.map((a) => z.map((b) => dot(a, b))), parts = LOSSES[loss](s, knob);
  const gradient = (w) =>
    z.map((a, i) => a.map((_, k) => z.reduce((sum, b, j) => (i === j ? sum : sum + w(i, j) * (b[k] - s[i][j] * a[k])), 0)));
  const [partner, rest] = [gradient(parts.partner.w), gradient(parts.others.w)];
  const align = mean(partners(s).map(([i, j]) => 2 - 2 * s[i][j]));
  return {
    loss: parts.loss ?? parts.partner.value + parts.others.value,
    partner: { value: parts.partner.value, gradient: partner },
    others: { value: parts.others.value, gradient: rest },
    gradient: partner.map((g, i) => g.map((x, k) => x + rest[i][k])),
    align,
    uniform: LOSSES["alignment + uniformity"](s, 1).others.value,
    partnerCosine: 1 - align / 2,
    otherCosine: mean(others(s).map(([i, j]) => s[i][j])),
  };
}

// One gradient step of every view, and back to length 1.
export const step = (z, gradient, eta) => z.map((a, i) => unit(a.map((x, k) => x - eta * z.length * gradient[i][k])));
