"""Points on the circle and the sphere in a real browser: everything moves under the hand while the server sleeps."""

import re
from pathlib import Path

import numpy as np
import pytest

from sslviz.exhibits.geometry import maths
from sslviz.exhibits.geometry.page import SEED

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = Path(__file__).parents[2] / "sslviz" / "exhibits" / "geometry"
CASES = [("NT-Xent", 0.01), ("NT-Xent", 0.2), ("alignment + uniformity", 0.5), ("alignment + uniformity", 2.0)]
CASES += [("attraction only", 0.0), ("attraction only", 0.5), ("attraction only", 1.0)]


@pytest.fixture
def room(museum, page):
    """The page, with everything that it sends to the server from then on in `page.sent`."""
    page.sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append("frame")))
    page.on("request", lambda request: page.sent.append(request.url))

    def opened_at(query: str = ""):
        page.goto(f"{museum.url}/geometry?{query}")
        page.locator("[data-test-script-state=notRunning]").wait_for()
        page.locator(".geo[data-loss]").wait_for()
        page.wait_for_load_state("networkidle")
        page.locator(".geo-picture").scroll_into_view_if_needed()
        return page

    return opened_at


def drawn(page) -> dict:
    """The loss, the bold arrows and where the points stand."""
    return page.evaluate(
        """() => ({ loss: +document.querySelector('.geo').dataset.loss,
        arrows: [...document.querySelectorAll('.arrow.total')].map(a => a.getAttribute('d')),
        points: Object.fromEntries([...document.querySelectorAll('.handle')].map(h =>
            [h.dataset.view, [+h.getAttribute('cx'), +h.getAttribute('cy')]])) })"""
    )


def centre(page, view: str) -> tuple[float, float]:
    box = page.locator(f'.handle[data-view="{view}"]').bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def number(page, name: str) -> float:
    text = page.locator(f"dt:has-text('{name}') + dd").inner_text()
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("mode", ["circle", "sphere"])
def test_dragging_moves_arrows_and_loss_and_sends_nothing_until_the_hand_rests(room, mode: str) -> None:
    page = room(f"mode={mode}")
    before, first = list(page.sent), drawn(page)
    x, y = centre(page, "1a")
    disc = page.locator(".disc").bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    seen = [first["loss"]]
    for part in (0.35, 0.7, 1):
        goal = disc["x"] + disc["width"] * 0.62, disc["y"] + disc["height"] * 0.2
        page.mouse.move(x + part * (goal[0] - x), y + part * (goal[1] - y))
        seen.append(drawn(page)["loss"])
    moved = drawn(page)
    assert len(set(seen)) == 4
    assert sum(a != b for a, b in zip(moved["arrows"], first["arrows"], strict=True)) > 4  # the far ones feel little
    assert {view for view in first["points"] if moved["points"][view] != first["points"][view]} == {"1a"}
    assert page.sent == before
    page.mouse.up()
    page.wait_for_url(re.compile(f"{mode}="))
    page.reload()
    page.locator(".geo[data-loss]").wait_for()
    again = drawn(page)
    assert again["loss"] == pytest.approx(moved["loss"], abs=1e-3)
    assert again["points"]["1a"] == pytest.approx(moved["points"]["1a"], abs=0.1)
    assert page.complaints == []


@pytest.mark.parametrize("mode", ["circle", "sphere"])
def test_arrow_keys_do_the_same(room, mode: str) -> None:
    page = room(f"mode={mode}")
    page.locator('.handle[data-view="3a"]').focus()
    before, states = list(page.sent), [drawn(page)]
    for key in ("ArrowLeft", "ArrowUp"):
        page.keyboard.down(key)
        states.append(drawn(page))
    assert len({state["loss"] for state in states}) == 3
    assert len({tuple(state["points"]["3a"]) for state in states}) == 3
    assert states[0]["arrows"] != states[2]["arrows"]
    assert states[0]["points"]["2b"] == states[2]["points"]["2b"]
    assert page.sent == before
    page.keyboard.up("ArrowLeft")
    page.keyboard.up("ArrowUp")
    page.wait_for_url(re.compile(f"{mode}="))
    page.locator("[data-test-script-state=notRunning]").wait_for()
    assert drawn(page) == states[2]  # the server's answer moves nothing
    assert page.evaluate("() => document.activeElement.dataset.view") == "3a"
    assert page.complaints == []


def test_the_sphere_turns_under_the_hand_and_the_loss_stays(room) -> None:
    page = room("mode=sphere")
    before, states = list(page.sent), [drawn(page)]
    disc = page.locator(".disc").bounding_box()
    x, y = next(
        (x, y)
        for x, y in (
            (disc["x"] + a * disc["width"], disc["y"] + b * disc["height"])
            for a in (0.3, 0.5, 0.7)
            for b in (0.3, 0.5, 0.7)
        )
        if min(np.hypot(*np.subtract((x, y), centre(page, view))) for view in states[0]["points"]) > 40
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 20)
    page.mouse.up()
    states.append(drawn(page))
    page.locator(".geo-picture").focus()
    page.keyboard.press("ArrowUp")
    states.append(drawn(page))
    assert len({state["loss"] for state in states}) == 1
    assert len({tuple(state["points"]["1a"]) for state in states}) == 3
    assert page.sent == before
    assert "sphere=" not in page.url
    assert page.complaints == []


@pytest.mark.parametrize("mode", ["circle", "sphere"])
@pytest.mark.parametrize("loss", maths.LOSSES)
def test_a_hundred_steps(room, loss: str, mode: str) -> None:
    """Attraction alone ends in one place, the two others keep the pictures apart; in Python it is the same."""
    page = room(f"mode={mode}&loss={loss.replace('+', '%2B')}")
    before = list(page.sent)
    page.get_by_role("button", name="100 gradient steps", exact=True).click()
    page.wait_for_function("() => document.querySelector('.geo').dataset.steps >= 50")
    assert page.sent == before
    page.locator('.geo[data-steps="100"]').wait_for()
    z, knob = maths.start(4, {"circle": 2, "sphere": 3}[mode], SEED), {"NT-Xent": 0.2}.get(loss, 0.5)
    for _ in range(100):
        z = maths.step(z, maths.forces(z, loss, knob).gradient, 0.05)
    assert drawn(page)["loss"] == pytest.approx(maths.forces(z, loss, knob).loss, abs=1e-6)
    assert number(page, "uniform (0") == pytest.approx(maths.facts(z)["uniform"], abs=1e-4)
    spread = np.ptp(list(drawn(page)["points"].values()), axis=0).max()
    if loss == "attraction only":
        assert spread < 1
        assert number(page, "uniform (0") > -0.001
        page.get_by_text("Collapsed: all views are in one place").wait_for()
    else:
        assert spread > 150
        assert number(page, "uniform (0") < -1.5
    page.wait_for_url(re.compile(f"{mode}="))
    page.locator("[data-test-script-state=notRunning]").wait_for()
    page.get_by_role("button", name="Back to the start").click()
    page.locator('.geo[data-steps="0"]').wait_for()
    start = maths.forces(maths.start(4, z.shape[1], SEED), loss, knob).loss
    assert drawn(page)["loss"] == pytest.approx(start, abs=1e-6)
    assert mode + "=" not in page.url.replace("mode=" + mode, "")
    assert page.complaints == []


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize(("loss", "knob"), CASES)
def test_the_browser_computes_what_python_computes(page, loss: str, knob: float, d: int) -> None:
    page.goto("about:blank")
    text = (HERE / "losses.js").read_text()
    for pictures in (2, 3, 8):
        z = maths.start(pictures, d, seed=11)
        theirs = page.evaluate(
            """async ([text, z, loss, knob]) => {
                const { measure, step } = await import("data:text/javascript," + encodeURIComponent(text));
                const found = measure(z, loss, knob);
                return { ...found, next: step(z, found.gradient, 0.05) };
            }""",
            [text, z.tolist(), loss, knob],
        )
        ours, facts = maths.forces(z, loss, knob), maths.facts(z)
        assert theirs["loss"] == pytest.approx(ours.loss, rel=1e-9, abs=1e-9)
        for part, value, gradient in (
            (theirs["partner"], ours.partner, ours.partner_gradient),
            (theirs["others"], ours.others, ours.others_gradient),
            ({"value": theirs["loss"], "gradient": theirs["gradient"]}, ours.loss, ours.gradient),
        ):
            assert part["value"] == pytest.approx(value, rel=1e-9, abs=1e-9)
            np.testing.assert_allclose(part["gradient"], gradient, rtol=1e-6, atol=1e-9)
        found = [theirs[name] for name in ("align", "uniform", "partnerCosine", "otherCosine")]
        assert found == pytest.approx([facts[name] for name in ("align", "uniform", "partners", "others")], abs=1e-9)
        np.testing.assert_allclose(theirs["next"], maths.step(z, ours.gradient, 0.05), atol=1e-9)


@pytest.mark.parametrize("width", [430, 800, 1440])
def test_it_fits_the_window(room, page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    room("n=8&mode=sphere")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    right = "() => Math.max(...[...document.querySelectorAll('.geo svg')].map(s => s.getBoundingClientRect().right))"
    assert page.evaluate(right) <= width
