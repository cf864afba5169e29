"""Maps that are good, that stay put, and that survive strange embeddings."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from sslviz.measures import projection
from sslviz.measures.settle import FRICTION, settle

UMAP = pytest.param(projection.umap_layout, marks=pytest.mark.slow)  # is compiled first: seven seconds


@pytest.fixture(scope="module")
def digits():
    """600 real pictures as 600 x 64 numbers."""
    return load_digits().data[:600].astype(np.float32)


@pytest.fixture(scope="module")
def cold(digits):
    return projection.umap_layout(digits)


def diameter(layout):
    return np.linalg.norm(np.ptp(layout, axis=0))


def moved(layout, before):
    return np.median(np.linalg.norm(layout - before, axis=1)) / diameter(before)


def trust(x, layout):
    return trustworthiness(x, layout, n_neighbors=15, metric="cosine")


def test_pca_is_that_of_sklearn(digits):
    ours, theirs = projection.pca(digits), PCA(2).fit_transform(digits.astype(np.float64))
    assert ours.dtype == np.float32
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-2)


def test_pca_signs_do_not_depend_on_the_order_of_the_points(digits):
    np.testing.assert_allclose(projection.pca(digits[::-1])[::-1], projection.pca(digits), atol=1e-2)


@pytest.mark.parametrize("mirror", [1, -1])
def test_align_undoes_a_rigid_motion(mirror):
    to = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    turn = np.array([[np.cos(2), -np.sin(2)], [np.sin(2), np.cos(2)]]) @ np.diag([1, mirror])
    np.testing.assert_allclose(projection.align((to @ turn + [3, -7]).astype(np.float32), to), to, atol=1e-5)


def test_align_never_shrinks():
    chance = np.random.default_rng(0)
    layout, to = (chance.normal(size=(50, 2)).astype(np.float32) for _ in range(2))
    assert projection.align(layout, to).std() == pytest.approx(layout.std(), rel=0.2)
    assert np.linalg.norm(np.subtract(*projection.align(layout, to)[:2])) == pytest.approx(
        np.linalg.norm(layout[0] - layout[1]), rel=1e-5
    )


def test_nearest_is_exact_also_when_collapsed(digits):
    collapsed = 1000 + 0.01 * digits.astype(np.float64)  # all cosines above 0.9999
    for x in (digits.astype(np.float64), collapsed):
        unit = x / np.linalg.norm(x, axis=1, keepdims=True)
        true = 0.5 * ((unit[:, None] - unit) ** 2).sum(2)
        indices, distances = projection.nearest(x.astype(np.float32), 15)
        assert (indices[:, 0] == np.arange(len(x))).all()
        np.testing.assert_allclose(distances, np.sort(true, axis=1)[:, :15], rtol=0.02, atol=1e-3 * true.max())


@pytest.mark.slow
def test_umap_is_reproducible(digits, cold):
    np.testing.assert_array_equal(projection.umap_layout(digits), cold)
    np.testing.assert_array_equal(projection.umap_layout(digits, cold), projection.umap_layout(digits, cold))
    assert cold.dtype == np.float32


@pytest.mark.slow
def test_unchanged_embedding_stays_put(digits, cold):
    layout = cold
    for _ in range(3):
        before, layout = layout, projection.umap_layout(digits, layout)
        assert moved(layout, before) < 0.0005
    assert moved(layout, cold) < 0.001


@pytest.mark.slow
def test_small_change_moves_little_large_change_moves_much(digits, cold):
    noise = np.random.default_rng(0).normal(size=digits.shape).astype(np.float32)
    little = moved(projection.umap_layout(digits + 0.1 * noise, cold), cold)
    much = moved(projection.umap_layout(digits[::-1].copy(), cold), cold)
    assert little < 0.02 < 0.1 < much


@pytest.mark.slow
def test_map_of_a_sequence_is_as_good_as_a_fresh_one(digits, cold):
    start = np.random.default_rng(0).normal(size=digits.shape).astype(np.float32) * 5  # nothing learnt yet
    layout = projection.umap_layout(start)
    assert trust(digits, layout) < 0.6
    for share in (*np.linspace(0, 1, 8), 1, 1):
        layout = projection.umap_layout((1 - share) * start + share * digits, layout)
    assert trust(digits, layout) > trust(digits, cold) - 0.03


@pytest.mark.slow
def test_first_map_is_as_good_as_plain_umap(digits, cold):
    import umap

    assert trust(digits, cold) > trust(digits, umap.UMAP(metric="cosine").fit_transform(digits)) - 0.01


@pytest.mark.slow
def test_settle_follows_the_mean_of_umaps_forces():
    """One step from rest on a triangle and a loner, against the sums written out."""
    y = np.array([[0, 0], [1, 0], [0, 2], [5, 5]], np.float32)
    w = np.array([[0, 1, 0.5, 0.2], [1, 0, 0.3, 0], [0.5, 0.3, 0, 0], [0.2, 0, 0, 0]])
    a, b = 1.577, 0.895
    expected = y.astype(np.float64)
    for i in range(4):
        d2 = ((y[i] - y) ** 2).sum(1) + 1e-12
        pull = 2 * w[i] * np.minimum(2 * a * b * d2 ** (b - 1) / (1 + a * d2**b), 4 / np.sqrt(d2))
        push = np.minimum(2 * b / ((0.001 + d2) * (1 + a * d2**b)), 4 / np.sqrt(d2)) * (d2 > 1e-9)
        force = (pull[:, None] * (y - y[i])).sum(0) + 5 * w[i].sum() * (push[:, None] * (y[i] - y)).mean(0)
        step = 0.8 * force / pull.sum()
        length = np.linalg.norm(step)
        expected[i] += step / length * min(length - FRICTION, 1)
    expected += y.mean(0) - expected.mean(0)  # no drift
    np.testing.assert_allclose(settle(y, sparse.csr_matrix(w), a, b, 1), expected, atol=2e-3)


STRANGE = {
    "constant": np.ones((100, 8)),
    "zero": np.zeros((100, 8)),
    "collapsed": 1 + 1e-6 * np.random.default_rng(0).normal(size=(100, 8)),
    "duplicates": np.repeat(np.random.default_rng(0).normal(size=(10, 8)), 10, 0),
    "one number each": np.random.default_rng(0).normal(size=(100, 1)),
    "fewer points than neighbours": np.random.default_rng(0).normal(size=(9, 8)),
    "four points": np.random.default_rng(0).normal(size=(4, 8)),
    "two points": np.random.default_rng(0).normal(size=(2, 8)),
    "one point": np.ones((1, 8)),
    "no point": np.ones((0, 8)),
    "half precision": np.random.default_rng(0).normal(size=(50, 8)).astype(np.float16),
}


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("kind", [projection.pca, UMAP, projection.tsne])
def test_strange_embeddings_get_a_finite_map(kind, name):
    x = STRANGE[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first = kind(x)
        second = kind(x, first)
    for layout in (first, second):
        assert layout.shape == (len(x), 2)
        assert layout.dtype == np.float32
        assert np.isfinite(layout).all()


@pytest.mark.parametrize("kind", [projection.pca, projection.umap_layout, projection.tsne])
def test_bad_input_is_refused_in_a_sentence(kind):
    x = np.ones((10, 3), np.float32)
    with pytest.raises(ValueError, match="diverged"):
        kind(np.where(np.eye(10, 3) > 0, np.nan, x))
    with pytest.raises(ValueError, match="10 points"):
        kind(x, np.zeros((9, 2), np.float32))
    with pytest.raises(ValueError, match="previous map holds NaN"):
        kind(x, np.full((10, 2), np.nan, np.float32))
    with pytest.raises(ValueError, match="N x d"):
        kind(np.ones(10, np.float32))


@pytest.mark.slow
def test_map_that_had_collapsed_to_a_point_starts_anew(digits):
    layout = projection.umap_layout(digits, np.zeros((len(digits), 2), np.float32))
    assert trust(digits, layout) > 0.9


@pytest.mark.slow
def test_tsne_goes_on_from_the_map_before(digits):
    first = projection.tsne(digits)
    again = projection.tsne(digits, first)
    assert trust(digits, first) > 0.95
    assert trust(digits, again) > 0.95
    assert moved(again, first) < 0.05


def test_pca_in_space_is_that_of_sklearn(digits):
    ours, theirs = projection.pca(digits, dimensions=3), PCA(3).fit_transform(digits.astype(np.float64))
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-2)
    np.testing.assert_allclose(projection.pca(digits[:, ::-1].copy(), ours, dimensions=3), ours, atol=1e-2)


@pytest.mark.parametrize("kind", [projection.pca, UMAP, projection.tsne])
@pytest.mark.parametrize("name", ["constant", "one number each", "four points", "one point"])
def test_strange_embeddings_get_a_finite_map_in_space(kind, name):
    x = STRANGE[name]
    for layout in (first := kind(x, dimensions=3), kind(x, first, dimensions=3)):
        assert layout.shape == (len(x), 3)
        assert np.isfinite(layout).all()
    with pytest.raises(ValueError, match="previous map"):
        kind(x, np.zeros((len(x), 2), np.float32), dimensions=3)


@pytest.mark.slow
def test_umap_in_space_is_as_good_as_umap_learns_and_stays_put(digits):
    import umap

    first = projection.umap_layout(digits, dimensions=3)
    again = projection.umap_layout(digits, first, dimensions=3)
    theirs = umap.UMAP(metric="cosine", n_components=3).fit_transform(digits)
    assert trust(digits, first) > trust(digits, theirs) - 0.01
    assert moved(again, first) < 0.0005
    assert np.ptp(again, axis=0).min() > 1  # no axis was lost


@pytest.mark.slow
@pytest.mark.parametrize(("n_neighbors", "min_dist"), [(2, 0.1), (200, 0.1), (15, 0.0), (15, 0.99)])
def test_umap_at_the_ends_of_its_knobs(digits, n_neighbors, min_dist):
    layout = projection.umap_layout(digits, n_neighbors=n_neighbors, min_dist=min_dist)
    assert np.isfinite(layout).all()
    assert trust(digits, layout) > (0.7 if n_neighbors == 2 else 0.8)  # pairs know little of the whole
