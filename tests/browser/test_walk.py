"""The address is the state: whoever walks to a picture by clicks and keys, and whoever opens its address, see the same.

    CI=1 python -m pytest -m browser tests/browser/test_walk.py -k temperature

`WALKS` says what is done on each page. After every action the address must be another one, and at the end of every walk
a fresh page, opened at that address, must show the same charts (data, axes, titles), the same controls, and pictures
that are there. What by design is not in the address is told with `aside`, and why. A page is opened here anyway: before
the first step, in the windows of usual projectors, and at the end of each walk nothing may be cut off, and a method's
page must be one screen; and axe must find nothing in either theme.
"""

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as Timeout

from sslviz.methods import METHODS
from tests.browser.cockpit import DESKTOPS, PROJECTOR, wrong
from tests.browser.hand import PATIENCE, answered, click_cell, cut_off, quiet
from tests.browser.readable import unreadable
from tests.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOWN = (Path(__file__).parent / "walk.js").read_text()


@dataclass(frozen=True)
class Action:
    """One thing that a hand does. aside: why the address does not hold what it changes; "" if the address does."""

    do: Callable[[Any], object]
    name: str
    aside: str = ""


def choose(option: str, group: str = "", **more: str) -> Action:
    """An option of a segmented control; group: the name of the control, where several have such an option."""

    def do(page: Any) -> None:
        place = page.get_by_test_id("stMain")
        if group:
            place = place.get_by_test_id("stButtonGroup").filter(has_text=group)
        place.get_by_role("radio", name=option, exact=True).first.click()

    return Action(do, f"choose {option}", **more)


def slide(label: str, key: str = "ArrowRight", which: int = 0) -> Action:
    def do(page: Any) -> None:
        page.get_by_test_id("stMain").get_by_role("slider", name=re.compile(label)).nth(which).focus()
        page.keyboard.press(key)

    return Action(do, f"{label}: {key}")


def press(name: str, **more: str) -> Action:
    def do(page: Any) -> None:
        page.get_by_test_id("stMain").get_by_role("button", name=re.compile(name)).first.click()

    return Action(do, f"press {name}", **more)


def key(name: str, **more: str) -> Action:
    """A key that the page as a whole hears."""

    def do(page: Any) -> None:
        page.evaluate("() => document.activeElement?.blur()")
        page.keyboard.press(name)

    return Action(do, f"key {name}", **more)


def pick(label: str, option: str) -> Action:
    """An option of a list that opens."""

    def do(page: Any) -> None:
        box = page.get_by_test_id("stMain").get_by_role("combobox", name=re.compile(label)).first
        box.evaluate("box => box.scrollIntoView({block: 'center'})")  # a list at the edge closes when the page scrolls
        box.click()
        page.get_by_role("option", name=re.compile(option)).first.click()

    return Action(do, f"{label}: {option}")


def of_tile(name: str, option: str, label: str = "") -> Action:
    """What is chosen for one picture: its controls stand behind a click. label: of a list that opens."""

    def do(page: Any) -> None:
        button = page.locator(f".st-key-foot_{name}").get_by_role("button", name=re.compile("Choose"))
        button.click()
        body = page.get_by_test_id("stPopoverBody")
        if label:
            body.get_by_role("combobox", name=re.compile(label)).click()
            page.get_by_role("option", name=re.compile(option)).first.click()
        else:
            body.get_by_role("radio", name=option, exact=True).click()
        if body.count():
            button.click()
        body.wait_for(state="detached")

    return Action(do, f"{option} for {name}")


def toggle(label: str, **more: str) -> Action:
    return Action(lambda page: page.get_by_test_id("stCheckbox").filter(has_text=label).first.click(), label, **more)


def unfold(label: str, **more: str) -> Action:
    def do(page: Any) -> None:
        page.get_by_test_id("stExpander").filter(has_text=label).first.locator("summary").click()

    return Action(do, f"unfold {label}", **more)


def cell(title: str, row: int, column: int) -> Action:
    """A cell of a heat map."""

    return Action(lambda page: click_cell(page, title, row, column), f"cell {row}, {column} of {title}")


def class_of(name: str) -> Action:
    """All pictures of a class are picked."""
    why = "what is picked is kept by the window, for all its pages (picked.py)"
    return Action(lambda page: page.get_by_label("Pick a class").first.select_option(name), f"pick {name}", why)


MOMENT = [key("Home"), key("ArrowRight")]  # of the clock
PCA, LARGER = of_tile("map", "PCA"), of_tile("similarity", "16×16")
METHOD = [PCA, of_tile("map", "hue", "Colour"), *MOMENT]
MATRIX = [LARGER, of_tile("similarity", "by image"), cell("Similarity", 2, 5), PCA, *MOMENT]
HEALTH, ON = unfold("How healthy"), key("ArrowRight")
Walks = list[list[Action]]
WALKS: dict[str, Walks] = {  # by the address of a page
    **{name: [METHOD] for name in METHODS},
    "byol": [[HEALTH, *MATRIX]],
    "mae": [[HEALTH, *METHOD]],
    "dino": [[unfold("More pictures"), *METHOD], [key("2")], [key("Escape")]],
    "simclr": [[LARGER, HEALTH, toggle("Equation and code")], [*MATRIX[1:], class_of("circle")]],
    **{name: [[]] for name in ("home", "methods", "rooms", "runs", "blackboard")},
    # rooms
    "attention_room": [
        [slide("Share of the attention"), cell("Who looks where?", 3, 2)],
        [slide("Picture"), unfold("Through the training")],
    ],
    "mae_room": [
        [slide("mask ratio", "ArrowLeft"), choose("block"), slide("Dice")],
        [toggle("Paste"), choose("runs"), slide("Picture")],
        [choose("mask ratios")],
        [choose("cost")],
    ],
    "pretext_room": [
        [slide("Turned to the left"), slide("Test picture")],
        [choose("jigsaw"), press("In order")],
        [choose("colorization"), slide("Test picture")],
    ],
    "slow_motion": [[ON], [ON], [ON, ON], *[[ON]] * 4, [slide("Dice"), slide("Pictures N", "ArrowLeft")], [ON, ON, ON]],
    "slow_motion?walked=mae": [[ON, ON], *[[ON]] * 5, [key("ArrowLeft")]],
    # runs
    "compare": [
        [choose("step"), pick("Metric", "loss"), choose("y", "Logarithmic"), slide("Smoothing")],
        [choose("likeness"), choose("pca"), pick("Colour", "hue"), *MOMENT],
        [choose("spectrum"), choose("images"), unfold("All runs")],
    ],
    "twin": [
        [of_tile("similarity_a", "16×16"), of_tile("map_a", "PCA"), of_tile("map_a", "hue", "Colour")],
        [cell("Similarity", 3, 1), slide("Moment", "ArrowLeft")],
        [key("3")],
    ],
    "sweep": [[choose("linear"), cell("", 0, 0)]],
    "maps": [
        [choose("PCA"), slide("Moment", "ArrowLeft"), class_of("circle")],
        [pick("Colour", "true neighbours"), choose("since the start"), slide("Moment", which=1)],
        [pick("Second map: run", "BYOL"), press("before and after")],
    ],
    "judge": [[pick("Run", "BYOL")]],
    "projection_head": [[choose("evaluated k-NN")]],
    # the blackboard
    "infonce": [
        [choose("lecture hard"), slide("Temperature"), slide("Anchor")],
        [choose("circle"), slide("Pictures N")],
    ],
    "temperature": [[press("positive at 0.2")], [choose("3"), slide("Candidates"), slide("Score of the positive")]],
    "geometry": [[choose("sphere"), choose("alignment + uniformity"), slide("Pictures N")], [slide("Seed")]],
    "ema": [[choose("m rises to 1"), slide("Steps"), slide("Noise")], [slide("Seed")]],
    "studio": [[press("Crop and flip only"), slide("Dice"), slide("Picture")], [press("Colours only")]],
    "masking": [[slide("mask ratio"), choose("block"), slide("Dice")]],
    "labels": [[press("medical"), slide("Images that get a label", "ArrowLeft"), slide("Wage")]],
    "landscape": [
        [choose("Benchmark"), choose("detection (mAP, %)")],
        [choose("Contrastive zoo"), choose("BYOL")],
        [choose("Other fields")],
        [choose("Evaluations")],
    ],
    "chooser": [[choose("detect or segment"), choose("many GPUs"), choose("captions")]],
}


def act(page: Any, action: Action) -> None:
    before = page.url

    def moves() -> None:
        if not action.aside:
            try:
                page.wait_for_url(lambda url: url != before, wait_until="commit")
            except Timeout:
                pytest.fail(f"{action.name} changes nothing in the address: {before}")

    answered(page, lambda: action.do(page), moves)


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two descriptions of a page differ. Numbers: by more than a thousandth of the largest of their row (a
    history has sixteen bits).
    """
    if isinstance(one, dict) and isinstance(other, dict):
        names = dict.fromkeys([*one, *other])
        return [line for name in names for line in differences(one.get(name), other.get(name), f"{where}.{name}")]
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return [f"{where}: {len(one)} against {len(other)}: {str(one)[:300]} | {str(other)[:300]}"]
        numbers = [abs(x) for x in (*one, *other) if isinstance(x, int | float) and not isinstance(x, bool)]
        scale = max(numbers, default=0.0)
        pairs = [(i, a, b) for i, (a, b) in enumerate(zip(one, other, strict=True)) if not alike(a, b, scale)]
        return [line for i, a, b in pairs for line in differences(a, b, f"{where}[{i}]")]
    return [] if alike(one, other, 0.0) else [f"{where}: {str(one)[:160]} | {str(other)[:160]}"]


def alike(one: Any, other: Any, scale: float) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-3, abs_tol=1e-3 * scale)
    return bool(one == other)


def compare(page: Any, fresh: Any) -> list[str]:
    """Both pages until they show the same, or have had their time; then what differs."""
    end, opened = time.monotonic() + PATIENCE, ""
    while True:
        quiet(page)
        if page.url != opened:  # a clock that has come to rest says so late
            opened = page.url
            fresh.goto(opened)
        quiet(fresh)
        one, other = page.evaluate(SHOWN), fresh.evaluate(SHOWN)
        broken = one.pop("broken") + other.pop("broken")
        found = differences(one, other)
        if page.url != opened:
            found = [f"{opened} became {page.url}"]
        if not found or time.monotonic() > end:
            return found or [f"no picture: {url}" for url in broken]
        time.sleep(0.2)


def test_every_page_is_walked() -> None:
    assert {address.partition("?")[0] for address in WALKS} == set(PAGES)


@pytest.mark.parametrize("address", WALKS)
def test_the_address_shows_what_the_walk_shows(address: str, museum: Any, page: Any, new_page: Callable) -> None:
    page.set_viewport_size({"width": 1280, "height": 768})
    page.goto(f"{museum.url}/{'' if address == 'home' else address}")
    squeezed = [f"at 1280: {what}" for what in cut_off(page)]
    if address in METHODS:
        page.get_by_text("recorded example").wait_for()
        assert page.get_by_role("button", name="Start").is_enabled()
    windows = (PROJECTOR, *DESKTOPS) if address in METHODS else DESKTOPS if address == "twin" else ()
    squeezed += [line for window in windows for line in wrong(page, address, window)]
    page.set_viewport_size({"width": 1366, "height": 768})
    squeezed += [f"at 1366: {what}" for what in cut_off(page)]
    squeezed += unreadable(page)
    assert not squeezed, "\n".join(squeezed)
    way, fresh = "", None
    for walk in WALKS[address]:
        for action in walk:
            act(page, action)
            way += f" → {action.name}"
        if fresh is None:  # not before: it would take the keys
            fresh = new_page()
            fresh.set_viewport_size({"width": 1366, "height": 768})
        found = compare(page, fresh) + cut_off(fresh)
        assert not found, f"{address}{way}\n{page.url}\nwalked | opened\n" + "\n".join(found[:40])
        fresh.goto("about:blank")
        page.bring_to_front()
    assert page.complaints == []
    assert "Traceback" not in museum.log
