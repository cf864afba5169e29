"""The pictures of the MAE room: pasted is the truth everywhere but under the mask; errors stand where they belong."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sslviz.exhibits.mae_room import figures_ratio
from sslviz.figures import mae

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")

CHANCE = np.random.default_rng(0)
TRUTH, PAINTED = (CHANCE.integers(0, 256, (32, 32, 3), dtype=np.uint8) for _ in range(2))
HIDDEN = CHANCE.random(64) < 0.5
ERROR = CHANCE.random(64).astype(np.float32)


def picture(trace) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(trace.source.split(",")[1]))))


def test_pasted_is_the_prediction_under_the_mask_and_the_truth_elsewhere() -> None:
    found = mae.pasted(PAINTED, TRUTH, HIDDEN)
    for patch, hidden in enumerate(HIDDEN):
        rows, columns = (slice(4 * i, 4 * i + 4) for i in divmod(patch, 8))
        expected = PAINTED if hidden else TRUTH
        np.testing.assert_array_equal(found[rows, columns], expected[rows, columns])


def test_four_pictures_of_which_the_last_is_the_error_on_hidden_patches() -> None:
    figure = mae.answer(TRUTH, HIDDEN, PAINTED, ERROR)
    visible, painted, truth = (picture(trace) for trace in figure.data[:3])
    assert (visible[np.broadcast_to(mae.grown(HIDDEN, TRUTH), TRUTH.shape)] == 128).all()
    np.testing.assert_array_equal(painted, PAINTED)
    np.testing.assert_array_equal(truth, TRUTH)
    shown = np.asarray(figure.data[3].z).reshape(-1)
    np.testing.assert_array_equal(np.isfinite(shown), HIDDEN)
    np.testing.assert_array_equal(shown[HIDDEN], ERROR[HIDDEN])
    notes = [f"<b>{name}</b>" for name in mae.NAMES]
    assert [note.text for note in figure.layout.annotations] == [*notes, "mean squared error of a hidden patch"]
    assert figure.layout.coloraxis.cmax >= ERROR[HIDDEN].max()


def test_a_strip_names_each_network_and_its_error() -> None:
    figure = mae.strip(
        [PAINTED, TRUTH], [ERROR, 0 * ERROR], HIDDEN, ["a", "b"], title="Two", x_title="network, and its error"
    )
    assert list(figure.layout.xaxis.ticktext) == [f"a<br>{ERROR[HIDDEN].mean():.4f}", "b<br>0.0000"]


@pytest.mark.parametrize("references", [{}, {"one colour": 0.04, "mean": 0.05}])
def test_the_errors_of_all_moments_are_drawn(references: dict[str, float]) -> None:
    figure = mae.lapse([0, 10, 100], [0.4, 0.2, 0.0], references)
    assert list(figure.layout.xaxis.ticktext) == ["0", "10", "100"]
    np.testing.assert_allclose(figure.data[0].y, [0.4, 0.2, 0.0])
    assert len(figure.layout.shapes) == len(references)


@pytest.fixture
def runs() -> pd.DataFrame:
    rows = [(kind, ratio, seed) for kind in figures_ratio.KINDS for ratio in (0.25, 0.9) for seed in (0, 1)]
    table = pd.DataFrame(rows, columns=["mask_type", "mask_ratio", "seed"]).assign(steps=5)
    numbers = ("linear", "linear_random_init", "masked_error", "patch_mean_error")
    return table.assign(**{name: CHANCE.random(12) for name in (*numbers, "common_error", "common_patch_mean_error")})


@pytest.mark.parametrize(
    ("draw", "column"),
    [(figures_ratio.linear, "linear"), (figures_ratio.error, "masked_error"), (figures_ratio.common, "common_error")],
)
def test_every_run_is_a_dot_and_every_line_the_mean_over_seeds(runs: pd.DataFrame, draw, column: str) -> None:
    figure = draw(runs)
    for kind in figures_ratio.KINDS:
        mine = runs[runs.mask_type == kind]
        lines, dots = ([t for t in figure.data if t.name == kind and t.mode == mode] for mode in ("lines", "markers"))
        np.testing.assert_allclose(lines[0].y, mine.groupby("mask_ratio")[column].mean(), rtol=1e-6)
        assert sorted(dots[0].y) == pytest.approx(sorted(mine[column]))
    assert "2 seeds" in figure.layout.title.subtitle.text
