"""What the figures say: the right cells outlined, the right numbers written, nothing slow inside."""

import io
import json
import math

import numpy as np
import pytest
from PIL import Image

from sslviz.figures import curves, matrix, sheet, softmax, style
from sslviz.figures import map as map_figure


def written(figure) -> dict:
    return json.loads(figure.to_json())


def cosines(total: int = 8) -> np.ndarray:
    z = np.random.default_rng(0).normal(size=(2 * total, 5))
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    return (z @ z.T).astype(np.float16)


@pytest.mark.parametrize(("order", "expected"), [("by view", [0, 1, 2, 8, 9, 10]), ("by image", [0, 8, 1, 9, 2, 10])])
def test_the_matrix_shows_the_first_pictures_in_the_chosen_order(order, expected):
    s = cosines()
    figure = matrix.similarity(s, images=3, order=order)
    z = np.asarray(figure.data[0].z)
    assert list(figure.layout.meta["cells"]) == expected
    off = ~np.eye(6, dtype=bool)
    np.testing.assert_array_equal(z[off], s[np.ix_(expected, expected)].astype(np.float32)[off])
    assert np.isnan(np.diag(z)).all()
    assert figure.data[0].texttemplate  # six rows: the numbers are printed
    assert list(figure.layout.xaxis.ticktext)[1] == {"by view": "2a", "by image": "1b"}[order]


def cells_of(shape) -> set[tuple[int, int]]:
    """(row, column) of the rectangles of an outline."""
    corners = [part.split("H")[0].split(",") for part in shape.path.split("M")[1:]]
    return {(round(float(y) + 0.44), round(float(x) + 0.44)) for x, y in corners}


def test_positives_and_false_negatives_are_outlined():
    figure = matrix.similarity(cosines(), images=4, labels=[7, 1, 7, 2, 0, 0, 0, 0])
    positive, false_negative = figure.layout.shapes
    assert cells_of(positive) == {(i, (i + 4) % 8) for i in range(8)}
    rows_of_7 = [0, 2, 4, 6]
    assert cells_of(false_negative) == {(i, j) for i in rows_of_7 for j in rows_of_7 if i % 4 != j % 4}


def test_a_large_matrix_is_sent_as_bytes_and_has_no_numbers():
    figure = written(matrix.similarity(cosines(32)))
    assert figure["data"][0]["z"]["dtype"] == "f4"
    assert "texttemplate" not in figure["data"][0]
    assert "shapes" not in figure["layout"] or not figure["layout"]["shapes"]
    assert len(json.dumps(figure)) < 30_000


@pytest.mark.parametrize(
    ("temperature", "expected"), [(1.0, [0.53635, 0.26634, 0.19731]), (0.1, [0.99904, 0.00091, 0.00005])]
)
def test_softmax_of_the_lecture(temperature, expected):
    scores = np.array([1.0, 0.9, 0.2, -0.1])  # the anchor itself, the positive, two negatives
    p = softmax.probabilities(scores, 0, temperature)
    assert p[0] == 0
    np.testing.assert_allclose(p[1:], expected, atol=1e-5)
    assert softmax.softmax(scores, 0, 1, temperature).layout.title.subtitle.text.startswith(
        f"P(positive) = {expected[0]:.3f}"
    )


def test_softmax_says_among_how_many_views() -> None:
    """The loss of the curve beside it asks more of them."""
    s = cosines(8)
    p = softmax.probabilities(s[0], 0, 0.2)
    subtitle = softmax.softmax(s[0], 0, 8, 0.2).layout.title.subtitle.text
    assert f"−ln P = {-math.log(p[8]):.3f} nats among the 16 views shown" in subtitle
    assert "loss" not in subtitle


def test_softmax_survives_float16_and_the_smallest_temperature():
    p = softmax.probabilities(cosines()[3], 3, 0.001)
    assert np.isfinite(p).all()
    assert p.sum() == pytest.approx(1)
    assert softmax.softmax(cosines()[3], 3, 11, 0.001).data


def test_entropy_counts_equal_candidates():
    assert math.exp(softmax.entropy(np.full(7, 1 / 7))) == pytest.approx(7)
    subtitle = softmax.softmax(np.zeros(8), 0, 4, 0.2).layout.title.subtitle.text
    assert "effective negatives 6.0 of 6" in subtitle


def test_bars_know_their_rows_and_kinds():
    scores = np.linspace(-1, 1, 8)
    figure = softmax.softmax(scores, 0, 4, 0.5, labels=[3, 3, 1, 2], ordered=True)
    rows = {bar.name: sorted(bar.customdata.tolist()) for bar in figure.data}
    assert rows == {"positive": [4], "same class": [1, 5], "negative": [2, 3, 6, 7]}
    heights = np.concatenate([bar.y for bar in figure.data])[np.argsort(np.concatenate([bar.x for bar in figure.data]))]
    assert (np.diff(heights) <= 0).all()


def line(name="loss", last=100.0, color=0) -> curves.Series:
    return curves.Series(name, np.arange(0, 1000, 10), np.linspace(5, last, 100), color)


def test_a_curve_names_its_axes_and_references():
    figure = curves.curves([line(last=3)], title="Loss", y_title="NT-Xent (nats)", references={"ln(2N−1)": 6.236})
    assert figure.layout.xaxis.title.text == "training step"
    assert figure.layout.yaxis.title.text == "NT-Xent (nats)"
    assert [note.text for note in figure.layout.annotations] == ["ln(2N−1) 6.24"]
    assert figure.layout.yaxis.range is None  # else a new range with every step would undo a zoom


def test_labels_keep_apart():
    references = {"random initialisation": 0.17, "chance": 0.16, "supervised": 0.165}
    series = [line("k-NN on shape", 0.17), line("k-NN on hue", 0.17, 1)]
    figure = curves.curves(series, title="k-NN", y_title="accuracy", references=references, percent=True)
    notes = sorted(figure.layout.annotations, key=lambda note: note.y)
    low, high = curves._range(series, references)
    places = [(n.y - low) / (high - low) * (340 - 120) + n.yshift for n in notes]
    lines = [n.text.count("<br>") + 1 for n in notes]
    for i in range(1, len(notes)):
        assert places[i] - places[i - 1] >= curves._LINE * (lines[i] + lines[i - 1]) / 2 - 1e-6
    assert "random<br>initialisation 17%" in [note.text for note in notes]


def test_no_label_stands_above_the_plot_where_the_subtitle_is():
    references = {"chance": 0.1, "supervised": 1.0, "probe of random weights": 0.98}
    figure = curves.curves([line(last=3)], title="k-NN", y_title="accuracy", references=references, y_range=(0, 1))
    notes = sorted(figure.layout.annotations, key=lambda note: note.y * (340 - 120) + note.yshift)
    places = [note.y * (340 - 120) + note.yshift for note in notes]
    half = [(note.text.count("<br>") + 1) * curves._LINE / 2 for note in notes]
    assert places[-1] + half[-1] <= 340 - 120
    assert all(places[i + 1] - places[i] >= half[i] + half[i + 1] - 1e-6 for i in range(2))


@pytest.mark.parametrize(("count", "written_out"), [(3, True), (10, False), (30, False)])
def test_pins_do_not_become_clutter(count, written_out):
    pins = [curves.Pin(990 - 9 * i, f"τ → 0.{i:02d}") for i in range(count)]
    figure = curves.curves([line()], title="Loss", y_title="loss (nats)", pins=pins)
    trace = figure.data[-1]
    assert list(trace.x) == sorted(trace.x)
    assert all("τ → 0." in text for text in trace.hovertext)
    assert any("τ" in text for text in trace.text) == written_out
    assert sum(map_text != "" for map_text in trace.text) <= min(count, curves.MOST_NUMBERED)
    if written_out:  # so close together: each in a row of its own
        assert len({text.count("<br>") for text in trace.text}) == count


@pytest.mark.parametrize("value", [[], [2.0], [float("nan")], [1.0, float("nan"), 2.0]])
def test_a_curve_may_be_empty_short_or_have_holes(value):
    series = curves.Series("loss", np.arange(len(value)), np.array(value))
    assert curves.curves([series, line()], title="Loss", y_title="loss", references={"r": 1.0}).to_json()


def test_the_map_keeps_each_pictures_number():
    layout = np.random.default_rng(0).normal(size=(50, 2))
    labels = np.arange(50) % 3
    figure = map_figure.scatter(layout, labels=labels, classes=["circle", "square"])
    assert [trace.name for trace in figure.data] == ["circle", "square", "class 2"]
    for trace in figure.data:
        np.testing.assert_allclose(layout[trace.customdata, 0].astype(np.float32), trace.x)
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    assert figure.layout.yaxis.scaleanchor == "x"


def test_the_map_by_a_hue_goes_round():
    figure = map_figure.scatter(np.zeros((5, 2)), factor=np.linspace(0, 1, 5), factor_name="hue", cyclic=True)
    scale = figure.data[0].marker.colorscale
    assert scale[0][1] == scale[-1][1]
    assert (figure.data[0].marker.cmin, figure.data[0].marker.cmax) == (0, 1)


def test_a_contact_sheet_holds_each_picture_at_its_place():
    pictures = np.zeros((7, 8, 8, 3), np.uint8)
    for i in range(7):
        pictures[i] = [40 * i, 200, 255 - 30 * i]
    opened = np.asarray(Image.open(io.BytesIO(sheet.contact_sheet(pictures, columns=3, scale=2))))
    assert opened.shape == (3 * 16, 3 * 16, 3)
    for i in range(7):
        middle = opened[i // 3 * 16 + 8, i % 3 * 16 + 8]
        np.testing.assert_allclose(middle, pictures[i, 0, 0], atol=6)


def test_a_pairs_sheet_is_crisp_and_has_clear_gaps():
    views = np.random.default_rng(0).integers(0, 255, (2, 5, 8, 8, 3), dtype=np.uint8)
    opened = np.asarray(Image.open(io.BytesIO(sheet.pairs_sheet(views, columns=3, scale=2, gap=4))))
    assert opened.shape == (2 * 32 + 12, 3 * 16 + 2 * 4, 4)
    np.testing.assert_array_equal(opened[16:32:2, 20:36:2, :3], views[1, 1])
    np.testing.assert_array_equal(opened[44:60:2, :16:2, :3], views[0, 3])
    assert (opened[:, 16:20, 3] == 0).all()


def test_sheets_refuse_what_they_cannot_draw():
    with pytest.raises(ValueError, match="uint8 pictures"):
        sheet.contact_sheet(np.zeros((2, 8, 8, 3), np.float32), columns=2)


def test_every_figure_says_how_to_read_it_and_stays_transparent():
    for module in (curves, matrix, softmax, map_figure, sheet):
        assert module.HOW_TO_READ.endswith(".")
    figure = written(map_figure.scatter(np.zeros((2, 2))))
    assert figure["layout"]["template"]["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
    assert style.sprite("u", 101, columns=50, kind="point")["sprite"]["rows"] == 3


def test_the_correlation_matrix_has_names_and_the_full_range():
    figure = matrix.correlation(np.eye(5, dtype=np.float16))
    (heat,) = figure.data
    assert (heat.zmin, heat.zmax) == (-1, 1)
    np.testing.assert_array_equal(heat.z, np.eye(5))
    assert figure.layout.title.text
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text


@pytest.mark.parametrize("step", [0, 300, 600, 700, 999])
def test_a_long_pin_is_broken_into_lines_that_fit_beside_it(step):
    text = "fork: learning rate = 0.002, temperature = 0.07, crop scale = 0.08, hue = 0.5"
    figure = curves.curves([line()], title="Loss", y_title="loss", pins=[curves.Pin(step, text)])
    trace, share = figure.data[-1], step / 999
    room = share * 240 + 45 if trace.textposition[0] == "top left" else (1 - share) * 240 + 16
    lines = trace.text[0].split("<br>")
    assert max(len(part) for part in lines) * 7.5 <= room  # in a plot 240 pixels wide
    assert " ".join(lines) == text
    assert figure.layout.margin.t >= 48 + 17 * len(lines)
