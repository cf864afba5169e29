"""What the methods' own pictures say: the right numbers, the right tiles marked, small enough to be sent often."""

import base64
import io
import json
import math
import re

import numpy as np
import pytest
from PIL import Image

from sslviz.figures import (
    attention,
    bars,
    confusion,
    jigsaw,
    pixels,
    plane,
    predictions,
    prototypes,
    queue,
    reconstruction,
    spectrum,
    style,
    teacher,
    tiles,
)

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 255, (8, 12, 12, 3), dtype=np.uint8)
LOGITS = RNG.normal(size=(8, 10)).astype(np.float16)
LABELS = np.arange(8)


def chw(pictures: np.ndarray) -> np.ndarray:
    return pictures.transpose(0, 3, 1, 2)


def mae(hidden: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    mask = np.zeros((8, 9), np.uint8)
    mask[:, :hidden] = 1
    return PICTURES, mask, chw(255 - PICTURES), np.arange(72, dtype=np.float16).reshape(8, 9)


FIGURES = {
    "queue": lambda: queue.queue(RNG.uniform(-1, 1, (8, 512)).astype(np.float16), np.arange(512), batch=64),
    "usage": lambda: prototypes.usage(np.full(30, 1 / 30)),
    "assignments": lambda: prototypes.assignments(np.full((16, 30), 1 / 30, np.float16), labels=LABELS % 3),
    "spectrum": lambda: spectrum.spectrum(np.geomspace(0.5, 1e-9, 64).astype(np.float16), first=np.full(64, 0.1)),
    "channels": lambda: spectrum.channels(np.full(16, 0.2)),
    "plane": lambda: plane.plane(np.arange(3), np.array([0.3, 0.2, 0.1]), np.array([-0.1, -1, -2])),
    "entropy": lambda: teacher.entropy(np.arange(3), np.array([5, 4, 3.0]), 256, mean=np.array([5, 5, 5.0])),
    "outputs": lambda: teacher.outputs(LOGITS, np.zeros(10), 0.04),
    "reconstruction": lambda: reconstruction.reconstruction(*mae()),
    "attention": lambda: attention.attention(PICTURES, RNG.random((8, 4, 3, 3)).astype(np.float16)),
    "rotation": lambda: predictions.rotation(PICTURES, RNG.normal(size=(32, 4))),
    "jigsaw": lambda: jigsaw.jigsaw(chw(PICTURES), LOGITS[:, :5], LABELS % 5, np.stack([RNG.permutation(9)] * 5)),
    "colorization": lambda: predictions.colorization(
        chw(PICTURES), chw(PICTURES), PICTURES, confidence=RNG.random((8, 4, 4))
    ),
    "classes": lambda: predictions.classes(PICTURES, LOGITS, LABELS),
    "confusion": lambda: confusion.confusion(LABELS, LOGITS.argmax(1), [str(c) for c in range(10)]),
    "angles": lambda: confusion.angles(RNG.normal(size=(32, 4))),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_named_and_keeps_what_was_zoomed(name):
    figure = FIGURES[name]()
    assert figure.layout.title.text
    assert figure.layout.uirevision == "keep"
    assert figure.layout.xaxis.title.text or any(
        "x domain" not in (note.xref or "") for note in figure.layout.annotations
    )
    assert figure.layout.yaxis.title.text or len(figure.layout.yaxis.ticktext)
    assert len(figure.to_json()) < 60_000
    for trace in json.loads(figure.to_json())["data"]:
        for key in ("x", "y", "z"):  # typed arrays, not numbers written out digit by digit
            assert key not in trace or trace[key]["dtype"] in ("f4", "i1", "i4", "u1"), (trace["type"], key)


def colored(part):
    """All but the template and the scales of colours, which are the same on both pages."""
    if isinstance(part, dict):
        return {key: colored(value) for key, value in part.items() if key not in ("template", "colorscale")}
    return [colored(value) for value in part] if isinstance(part, list) else part


def test_every_colour_has_one_for_the_dark_page():
    for name, make in FIGURES.items():
        drawn = json.loads(make().to_json())
        colors = set(re.findall("#[0-9a-f]{6}", json.dumps([colored(drawn["data"]), colored(drawn["layout"])])))
        assert colors <= style.DARK.keys(), name


def test_every_figure_says_how_to_read_it():
    for module in (
        queue,
        prototypes,
        spectrum,
        plane,
        teacher,
        reconstruction,
        attention,
        predictions,
        jigsaw,
        confusion,
    ):
        sentences = [value for name, value in vars(module).items() if name.startswith("HOW_TO_READ")]
        assert sentences
        assert all(sentence.endswith(".") and ". " not in sentence for sentence in sentences)


def test_the_queue_is_counted_by_age_and_cosine():
    cosines = np.full((8, 6), -0.9)
    cosines[2] = [0.9, 0.5, 0.1, 0.1, 0.5, 0.9]
    age = np.array([5, 4, 3, 0, 1, 2])  # the places are not in the order of age
    figure = queue.queue(cosines, age, query=2, batch=3)
    heat, mean, nearest = figure.data[0], figure.data[3], figure.data[4]
    np.testing.assert_allclose(heat.x, [0, 1, 2])
    np.testing.assert_allclose(np.nansum(heat.z, 0), 1)
    np.testing.assert_allclose(mean.y, [0.5, 0.5])
    np.testing.assert_allclose(nearest.y, [0.9, 0.9])
    row = np.flatnonzero(np.asarray(heat.z)[:, 0] > 0)
    np.testing.assert_allclose((heat.y[row] + heat.y[row + 1]) / 2, [0.1, 0.5, 0.9], atol=0.04)
    assert (
        "8 queries, 6 keys · mean cosine −0.72"
        in queue.queue(cosines, age, query=None, batch=3).layout.title.subtitle.text
    )


@pytest.mark.parametrize(("keys", "batch"), [(65_536, 256), (256, 512), (300, 7), (10, None)])
def test_any_queue_can_be_drawn(keys, batch):
    figure = queue.queue(np.zeros((8, keys), np.float16), RNG.permutation(keys), batch=batch)
    assert len(figure.to_json()) < 30_000
    np.testing.assert_allclose(np.nansum(figure.data[0].z, 0), 1)
    assert figure.data[0].x[-1] == pytest.approx(keys / (batch or 1))


def test_usage_counts_what_is_used_alike():
    share = np.zeros(20)
    share[[3, 7, 11, 19]] = 0.25
    figure = prototypes.usage(share)
    assert "exp(H) = 4.0 of 20" in figure.layout.title.subtitle.text
    bar, line = figure.data
    np.testing.assert_allclose(bar.y[:5], [0.25, 0.25, 0.25, 0.25, 0])
    assert list(bar.customdata[:4]) == [4, 8, 12, 20]  # counted from one
    np.testing.assert_allclose(line.y, 1 / 20)


def test_very_many_bars_become_one_area():
    values = np.arange(bars.MOST_BARS + 1.0)
    (area, _) = prototypes.usage(values).data
    assert area.fill == "tozeroy"
    assert (np.diff(area.x) == 1).all()
    np.testing.assert_allclose(area.y[:-1], np.sort(values / values.sum())[::-1], rtol=1e-6)


def test_codes_of_partners_lie_below_each_other_and_form_a_staircase():
    codes = np.zeros((8, 6), np.float16)  # four pictures: the first views, then the second ones
    for picture, prototype in enumerate([4, 1, 4, 0]):
        codes[picture, prototype] = 1
        codes[picture + 4, prototype if picture != 1 else 5] = 1
    figure = prototypes.assignments(codes)
    assert list(figure.layout.yaxis.ticktext) == ["1a", "1b", "2a", "2b", "3a", "3b", "4a", "4b"]
    z = np.asarray(figure.data[0].z)
    assert z.argmax(1).tolist() == [0, 0, 1, 2, 0, 0, 3, 3]
    assert (z[:, 4:] == 0).all()  # what nobody uses comes last
    assert "75% of the pictures shown" in figure.layout.title.subtitle.text
    assert "exp(H) = 1.0" in figure.layout.title.subtitle.text
    by_class = prototypes.assignments(codes, labels=[1, 0, 1, 0])
    assert list(by_class.layout.yaxis.ticktext)[::2] == ["2a", "4a", "1a", "3a"]


def test_the_spectrum_knows_its_line_and_its_cliff():
    sigma = np.array([0.5] * 3 + [1e-9])
    figure = spectrum.spectrum(sigma)
    line = figure.data[-1]
    np.testing.assert_allclose(line.y, 0.5)  # 1/√4
    assert figure.layout.annotations[0].y == pytest.approx(math.log10(0.5))
    assert figure.layout.yaxis.type == "log"
    assert figure.data[0].y.min() == pytest.approx(spectrum.FLOOR)  # zero has no logarithm
    assert "3 of 4" in figure.layout.title.subtitle.text
    assert "1 of 4" in spectrum.channels(np.array([0.5, 0.6, 0.5, 0.04])).layout.title.subtitle.text


def from_similarity(cosines: np.ndarray) -> tuple[float, float]:
    """Alignment and uniformity of the 2N views of a similarity matrix (|x − y|² = 2 − 2 cos); partners left out of the
    second."""
    s = np.asarray(cosines, dtype=np.float64)
    total = len(s) // 2
    picture = np.arange(len(s)) % total
    partners = s[np.arange(total), np.arange(total) + total]
    others = s[picture[:, None] != picture[None, :]]
    return float((2 - 2 * partners).mean()), float(np.log(np.exp(4 * others - 4).mean()))


def test_corners_of_the_plane():
    total = 200
    point = np.ones((2 * total, 2 * total))
    assert from_similarity(point) == pytest.approx((0, 0))
    z = RNG.normal(size=(2 * total, 2000))
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    assert from_similarity(z @ z.T) == pytest.approx((2, -4), abs=0.05)
    twice = np.concatenate([z[:total], z[:total]])
    assert from_similarity(twice @ twice.T) == pytest.approx((0, -4), abs=0.05)


def test_the_path_leaves_out_what_is_not_known():
    figure = plane.plane(np.array([0, 5, 9]), np.array([0.1, np.nan, 0.3]), np.array([-1, -2, -3.0]))
    path = figure.data[1]
    assert list(path.customdata) == [0, 9]
    assert path.marker.size[1] > path.marker.size[0]
    assert "step 9: alignment 0.30 · uniformity −3.00" in figure.layout.title.subtitle.text
    assert plane.plane(np.zeros(0), np.zeros(0), np.zeros(0)).to_json()


def test_the_teacher_is_centred_before_it_is_sharpened():
    logits, center = np.array([[0.0, 0.1, 0.2], [0.2, 0.1, 0.0]]), np.array([0.0, 0.0, 0.1])
    p = teacher.probabilities(logits, center, 0.1)
    expected = np.exp([[0, 1, 1], [2, 1, -1]])
    np.testing.assert_allclose(p, expected / expected.sum(1, keepdims=True))
    assert np.isfinite(teacher.probabilities(logits * 1e4, center, 1e-3)).all()


def test_outputs_tell_dominance_from_balance():
    each_its_own = 10 * np.eye(6)
    text = teacher.outputs(each_its_own, np.zeros(6), 0.04).layout.title.subtitle.text
    assert "over 6 views exp(H) = 6.0 of 6 · in one view 1.0" in text
    one_wins = np.tile(each_its_own[:1], (6, 1))
    assert "exp(H) = 1.0 of 6" in teacher.outputs(one_wins, np.zeros(6), 0.04).layout.title.subtitle.text


def test_entropy_runs_between_two_named_walls():
    figure = FIGURES["entropy"]()
    walls = {round(float(shape.y0), 3) for shape in figure.layout.shapes}
    assert walls == {0.0, round(math.log(256), 3)}
    names = " ".join(note.text.replace("<br>", " ") for note in figure.layout.annotations)
    assert "all outputs alike: ln K = 5.55" in names
    assert "one output wins: 0" in names


def opened(image) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(image.source.split(",")[1]))))


def test_reconstruction_hides_pastes_and_measures_hidden_patches_only():
    truth, mask, prediction, error = mae()
    figure = reconstruction.reconstruction(truth, mask, prediction, error, images=2)
    visible, painted, whole, heat = figure.data
    first = [opened(image)[:, :12, :3] for image in (visible, painted, whole)]
    hidden = np.zeros((3, 3), bool)
    hidden.flat[:5] = True
    hidden = hidden.repeat(4, 0).repeat(4, 1)
    assert (first[0][hidden] == reconstruction.HIDDEN).all()
    np.testing.assert_array_equal(first[0][~hidden], truth[0][~hidden])
    np.testing.assert_array_equal(first[1][hidden], 255 - truth[0][hidden])
    np.testing.assert_array_equal(first[1][~hidden], truth[0][~hidden])
    np.testing.assert_array_equal(first[2], truth[0])
    z = np.asarray(heat.z)  # two tiles of 3 x 3 and a gap
    assert z.shape == (3, 7)
    np.testing.assert_array_equal(z[:, :3], [[0, 1, 2], [3, 4, np.nan], [np.nan] * 3])
    np.testing.assert_array_equal(z[0, 3:], [np.nan, 9, 10, 11])
    assert list(figure.layout.xaxis.ticktext) == ["1<br>2", "2<br>11"]
    assert list(figure.layout.yaxis.ticktext) == ["visible", "predicted", "truth", "error"]
    # the map lies exactly below its pictures
    assert heat.x[4] == pytest.approx(13 / 12)
    assert (whole.dx, whole.x0) == (pytest.approx(1 / 12), pytest.approx(0.5 / 12))


def test_the_sheet_is_clear_where_there_is_nothing():
    drawn = np.asarray(Image.open(io.BytesIO(reconstruction.sheet(*mae(), images=2, zoom=1))))
    assert drawn.shape == (4 * 12 + 3, 2 * 12 + 1, 4)
    assert (drawn[:, 12, 3] == 0).all()
    assert (drawn[12, :, 3] == 0).all()
    np.testing.assert_array_equal(drawn[26:38, :12, :3], PICTURES[0])
    assert (drawn[39:43, :12, 3] == 255).all()
    assert (drawn[47:, :12, 3] == 0).all()  # visible patches have no error


def test_no_patch_hidden_is_no_accident():
    assert reconstruction.reconstruction(*mae(hidden=0)).to_json()
    with pytest.raises(ValueError, match="do not make a square"):
        reconstruction.reconstruction(PICTURES, np.ones((8, 8), np.uint8), chw(PICTURES), np.ones((8, 8)))


def test_attention_is_scaled_map_by_map():
    maps = np.zeros((2, 2, 3, 3))
    maps[0, 0, 1, 2], maps[0, 1, 0, 0], maps[1, 0] = 0.5, 0.1, 0.7
    figure = attention.attention(PICTURES[:2], maps)
    first, second = (np.asarray(trace.z) for trace in figure.data[1:])
    assert first[1, 2] == second[0, 0] == 1
    assert (first[:, 4:] == 0).all()  # a level map has no most
    assert list(figure.layout.yaxis.ticktext) == ["picture", "head 1", "head 2"]


def test_rotations_are_marked_right_and_wrong():
    logits = np.full((8, 4), 0.0)
    logits[np.arange(8), np.repeat(np.arange(4), 2)] = 20  # all right …
    logits[2] = [0, 0, 20, 0]  # … but the first picture turned by 90°
    figure = predictions.rotation(PICTURES[:2], logits)
    first = next(trace for trace in figure.data if trace.type == "scatter")
    assert list(first.text) == ["✓ 0° 100%", "✗ 180° 100%", "✓ 180° 100%", "✓ 270° 100%"]
    assert "88% of 8 right" in figure.layout.title.subtitle.text
    halo, frame = figure.layout.shapes
    assert frame.path.count("M") == halo.path.count("M") == 1
    pitch = 1 + 1 / 12
    assert float(frame.path[1:].split(",")[0]) == pytest.approx(pitch, abs=0.04)
    second = opened(figure.data[0])[:, 13:25, :3]
    np.testing.assert_array_equal(second, np.rot90(PICTURES[0]))
    turned = np.concatenate([np.rot90(PICTURES[:2], k, (1, 2)) for k in range(4)])
    np.testing.assert_array_equal(opened(predictions.rotation(turned, logits).data[0]), opened(figure.data[0]))


def test_angles_count_rotation_by_rotation():
    logits = np.repeat(np.eye(4), 5, 0)
    logits[0] = [0, 0, 1, 0]
    z = np.asarray(confusion.angles(logits).data[0].text)
    assert z[0].tolist() == ["4", "", "1", ""]
    assert "95% of 20 right" in confusion.angles(logits).layout.title.subtitle.text


@pytest.mark.parametrize("size", [12, 14])
def test_a_shuffled_picture_comes_back(size):
    picture = RNG.integers(0, 255, (size, size, 3), dtype=np.uint8)
    order = RNG.permutation(9)
    cell, shuffled = size // 3, picture.copy()
    for place, tile in enumerate(order):
        (r, c), (from_r, from_c) = divmod(place, 3), divmod(int(tile), 3)
        shuffled[r * cell : (r + 1) * cell, c * cell : (c + 1) * cell] = picture[
            from_r * cell : (from_r + 1) * cell, from_c * cell : (from_c + 1) * cell
        ]
    np.testing.assert_array_equal(jigsaw.unshuffle(shuffled, order), picture)


def test_the_puzzle_frames_the_tiles_in_wrong_places():
    permutations = np.array([[0, 1, 2, 3], [1, 0, 2, 3]], np.uint8)
    logits = np.array([[9.0, 0], [9, 0]])
    figure = jigsaw.jigsaw(chw(PICTURES[:2]), logits, np.array([0, 1]), permutations)
    shuffled, restored, truth = (opened(trace)[..., :3] for trace in figure.data)
    np.testing.assert_array_equal(restored, shuffled)  # the answer is always: not shuffled
    np.testing.assert_array_equal(truth[:, :12], PICTURES[0])
    np.testing.assert_array_equal(truth[:6, 13:19], PICTURES[1][:6, 6:])
    assert [text[0] for text in figure.layout.xaxis.ticktext] == ["✓", "✗"]
    assert figure.layout.shapes[0].path.count("M") == 2  # the two tiles that were exchanged


def test_classes_frame_the_truth_and_print_probabilities():
    logits = np.zeros((2, 3))
    logits[0, 2] = 50
    figure = predictions.classes(PICTURES[:2], logits, np.array([2, 1]), ["bar", "ring", "star"])
    np.testing.assert_allclose(np.asarray(figure.data[1].z)[:, [0, 2]].T, [[0, 0, 1], [1 / 3] * 3], atol=1e-6)
    assert list(figure.layout.yaxis.ticktext) == ["picture", "bar", "ring", "star"]
    assert list(figure.layout.xaxis.ticktext) == ["1 ✓", "2 ✗"]
    assert figure.layout.shapes[0].path.count("M") == 2


def test_of_many_classes_the_true_and_the_probable_are_shown():
    logits = np.zeros((8, 100))
    logits[:, 50] = 9
    names = [str(c) for c in range(100)]
    shown = list(predictions.classes(PICTURES, logits, LABELS, names).layout.yaxis.ticktext)[1:]
    assert len(shown) == predictions.MOST_CLASSES
    assert {"50", *(str(label) for label in LABELS)} <= set(shown)


def test_tiles_say_how_high_they_are_for_a_width():
    figure = FIGURES["reconstruction"]()
    fit = figure.layout.meta["fit"]
    assert figure.layout.height == pytest.approx(fit["ratio"] * (640 - fit["beside"]) + fit["above"], abs=1)
    with pytest.raises(ValueError, match="uint8 pictures"):
        tiles.figure([tiles.Row("a", PICTURES / 255)], title="t", x_title="x")


def test_painted_numbers_have_the_colours_of_the_scale():
    colors = pixels.painted(np.array([0.0, 1.0, np.nan, 9.0]), (0, 1))
    assert colors[0, :3].tolist() == [0, 34, 78]  # the first colour of Cividis
    assert colors[1].tolist() == colors[3].tolist()
    assert colors[:, 3].tolist() == [255, 255, 0, 255]
