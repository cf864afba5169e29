"""What the patches of a picture have in common, against slow and second ways."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from sslviz.exhibits.attention.patches import components, cosines_with, rgb

TOKENS = np.random.default_rng(0).normal(size=(64, 24)).astype(np.float32) * np.linspace(3, 0.1, 24, dtype=np.float32)


def test_cosines_against_a_slow_loop() -> None:
    found = cosines_with(TOKENS, TOKENS[5])
    for patch, token in enumerate(TOKENS):
        dot = sum(float(a) * float(b) for a, b in zip(token, TOKENS[5], strict=True))
        lengths = sum(float(a) ** 2 for a in token) * sum(float(b) ** 2 for b in TOKENS[5])
        assert found[patch] == pytest.approx(dot / lengths**0.5, abs=1e-5)
    assert found[5] == pytest.approx(1)
    assert cosines_with(np.zeros((4, 3)), np.ones(3)).tolist() == [0, 0, 0, 0]


def test_components_are_those_of_scikit_learn_up_to_their_sign() -> None:
    found, theirs = components(TOKENS), PCA(3, svd_solver="full").fit_transform(TOKENS)
    for mine, other in zip(found.T, theirs.T, strict=True):
        np.testing.assert_allclose(mine, other * np.sign(mine @ other), atol=1e-3)
        assert mine[np.abs(mine).argmax()] > 0


def test_colours_are_the_svd_of_the_centred_tokens_stretched() -> None:
    u, s, _ = np.linalg.svd((TOKENS - TOKENS.mean(0)).astype(np.float64), full_matrices=False)
    found = rgb(TOKENS)
    assert found.min(0).tolist() == [0, 0, 0]
    assert found.max(0).tolist() == [1, 1, 1]
    for channel in range(3):
        scores = u[:, channel] * s[channel]
        straight = (scores - scores.min()) / (scores.max() - scores.min())
        gap = min(np.abs(found[:, channel] - straight).max(), np.abs(found[:, channel] - (1 - straight)).max())
        assert gap < 1e-4
    assert (rgb(np.ones((16, 8))) == 0.5).all()  # patches that do not differ have no direction
