"""How a UMAP layout comes to rest without being shaken: it follows the mean of the forces that UMAP draws at random.

    F_i = Σ_j 2 w_ij a_ij (y_j − y_i) + 5 Σ_j w_ij · mean_k r_ik (y_i − y_k)

    w_ij   weight of the edge between i and j in UMAP's graph, at most 1: how often it is drawn per epoch
    a_ij   attraction at the distance of i and j (drawn from both ends, hence 2), r_ik: repulsion, as in umap-learn
    5      negative samples per edge drawn: how often i is pushed away from a random point k

All pairs are counted, exactly but for a table of r: 5 ms per epoch for N = 2,000, four times that for twice as many.
Dry friction holds a point whose force is tiny: else clusters without common edges would repel each other for ever.
A map in the plane is one in space whose third coordinate is 0, and stays it: no force leads out of the plane.
"""

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Layout = NDArray[np.float32]  # N x 2, or N x 3 in space

FRICTION = 0.003  # a step must be longer than this to be made, in units of the map, which is about 10 wide
PER_UNIT, LONGEST = 64, 64  # the table of r: entries per unit of length, and the distance from which on r is constant


def settle(layout: Layout, graph: sparse.csr_matrix, a: float, b: float, epochs: int) -> Layout:
    """Lets a layout follow its mean forces for some epochs: N x 2 (or 3) and UMAP's N x N graph -> the same."""
    d = np.maximum(np.arange(PER_UNIT * LONGEST + 2), 1) / PER_UNIT
    free = 2 * b / ((0.001 + d**2) * (1 + a * d ** (2 * b)))
    repulsion = np.minimum(free, 4 / d).astype(np.float32)  # UMAP clips each force at 4
    graph = graph.tocsr()
    weights = (graph.data / graph.data.max()).astype(np.float32)
    start = np.zeros((len(layout), 3), np.float32)
    start[:, : layout.shape[1]] = layout
    settled: Layout = _settle(start, graph.indptr, graph.indices, weights, a, b, repulsion, epochs)
    return np.ascontiguousarray(settled[:, : layout.shape[1]])


@numba.njit(fastmath=True, nogil=True)
def _settle(start, indptr, indices, weights, a, b, repulsion, epochs):  # type: ignore[no-untyped-def]
    """Descent with Nesterov momentum; a point's step is its force over the stiffness of its springs, at most 1 unit."""
    n, last = len(start), np.float32(PER_UNIT * LONGEST)
    momentum, rate, per_unit = np.float32(0.9), np.float32(0.8), np.float32(PER_UNIT)  # a rate above 1 oscillates
    x, y, z = start[:, 0].copy(), start[:, 1].copy(), start[:, 2].copy()
    vx, vy, vz = np.zeros(n, np.float32), np.zeros(n, np.float32), np.zeros(n, np.float32)
    for _ in range(epochs):
        px, py, pz = x + momentum * vx, y + momentum * vy, z + momentum * vz
        for i in range(n):
            away_x, away_y, away_z = np.float32(0), np.float32(0), np.float32(0)
            for k in range(n):
                dx, dy, dz = px[i] - px[k], py[i] - py[k], pz[i] - pz[k]
                at = min(np.sqrt(dx * dx + dy * dy + dz * dz) * per_unit, last)
                entry = np.int32(at)
                r = repulsion[entry] + (at - np.float32(entry)) * (repulsion[entry + 1] - repulsion[entry])
                away_x += r * dx
                away_y += r * dy
                away_z += r * dz
            fx, fy, fz, degree, stiffness = 0.0, 0.0, 0.0, 0.0, 1e-6
            for e in range(indptr[i], indptr[i + 1]):
                j = indices[e]
                dx, dy, dz = px[j] - px[i], py[j] - py[i], pz[j] - pz[i]
                d2 = dx * dx + dy * dy + dz * dz + 1e-9
                pull = 2 * weights[e] * min(2 * a * b * d2 ** (b - 1) / (1 + a * d2**b), 4 / np.sqrt(d2))
                fx += pull * dx
                fy += pull * dy
                fz += pull * dz
                stiffness += pull
                degree += weights[e]
            push, per = 5 * degree / n, rate / stiffness
            step_x, step_y, step_z = per * (fx + push * away_x), per * (fy + push * away_y), per * (fz + push * away_z)
            length = np.sqrt(step_x * step_x + step_y * step_y + step_z * step_z)
            slip = max(1 - FRICTION / (length + 1e-12), 0.0)
            step_x, step_y = momentum * vx[i] + slip * step_x, momentum * vy[i] + slip * step_y
            step_z = momentum * vz[i] + slip * step_z
            too_far = max(np.sqrt(step_x * step_x + step_y * step_y + step_z * step_z), 1.0)
            vx[i], vy[i], vz[i] = step_x / too_far, step_y / too_far, step_z / too_far
        vx -= vx.mean()  # the forces of two points on each other are not opposite: the whole would drift
        vy -= vy.mean()
        vz -= vz.mean()
        x += vx
        y += vy
        z += vz
    return np.column_stack((x, y, z))
