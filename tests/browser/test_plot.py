"""The picture component in a real browser: in place, zoom kept, cells answer, light and dark."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

APP = Path(__file__).with_name("plot_app.py")
STEP = "() => Number(document.body.innerText.match(/step (\\d+), heard/)?.[1] ?? -1)"
NODES = "() => [...document.querySelectorAll('.sslviz-plot')].filter(node => node._fullLayout)"


@pytest.fixture(scope="module")
def charts(serve_module):
    return serve_module(APP)


def open_charts(page, server) -> None:
    page.goto(server.url)
    page.wait_for_function(f"() => ({NODES})().length === 2")


def wait_for_step(page, step: int) -> None:
    page.wait_for_function(f"() => ({STEP})() >= {step}", timeout=60_000)


def cell(page, row: int, column: int) -> tuple[float, float]:
    """The middle of a heat-map cell on the screen."""
    at = page.evaluate(
        """([row, column]) => {
            const chart = document.querySelector('.sslviz-plot');
            const { xaxis, yaxis } = chart._fullLayout;
            const box = chart.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.d2p(column), box.top + yaxis._offset + yaxis.d2p(row)];
        }""",
        [row, column],
    )
    return at[0], at[1]


def test_a_chart_is_saved_as_wide_as_a_slide_and_as_lines(charts, page, tmp_path: Path):
    open_charts(page, charts)
    files = {}
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            page.locator(f".modebar-btn[data-title='Save as {kind}']").first.click(force=True)
        files[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[kind])
    with Image.open(files["PNG"]) as image:
        assert image.width >= 1920
    drawing = ElementTree.parse(files["SVG"]).getroot()
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert any(
        "font-family: Arial" in (text.get("style") or "") for text in drawing.iter("{http://www.w3.org/2000/svg}text")
    )
    assert page.complaints == []


def test_sixty_refreshes_replace_nothing_and_keep_the_zoom(charts, page):
    open_charts(page, charts)
    page.evaluate(f"() => {{ window.before = ({NODES})(); }}")
    buttons = page.eval_on_selector_all(".modebar-btn", "buttons => buttons.map(button => button.dataset.title)")
    assert set(buttons) == {
        "Zoom",
        "Pan",
        "Reset axes",
        "As table",
        "Save as PNG",
        "Save as SVG",
    }  # nothing that would send one away
    box = page.locator(".sslviz-plot .nsewdrag").nth(1).bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_function("() => window.before[1]._fullLayout.xaxis.autorange === false")
    seen = "chart => [chart._fullLayout.xaxis.range, chart._fullLayout.yaxis.range]"
    zoom = page.evaluate(f"() => ({seen})(window.before[1])")
    values = "() => Array.from(window.before[0]._fullData[0].z[1])"
    z, first = page.evaluate(values), page.evaluate(STEP)
    # watch the charts, everything that holds them, and what plotly builds inside
    page.evaluate(
        """() => {
            window.replaced = [];
            const parts = new Set(window.before.flatMap(
                chart => [chart, ...chart.querySelectorAll('.plot-container, .svg-container, .main-svg')]));
            new MutationObserver(changes => changes.forEach(change => change.removedNodes.forEach(node => {
                for (const part of parts) if (node.contains(part)) window.replaced.push(part.className);
            }))).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    wait_for_step(page, first + 60)
    assert page.evaluate("() => window.replaced") == []
    assert page.evaluate(f"() => {{ const now = ({NODES})(); return now.every((n, i) => n === window.before[i]); }}")
    assert page.evaluate(f"() => ({seen})(window.before[1])") == zoom
    assert page.evaluate(values) != z
    assert page.evaluate("() => window.before[1]._fullData[0].x.length") > 60
    assert page.complaints == []
    assert "Traceback" not in charts.log


def test_a_cell_shows_its_two_pictures_and_a_click_arrives_in_python(charts, page):
    open_charts(page, charts)
    page.mouse.move(*cell(page, 2, 5))
    page.wait_for_selector(".sslviz-tip-tile[data-tile='5']")
    tiles = page.eval_on_selector_all(".sslviz-tip-tile", "tiles => tiles.map(tile => Number(tile.dataset.tile))")
    assert tiles == [2, 5]
    assert page.locator(".sslviz-tip-text").inner_text().startswith("cosine ")
    sheet = page.eval_on_selector(".sslviz-tip-tile", "tile => tile.style.backgroundImage.slice(5, -2)")
    assert page.request.get(sheet).headers["content-type"] == "image/jpeg"
    # the value in the tooltip follows the data while the pointer rests
    text = page.locator(".sslviz-tip-text").inner_text()
    page.wait_for_function("text => document.querySelector('.sslviz-tip-text').innerText !== text", arg=text)
    page.mouse.click(*cell(page, 3, 6))
    page.wait_for_function("() => document.body.innerText.includes('heard: row 3, column 6')")
    assert page.evaluate("() => document.querySelector('.sslviz-plot').layout.shapes.at(-1).y0") == 2.5
    # the tooltip leaves with the chart
    page.mouse.move(*cell(page, 2, 5))
    page.wait_for_selector(".sslviz-tip")
    page.get_by_text("charts").click()
    page.wait_for_function("() => !document.querySelector('.sslviz-plot, .sslviz-tip')")
    assert page.complaints == []


def test_arrow_keys_walk_through_the_cells(charts, page):
    open_charts(page, charts)
    page.locator(".sslviz-plot").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    tiles = page.eval_on_selector_all(".sslviz-tip-tile", "tiles => tiles.map(tile => Number(tile.dataset.tile))")
    assert tiles == [1, 1]
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.body.innerText.includes('heard: row 1, column 1')")
    page.keyboard.press("Escape")
    assert page.locator(".sslviz-tip").count() == 0


def test_charts_follow_theme_and_width(charts, page):
    page.emulate_media(color_scheme="light")
    open_charts(page, charts)
    colors = "() => [...document.querySelectorAll('.sslviz-plot')].map(chart => chart._fullLayout.font.color)"
    light = page.evaluate(colors)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({colors})().every((color, i) => color !== light[i])", arg=light)
    line = page.evaluate("() => document.querySelectorAll('.sslviz-plot')[1]._fullData[0].line.color")
    assert line == "#77a4ff"
    page.set_viewport_size({"width": 800, "height": 900})
    page.wait_for_function(
        "() => [...document.querySelectorAll('.sslviz-plot')].every(c => c._fullLayout.width === c.clientWidth)"
    )
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.complaints == []


def test_a_base_path_in_front_of_the_app(serve, page):
    open_charts(page, serve(APP, base="/class/ssl"))
    assert page.complaints == []
