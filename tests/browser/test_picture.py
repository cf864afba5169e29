"""Another picture in the same chart begins anew; the same picture at another step stays as the viewer has left it."""

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as Timeout

pytestmark = pytest.mark.browser

APP = Path(__file__).with_name("picture_app.py")
CHART = "document.querySelector('.sslviz-plot')"
RANGES = f"['xaxis', 'yaxis'].map(name => {CHART}._fullLayout[name].range.map(end => Math.round(1000 * end) / 1000))"
FULL = {"matrix": [[-0.5, 7.5], [7.5, -0.5]], "larger": [[-0.5, 15.5], [15.5, -0.5]]}


def show(page, name: str, step: int = 0) -> None:
    page.get_by_text(name, exact=True).click()
    drawn(page, name, step)


def drawn(page, name: str, step: int) -> None:
    alt = f"{name} {step}"
    page.wait_for_function(
        f"alt => {CHART}?._fullLayout && {CHART}.getAttribute('aria-label') === alt", arg=alt, timeout=60_000
    )
    page.wait_for_function(f"() => !{CHART}._transitioning")


def zoom(page) -> list:
    """Into a corner, by hand."""
    before = page.evaluate(RANGES)
    box = page.locator(".sslviz-plot .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_function(f"before => JSON.stringify({RANGES}) !== JSON.stringify(before)", arg=before)
    return page.evaluate(RANGES)


VISIBLE = f"Object.fromEntries({CHART}._fullData.map(each => [each.name, each.visible === true]))"


def becomes(page, what: str, expected) -> None:
    """Drawing takes several turns of the browser: what is there in the end counts."""
    same = f"expected => {CHART}._fullLayout && JSON.stringify({what}) === JSON.stringify(expected)"
    with suppress(Timeout):  # the comparison below tells what is different
        page.wait_for_function(same, arg=expected)
    assert page.evaluate(what) == expected


@pytest.fixture
def opened(serve, page):
    page.goto(serve(APP).url)
    drawn(page, "matrix", 0)
    return page


def test_a_zoom_stays_with_its_picture(opened) -> None:
    page = opened
    becomes(page, RANGES, FULL["matrix"])
    zoomed = zoom(page)
    page.get_by_role("button", name="step").click()
    drawn(page, "matrix", 1)
    becomes(page, RANGES, zoomed)  # the same picture, another step
    show(page, "larger", 1)
    becomes(page, RANGES, FULL["larger"])
    show(page, "bars", 1)
    becomes(page, f"{RANGES}[0]", [-0.5, 15.5])
    becomes(page, f"{RANGES}[1].map(Math.sign)", [0, 1])  # the right way up
    zoom(page)
    page.locator(".modebar-btn[data-title='Reset axes']").click(force=True)
    becomes(page, f"{RANGES}[0]", [-0.5, 15.5])  # its own axes, not those of an earlier picture
    show(page, "matrix", 1)
    becomes(page, RANGES, FULL["matrix"])
    assert page.complaints == []


def test_a_hidden_entry_of_the_legend_is_hidden_by_its_name_and_in_its_run(opened) -> None:
    page = opened
    show(page, "one and two")
    page.locator(".legendtoggle").first.click()
    page.wait_for_function(f"() => {CHART}._fullData[0].visible === 'legendonly'")
    page.get_by_role("button", name="step").click()
    drawn(page, "one and two", 1)
    becomes(page, VISIBLE, {"one": False, "two (2)": True})
    show(page, "others", 1)
    becomes(page, VISIBLE, {"two (2)": True, "three": True})
    show(page, "one and two", 1)
    page.locator(".legendtoggle").first.click()
    page.wait_for_function(f"() => {CHART}._fullData.some(each => each.visible === 'legendonly')")
    show(page, "other run", 1)
    becomes(page, VISIBLE, {"one": True, "two (2)": True})
    assert page.complaints == []
