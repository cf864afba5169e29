"""Maps: N embeddings of d numbers become N points in the plane or in space, by PCA, UMAP or t-SNE; each starts from the
last.

UMAP (McInnes et al. 2018, arXiv:1802.03426) joins each point to its nearest neighbours by springs, lets all points
repel each other, and shakes the layout at random until it settles. Fit again, it gives another picture each time. Here
the first map of a run is made by umap-learn, from exact neighbours. Every later one starts from the map before and is
not shaken, but follows the mean of UMAP's random forces (settle.py): points move if, and as far as, their
neighbourhoods have changed. What is given up: without shaking, a torn cluster stays torn for longer.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

from sslviz.measures.settle import Layout, settle

COLD_EPOCHS, SETTLE_EPOCHS, WARM_EPOCHS = 200, 60, 20
FEWEST = 4  # points, below which there is nothing to lay out: PCA


def pca(x: NDArray[Any], previous: Layout | None = None, dimensions: int = 2) -> Layout:
    """The plane (or space) in which N x d numbers vary most, in units of x -> N x 2 (or 3). Turned onto `previous`, if
    there is one.
    """
    x = checked(x, previous, dimensions).astype(np.float64)
    if len(x) == 0:
        return np.zeros((0, dimensions), np.float32)
    x -= x.mean(0)
    _, axes = np.linalg.eigh(x.T @ x)  # d x d, ascending
    axes = axes[:, ::-1][:, :dimensions]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(0, keepdims=True), 0)
    plane = np.zeros((len(x), dimensions), np.float32)
    plane[:, : axes.shape[1]] = x @ (axes * np.sign(largest))  # an axis has no sign: its largest loading is positive
    return plane if previous is None else align(plane, previous)


@contextmanager
def one_thread() -> Iterator[None]:
    """Numba on one thread: for so small a job two are slower, and the other cores train."""
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(threads)


@one_thread()
def umap_layout(
    x: NDArray[Any],
    previous: Layout | None = None,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    seed: int = 0,
    dimensions: int = 2,
) -> Layout:
    """UMAP of N x d numbers by cosine distance -> N x 2 (or 3). With `previous`, the map before: quick, and points
    stay put.

    Deterministic; `seed` matters to a first map only. Equal vectors, few points and a collapsed network give a map like
    others, if a meaningless one. Raises ValueError if x holds NaN or `previous` has other points.
    """
    x = checked(x, previous, dimensions)
    if len(x) < FEWEST:
        return pca(x, previous, dimensions)
    neighbours, distances = nearest(x, min(n_neighbors, len(x)))
    chance = np.random.RandomState(seed)  # umap-learn asks for this kind
    graph, *_ = fuzzy_simplicial_set(
        x, neighbours.shape[1], chance, "cosine", knn_indices=neighbours, knn_dists=distances
    )
    a, b = find_ab_params(1.0, min_dist)
    if previous is not None and np.ptp(previous, axis=0).max() > 0:
        return align(settle(previous, graph, a, b, WARM_EPOCHS), previous)
    layout, _ = simplicial_set_embedding(
        x,
        graph,
        n_components=dimensions,
        initial_alpha=1.0,
        a=a,
        b=b,
        gamma=1.0,
        negative_sample_rate=5,
        n_epochs=COLD_EPOCHS,
        init=spread(pca(x, dimensions=dimensions), chance),
        random_state=chance,
        metric="cosine",
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
    )
    return settle(layout, graph, a, b, SETTLE_EPOCHS)


def tsne(x: NDArray[Any], previous: Layout | None = None, perplexity: float = 30.0, dimensions: int = 2) -> Layout:
    """t-SNE (van der Maaten & Hinton 2008) by cosine distance -> N x 2 (or 3). Takes seconds, with `previous` fewer."""
    from sklearn.manifold import TSNE

    x = checked(x, previous, dimensions)
    if len(x) < FEWEST:
        return pca(x, previous, dimensions)
    cold = previous is None or np.ptp(previous, axis=0).max() == 0
    model = TSNE(
        n_components=dimensions,
        perplexity=min(perplexity, (len(x) - 1) / 3),
        metric="cosine",
        init=1e-4 * spread(pca(x, dimensions=dimensions), np.random.RandomState(0)) if cold else previous,
        early_exaggeration=12.0 if cold else 1.0,  # exaggeration forms clusters; a map that has them would be torn
        max_iter=1000 if cold else 300,
        random_state=0,
    )
    with warnings.catch_warnings(category=RuntimeWarning, action="ignore"):  # equal vectors: 0 / 0, which it mends
        layout: Layout = model.fit_transform(x).astype(np.float32)
    return layout if previous is None else align(layout, previous)


def align(layout: Layout, to: Layout) -> Layout:
    """`layout` moved, turned and if need be mirrored, to bring the same points together (orthogonal Procrustes).

    Lengths stay. A best scale would not do: it is below 1 whenever points have moved, so a long sequence of maps, each
    aligned with the one before, would shrink to a point.
    """
    centre, goal = layout.mean(0), to.mean(0)
    u, _, v = np.linalg.svd((layout - centre).T.astype(np.float64) @ (to - goal))
    aligned: Layout = ((layout - centre) @ (u @ v) + goal).astype(np.float32)
    return aligned


def warm_up() -> None:
    """Compiles what UMAP needs, on tiny data: some seconds, once per process."""
    x = np.random.RandomState(0).randn(32, 4).astype(np.float32)
    umap_layout(x, umap_layout(x))


def checked(x: NDArray[Any], previous: Layout | None, dimensions: int = 2) -> NDArray[np.float32]:
    """x as float32, if it can be laid out."""
    x = np.asarray(x, np.float32)
    if x.ndim != 2 or x.shape[1] == 0:
        raise ValueError(f"Embeddings are a table of N x d numbers; this has shape {x.shape}.")
    if not np.isfinite(x).all():
        raise ValueError("The embeddings hold NaN or infinite numbers: the network has diverged.")
    if previous is not None and previous.shape != (len(x), dimensions):
        raise ValueError(f"The previous map has shape {previous.shape}; these are {len(x)} points.")
    if previous is not None and not np.isfinite(previous).all():
        raise ValueError("The previous map holds NaN or infinite numbers.")
    return x


def spread(plane: Layout, chance: np.random.RandomState) -> Layout:
    """A first guess of size 10 without coinciding points."""
    size = np.abs(plane).max()
    return (10 * plane / (size or 1.0) + chance.normal(0, 1e-3, plane.shape)).astype(np.float32)


def nearest(x: NDArray[np.float32], k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The k nearest of each point, itself first, and their cosine distances: two N x k tables. Exact.

    1 − cos = ½ ‖u − v‖² of the unit vectors. Taken after subtracting their mean, it keeps its digits when a collapsed
    network makes all cosines 0.9999….
    """
    unit = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
    unit -= unit.mean(0)
    half = 0.5 * (unit**2).sum(1)
    tables = []
    for start in range(0, len(x), 1000):
        rows = np.arange(min(1000, len(x) - start))
        distance = half[start + rows, None] + half - unit[start + rows] @ unit.T
        distance[rows, start + rows] = -np.inf  # itself first, also among equals
        index = np.argpartition(distance, k - 1, axis=1)[:, :k]
        near = np.take_along_axis(distance, index, 1)
        order = near.argsort(1)
        tables.append((np.take_along_axis(index, order, 1), np.take_along_axis(near, order, 1).clip(0)))
    indices, distances = (np.concatenate(column) for column in zip(*tables, strict=True))
    return indices.astype(np.int32), distances
