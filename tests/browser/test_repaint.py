"""What is repainted where it stands must look as if plotly had drawn it."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.browser

APP = Path(__file__).with_name("repaint_app.py")
CHART = "key => document.querySelector(`.st-key-${key} .sslviz-plot`)"
PICTURES = f"key => [...({CHART})(key).querySelectorAll('image')].map(each => each.href.baseVal).join()"


@pytest.fixture(scope="module")
def states(serve_module):
    return serve_module(APP)


def drawn(page, key: str) -> np.ndarray:
    page.mouse.move(2, 2)  # away: no bar of buttons, no tooltip
    page.wait_for_timeout(500)
    return np.asarray(Image.open(io.BytesIO(page.locator(f".st-key-{key} .sslviz-plot").screenshot())).convert("RGB"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_looks_as_plotly_draws_it(states, page, scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(states.url)
    page.wait_for_function("() => document.querySelectorAll('.sslviz-plot .heatmaplayer image').length === 2")
    page.evaluate(
        "() => { const { react } = Plotly; window.reacts = 0; Plotly.react = (...a) => ++reacts && react(...a) }"
    )
    for _ in range(2):  # there and back
        before = {key: (page.evaluate(PICTURES, key), drawn(page, key)) for key in ("tiles", "matrix")}
        page.get_by_text("the other state").click()
        for key, (pictures, seen) in before.items():
            page.wait_for_function(f"([key, before]) => ({PICTURES})(key) !== before", arg=[key, pictures])
            repainted = drawn(page, key)
            assert np.any(repainted != seen)
            assert page.evaluate("window.reacts") == 0
            page.evaluate(f"key => Plotly.redraw(({CHART})(key))", key)
            apart = np.abs(repainted.astype(int) - drawn(page, key)).max(2)
            assert (apart > 8).mean() < 0.001
    words = f"key => [...({CHART})(key).querySelectorAll('text')].map(each => each.textContent)"
    assert {"J 0.0", "J 0.2", "state 0"} <= set(page.evaluate(words, "tiles"))
    assert page.complaints == []


def test_what_is_zoomed_stays_zoomed(states, page) -> None:
    page.goto(states.url)
    page.wait_for_function("() => document.querySelectorAll('.sslviz-plot .heatmaplayer image').length === 2")
    box = page.locator(".st-key-matrix .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"], steps=5)
    page.mouse.up()
    ends = f"() => ({CHART})('matrix')._fullLayout.xaxis.range"
    page.wait_for_function(f"() => ({ends})()[0] > 2")
    zoom, pictures = page.evaluate(ends), page.evaluate(PICTURES, "matrix")
    page.get_by_text("the other state").click()
    page.wait_for_function(f"([key, before]) => ({PICTURES})(key) !== before", arg=["matrix", pictures])
    assert page.evaluate(ends) == zoom
    zoomed = drawn(page, "matrix")
    page.evaluate(f"() => Plotly.redraw(({CHART})('matrix'))")
    assert page.evaluate(ends) == zoom
    assert (np.abs(zoomed.astype(int) - drawn(page, "matrix")).max(2) > 8).mean() < 0.001
    assert page.complaints == []
