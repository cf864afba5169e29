"""The compare page in a real browser: two other runs are chosen, and one clock moves matrix, map and score together."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHARTS = "() => [...document.querySelectorAll('.sslviz-plot')].filter(chart => chart._fullData?.length).length"
# what is drawn, by run: the step of the matrix and its numbers, the step of the map and its places
SHOWN = """() => Object.fromEntries(['simclr', 'byol'].map(run => {
    const of = type => [...document.querySelectorAll('.sslviz-plot')].find(
        chart => chart._fullLayout?.meta?.run === run && chart._fullData?.[0]?.type === type);
    const matrix = of('heatmap'), map = of('scatter');
    const numbers = values => [...values].slice(0, 40).join(' ');
    return [run, matrix && map && {
        matrix: matrix._fullLayout.meta.step, cells: numbers(matrix._fullData[0].z[0]),
        map: map._fullLayout.meta.step, places: numbers(map._fullData[0].x) }] }))"""
MOMENT = (
    f"want => {{ const shown = ({SHOWN})(); return Object.values(shown).every(each => each)"
    " && Object.entries(want).every(([run, step]) => shown[run].matrix === step && shown[run].map === step) }"
)


@pytest.fixture
def app(serve, tmp_path):
    return serve("app.py", env={"SSLVIZ_RUNS": str(tmp_path / "runs"), "SSLVIZ_SPARE": "0"})


def test_two_runs_are_chosen_and_one_clock_moves_everything(app, page) -> None:
    page.goto(app.url)
    page.get_by_role("link", name="Compare", exact=True).first.click()
    page.get_by_role("heading", name="Compare", exact=True).wait_for()
    page.wait_for_function(f"() => ({CHARTS})() >= 9", timeout=30_000)
    for name in ("SwAV (recorded)", "MAE (recorded)"):  # away with two, and in with one
        page.get_by_role("button", name=f"Remove {name}").click()
        page.wait_for_function(
            "name => !new URL(location).searchParams.get('runs')?.includes(name)", arg=name[:3].lower()
        )
        page.locator("[data-test-script-state=notRunning]").wait_for()
    page.wait_for_url(re.compile("runs=simclr(,|%2C)byol"))
    page.wait_for_function(MOMENT, arg={"simclr": 157, "byol": 662})
    last = page.evaluate(SHOWN)
    assert page.get_by_text("k-NN 58.2%").count() == 1
    clock = page.get_by_role("slider", name=re.compile("Moment"))
    clock.focus()
    page.keyboard.press("Home")
    page.wait_for_function(MOMENT, arg={"simclr": 0, "byol": 0})
    page.get_by_text("k-NN not measured yet").nth(1).wait_for()
    assert page.get_by_text("k-NN 58.2%").count() == 0
    first = page.evaluate(SHOWN)
    for run in ("simclr", "byol"):
        assert first[run]["cells"] != last[run]["cells"]
        assert first[run]["places"] != last[run]["places"]
    page.wait_for_url(re.compile("moment=0"))
    page.keyboard.press("End")
    page.wait_for_function(MOMENT, arg={"simclr": 157, "byol": 662})
    page.get_by_text("k-NN 58.2%").wait_for()
    assert page.evaluate(SHOWN) == last
    for _ in range(2):  # whoever leaves the page and comes back still sees which runs are shown
        page.get_by_role("link", name="EMA", exact=True).first.click()
        page.get_by_role("heading", name="EMA", exact=False).first.wait_for()
        page.get_by_role("link", name="Compare", exact=True).first.click()
        page.get_by_role("button", name="Remove MAE (recorded)").wait_for()
    assert "Traceback" not in app.log
    assert page.complaints == []
