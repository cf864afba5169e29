"""A small sweep in a real browser: started from the form, seen to fill, a cell clicked, and its runs compared."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FORM = "preset=temperature&pictures=digits&first_values=0.1,0.5&second_values=32,64&length=4"
# how many cells of the map hold a number
FILLED = """() => {
    const map = [...document.querySelectorAll('.sslviz-plot')].find(chart => chart._fullData?.[0]?.type === 'heatmap');
    return map ? [...map._fullData[0].z].flatMap(row => [...row]).filter(Number.isFinite).length : -1 }"""


@pytest.fixture
def app(serve, tmp_path):
    return serve("app.py", env={"SSLVIZ_RUNS": str(tmp_path / "runs"), "SSLVIZ_SLOTS": "1"})


def test_a_sweep_fills_while_one_looks_and_its_cells_lead_to_their_runs(app, page) -> None:
    page.goto(f"{app.url}/sweep?{FORM}")
    page.get_by_text("recorded example").first.wait_for()  # something real, at once
    page.get_by_role("button", name="Start 4 runs").click()
    page.wait_for_url(re.compile("sweep=sweep-"))
    page.get_by_text("at work").wait_for()
    page.wait_for_function(f"() => ({FILLED})() === 0")
    page.evaluate("document.querySelector('.sslviz-plot').dataset.witness = 'the same chart'")
    page.wait_for_function(f"() => ({FILLED})() >= 1", timeout=120_000)
    page.get_by_text(re.compile(r"\d+:\d\d left")).wait_for()  # known after the first run
    page.wait_for_function(f"() => ({FILLED})() >= 2", timeout=120_000)
    assert page.locator(".sslviz-plot[data-witness]").count() == 1  # filled in place
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name=re.compile(r"Resume: \d runs? left")).click()
    page.get_by_text("4 of 4").wait_for(timeout=180_000)
    page.wait_for_function(f"() => ({FILLED})() === 4")

    box = page.locator(".sslviz-plot").first.bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.45 * box["height"])
    page.wait_for_url(re.compile(r"cell=0(,|%2C)0"))
    page.get_by_text("temperature 0.1, batch size 32").first.wait_for()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="compare these runs").click()
    opened.value.get_by_role("heading", name="Compare", exact=True).wait_for(timeout=60_000)
    opened.value.get_by_role("button", name=re.compile("Remove temperature 0.1, batch size 32, seed 0")).wait_for()
    assert "Traceback" not in app.log
    assert page.complaints == []
