"""The map room in a real browser: a lasso on one map, seen on the other, in the grid, and on the compare page."""

from pathlib import Path

import numpy as np
import pytest

from sslviz.runs.folder import RunFolder
from tests.pages import end

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GALLERY = Path(__file__).parents[2] / "checkpoints" / "gallery"
MAPS = "[...document.querySelectorAll('.sslviz-plot')].filter(c => c._fullData?.some(t => t.customdata))"
DRAWN = f"n => {MAPS}.length >= n"
# of every map: the picture numbers that stand out; null if nothing is picked
PICKED = f"""() => {MAPS}.map(
    c => c._fullData.every(t => !t.selectedpoints) ? null
        : c._fullData.flatMap(t => [...(t.selectedpoints ?? [])].map(i => t.customdata[i])).sort((a, b) => a - b))"""
COUNT = "() => document.querySelector('.picked-count').innerText"
SHOWN = "() => [...document.querySelectorAll('.picked-tile')].map(tile => Number(tile.dataset.tile))"
CLASSES = """() => Object.fromEntries([...document.querySelectorAll('.picked-number')].map(
    cell => [cell.dataset.class, Number(cell.innerText.split('/')[0])]))"""


@pytest.fixture
def projecting(serve, tmp_path):
    """A server with the process that makes new maps."""
    folders = {"SSLVIZ_RUNS": str(tmp_path / "runs"), "SSLVIZ_CACHE": str(tmp_path / "cache")}
    return serve("app.py", env={**folders, "SSLVIZ_PROJECTOR": "1"})


def pixels(page, number: int, places: np.ndarray) -> np.ndarray:
    """Where places of a map are on the screen: P x 2 -> P x 2."""
    at = page.evaluate(
        f"""([number, places]) => {{
            const chart = {MAPS}[number];
            const {{ xaxis, yaxis }} = chart._fullLayout, {{ left, top }} = chart.getBoundingClientRect();
            return places.map(
                ([x, y]) => [left + xaxis._offset + xaxis.d2p(x), top + yaxis._offset + yaxis.d2p(y)]);
        }}""",
        [number, places.tolist()],
    )
    return np.array(at)


def lasso(page, at: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[set[int], set[int]]:
    """Draws a loop around a rectangle of the screen. Which points lie surely inside, and which at least nearly."""
    corners = [(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]), (low[0], low[1])]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=5)
    page.mouse.up()

    def inside(margin: float) -> set[int]:
        return set(np.flatnonzero(((at > low - margin) & (at < high + margin)).all(1)).tolist())

    return inside(-1.5), inside(1.5)


def test_a_lasso_on_one_map_is_seen_on_the_other_in_the_grid_and_on_the_compare_page(museum, page) -> None:
    simclr = RunFolder(GALLERY / "simclr")
    layout, labels, classes = simclr.projection(end("simclr"), "umap"), simclr.probe().labels, simclr.probe().classes
    page.goto(f"{museum.url}/runs")
    page.get_by_role("link", name="Map room", exact=True).click()
    page.wait_for_function(DRAWN, arg=2, timeout=60_000)
    page.locator("[data-test-script-state=notRunning]").wait_for()
    assert page.evaluate(PICKED) == [None, None]
    at = pixels(page, 0, layout)
    middle = np.median(at, 0)
    sure, possible = lasso(page, at, middle - 45, middle + 45)
    page.wait_for_selector(".picked-tile")
    page.wait_for_function(f"() => ({PICKED})().every(each => each)")
    one, two = page.evaluate(PICKED)
    assert one == two
    assert sure <= set(one) <= possible
    assert len(sure) > 50
    assert page.evaluate(COUNT) == f"{len(one)} of 2,000 pictures picked"
    names, counts = np.unique(np.array(classes)[labels[one]], return_counts=True)
    assert page.evaluate(CLASSES) == dict(zip(names.tolist(), counts.tolist(), strict=True))
    assert sorted(page.evaluate(SHOWN)) == one[:200]
    # Shift adds, here on the other map
    before = RunFolder(GALLERY / "simclr").projection(0, "umap")
    there = pixels(page, 1, before)
    page.keyboard.down("Shift")
    sure, possible = lasso(page, there, np.median(there, 0) - 30, np.median(there, 0) + 30)
    page.keyboard.up("Shift")
    page.wait_for_function(f"n => ({PICKED})().every(each => each?.length > n)", arg=len(one))
    both = page.evaluate(PICKED)
    assert both[0] == both[1]
    assert set(one) | sure <= set(both[0]) <= set(one) | possible
    assert page.evaluate("() => document.querySelectorAll('.picked-tile').length") == min(len(both[0]), 200)
    # another moment is another picture, in which the same pictures are picked
    x = f"() => {MAPS}[1]._fullData[0].x[0]"
    seen = page.evaluate(x)
    page.get_by_role("slider", name="Moment (training step)").nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"seen => ({x})() !== seen", arg=seen)
    assert page.evaluate(PICKED) == both
    # and on another page of the app, as far as its maps show them
    page.get_by_role("link", name="Compare runs", exact=True).click()
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_role("heading", name="Compare", exact=True).wait_for()
    page.wait_for_function(DRAWN, arg=4, timeout=60_000)
    few = [number for number in both[0] if number < 600]
    page.wait_for_function(f"few => ({PICKED})().every(each => each?.length === few.length)", arg=few)
    assert page.evaluate(PICKED) == [few] * 4
    page.wait_for_function(f"text => ({COUNT})() === text", arg=f"{len(few)} of 600 pictures picked")
    # the sheet holds all 2,000, of which these maps show 600: no tile is squashed
    drawn, real = page.evaluate(
        """async () => {
            const style = document.querySelector('.picked-tile').style, sheet = new Image();
            sheet.src = style.backgroundImage.slice(5, -2);
            await sheet.decode();
            const [width, height] = style.backgroundSize.split(' ').map(parseFloat);
            return [height / width, sheet.naturalHeight / sheet.naturalWidth];
        }"""
    )
    assert drawn == pytest.approx(real)
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => ({PICKED})().every(each => each === null)")
    assert page.evaluate(SHOWN) == []
    assert page.complaints == []
    assert "Traceback" not in museum.log


def test_a_class_is_picked_with_the_keyboard_and_cleared_with_a_double_click(museum, page) -> None:
    labels = RunFolder(GALLERY / "simclr").probe().labels
    page.emulate_media(color_scheme="dark")
    page.goto(museum.url + "/maps?colour=hue&run2=none")
    page.wait_for_function(DRAWN, arg=1, timeout=60_000)
    page.get_by_label("Pick a class").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"() => ({PICKED})()[0]")
    assert page.evaluate(PICKED)[0] == np.flatnonzero(labels == 0).tolist()
    ink = page.evaluate("() => getComputedStyle(document.querySelector('.picked')).color")
    assert min(map(int, ink[4:-1].split(","))) > 200
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Pick a class"
    plane = page.locator(".sslviz-plot .nsewdrag").first
    plane.evaluate("node => node.scrollIntoView({ block: 'center' })")
    box = plane.bounding_box()
    page.mouse.dblclick(box["x"] + 6, box["y"] + 6)
    page.wait_for_function(f"() => ({PICKED})()[0] === null")


def test_a_map_in_space_is_made_on_request_without_webgl_and_turned_by_hand(projecting, page) -> None:
    before = sorted(path.name for path in (GALLERY / "simclr" / "projections").iterdir())
    page.goto(projecting.url + f"/maps?map1=PCA&space1=true&map2=PCA&step2={end('simclr')}")
    page.wait_for_selector(".solid-canvas[data-drawn]", timeout=90_000)  # laid out by the projector meanwhile
    page.wait_for_function(DRAWN, arg=1)
    assert sorted(path.name for path in (GALLERY / "simclr" / "projections").iterdir()) == before
    canvas = page.locator(".solid-canvas")
    pictures = [canvas.screenshot()]
    box = canvas.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 80, middle[1] + 20, steps=4)
    page.mouse.up()
    page.mouse.move(5, 5)
    pictures.append(canvas.screenshot())
    canvas.focus()
    page.keyboard.press("ArrowUp")
    pictures.append(canvas.screenshot())
    assert len(set(pictures)) == 3
    assert page.evaluate("() => window.sslvizPicked.groups.size") == 0  # turning picks nothing
    for away in range(0, 200, 4):  # from the middle to the right, until there is a point
        at = middle[0] + away, middle[1]
        page.mouse.move(*at)
        if page.locator(".sslviz-tip-tile").count():
            break
    page.wait_for_selector(".sslviz-tip-tile")
    number = int(page.locator(".sslviz-tip-tile").get_attribute("data-tile"))
    page.mouse.click(*at)
    page.wait_for_function(f"number => JSON.stringify(({PICKED})()[0]) === `[${{number}}]`", arg=number)
    assert page.evaluate(SHOWN) == [number]
    assert canvas.screenshot() not in pictures
