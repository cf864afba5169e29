"""The compare page in a real browser: runs are chosen, one clock moves matrix, map, score and curve, and it plays."""

import re
from pathlib import Path

import pytest

from tests.pages import end, example

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHARTS = "() => [...document.querySelectorAll('.sslviz-plot')].filter(chart => chart._fullData?.length).length"
# what is drawn, by run: the step of the matrix and its numbers, the step of the map and its places, the words below
SHOWN = """() => Object.fromEntries(['simclr', 'byol'].map((run, number) => {
    const of = type => [...document.querySelectorAll('.sslviz-plot')].find(
        chart => chart._fullLayout?.meta?.run === run && chart._fullData?.[0]?.type === type && chart.dataset.frame);
    const matrix = of('heatmap'), map = of('scatter');
    const numbers = values => [...values].slice(0, 40).map(value => value?.toFixed?.(4)).join(' ');
    const mark = map?.querySelector('path.point');
    return [run, matrix && map && {
        matrix: matrix._fullLayout.meta.step, cells: numbers(matrix._fullData[0].z[0]),
        picture: matrix.querySelector('.heatmaplayer image').getAttributeNS('http://www.w3.org/1999/xlink', 'href'),
        map: map._fullLayout.meta.step, places: numbers(map._fullData[0].x), mark: mark.getAttribute('transform'),
        title: map.querySelector('.gtitle').textContent,
        words: document.querySelector(`.sslviz-now[data-number="${number}"]`)?.innerText }] }))"""
NOW = """() => document.querySelector('.sslviz-plot').layout.shapes.find(shape => shape.name === 'now').x0"""
MOMENT = (
    f"want => {{ const shown = ({SHOWN})(); return Object.values(shown).every(each => each)"
    " && Object.entries(want).every(([run, step]) => shown[run].matrix === step && shown[run].map === step) }"
)
QUIET = "() => window.sslvizClock?.on && !window.sslvizClock.loading"


@pytest.fixture
def app(museum, page):
    page.set_default_timeout(90_000)  # some machines have other things to do
    return museum


def test_two_runs_are_chosen_and_one_clock_moves_everything(app, page) -> None:
    page.goto(f"{app.url}/runs")
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_role("heading", name="Compare", exact=True).wait_for()
    page.wait_for_function(f"() => ({CHARTS})() >= 9", timeout=90_000)
    for name in ("SwAV (recorded)", "MAE (recorded)"):  # away with two, and in with one
        page.get_by_role("button", name=f"Remove {name}").click()
        page.wait_for_function(
            "name => !new URL(location).searchParams.get('runs')?.includes(name)", arg=name[:3].lower()
        )
        page.locator("[data-test-script-state=notRunning]").wait_for()
    page.wait_for_url(re.compile("runs=simclr(,|%2C)byol"))
    page.wait_for_function(QUIET)
    page.wait_for_function(MOMENT, arg={"simclr": end("simclr"), "byol": end("byol")})
    last, latest = page.evaluate(SHOWN), page.evaluate(NOW)
    assert f"live k-NN {example('simclr').status().knn:.1%}" in last["simclr"]["words"]
    assert last["simclr"]["title"] == f"UMAP, step {end('simclr')}"
    page.get_by_role("slider", name="Moment", exact=True).focus()
    page.keyboard.press("Home")
    page.wait_for_function(MOMENT, arg={"simclr": 0, "byol": 0})
    first = page.evaluate(SHOWN)
    for run in ("simclr", "byol"):
        for part in ("cells", "picture", "places", "mark", "words"):
            assert first[run][part] != last[run][part]
        untrained = example(run).metrics().query("step == 0")["knn"].iloc[0]
        assert f"live k-NN {untrained:.1%}" in first[run]["words"]
        assert first[run]["title"] == "UMAP, step 0"
    assert page.evaluate(NOW) < 0.1 * latest
    page.wait_for_url(re.compile("moment="))
    page.locator("[data-test-script-state=notRunning]").wait_for()
    assert page.evaluate(SHOWN) == first  # what Python has drawn anew is the same moment
    page.keyboard.press("End")
    page.wait_for_function(MOMENT, arg={"simclr": end("simclr"), "byol": end("byol")})
    page.wait_for_url(lambda url: "moment=" not in url)
    back = page.evaluate(SHOWN)
    for run in ("simclr", "byol"):
        assert {**back[run], "picture": "", "mark": ""} == {**last[run], "picture": "", "mark": ""}
    for _ in range(2):  # whoever leaves the page and comes back still sees which runs are shown
        page.get_by_role("link", name="Blackboard", exact=True).click()
        page.get_by_role("link", name="EMA", exact=True).click()
        page.get_by_role("heading", name="EMA", exact=False).first.wait_for()
        page.get_by_role("link", name="Compare runs", exact=True).click()
        page.get_by_role("link", name="Compare", exact=True).click()
        page.get_by_role("button", name="Remove MAE (recorded)").wait_for()
    assert "Traceback" not in app.log
    assert page.complaints == []


def test_a_link_opens_at_its_moment(app, page) -> None:
    page.goto(f"{app.url}/compare?runs=simclr,byol&axis=step&moment=50")
    page.wait_for_function(f"() => Object.values(({SHOWN})()).every(each => each)", timeout=60_000)
    shown = page.evaluate(SHOWN)
    steps = example("byol").snapshot_steps()
    half = max(step for step in steps if step <= steps[-1] / 2)
    after = steps[steps.index(half) + 1]
    assert (shown["simclr"]["matrix"], shown["byol"]["matrix"]) == (end("simclr"), half)
    assert page.evaluate(NOW) == half
    page.keyboard.press("ArrowRight")  # nothing is focussed: the clock answers
    page.wait_for_function(f"() => ({SHOWN})().byol.matrix === {after}")
    assert f"step {after}" in page.evaluate(SHOWN)["byol"]["words"]


# Every different state of the charts that was on the screen while the clock played, and the ticks of the clock.
WATCH = """() => {
    const states = new Set(), ticks = new Set();
    const state = () => [...document.querySelectorAll('.sslviz-plot')].map(c => c.dataset.frame ?? '').join();
    new MutationObserver(() => states.add(state())).observe(
        document.body, { subtree: true, attributes: true, attributeFilter: ['data-frame'] });
    window.sslvizClock.addEventListener('tick', () => {
        const { playing, amount } = window.sslvizClock;
        if (!playing) return;
        ticks.add(amount);
        window.played = { states: states.size, ticks: ticks.size };
    });
}"""


def test_it_plays_without_the_server(app, page) -> None:
    page.goto(f"{app.url}/compare?runs=simclr,byol")
    page.wait_for_function(f"() => Object.values(({SHOWN})()).every(each => each)", timeout=60_000)
    page.locator(".sslviz-clock[data-judged]").wait_for()
    page.wait_for_function(QUIET)
    page.get_by_role("combobox", name="Speed").select_option("24")
    page.evaluate(WATCH)
    page.locator(".sslviz-plot").nth(1).scroll_into_view_if_needed()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    sent = []
    page.on("websocket", lambda socket: sent.append(socket.url))
    page.locator("body").press("Space")
    page.wait_for_function("() => window.played?.ticks > 5")
    page.wait_for_function("() => !window.sslvizClock.playing", timeout=60_000)
    assert requests == []
    assert sent == []
    assert page.evaluate("() => window.played.states") > 5
    page.wait_for_function(MOMENT, arg={"simclr": end("simclr"), "byol": end("byol")})
    assert page.complaints == []


def test_all_pictures_are_saved_on_one_sheet(app, page, tmp_path: Path) -> None:
    from PIL import Image

    page.emulate_media(color_scheme="dark")
    page.goto(f"{app.url}/compare?runs=simclr,byol&moment=50")
    page.wait_for_function(f"() => Object.values(({SHOWN})()).every(each => each)", timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="All as PNG").click()
    assert re.fullmatch(r"sslviz-after-\d+-s\.png", download.value.suggested_filename)
    download.value.save_as(tmp_path / "all.png")
    with Image.open(tmp_path / "all.png") as sheet:
        assert sheet.width > 1500
        assert sheet.height > 3000
        assert sheet.convert("RGB").getpixel((3, 3)) == (15, 20, 28)  # the dark page, not nothing
        assert len(sheet.convert("RGB").resize((200, 400)).getcolors(100_000)) > 1000


def test_the_clock_of_a_methods_page_moves_curve_matrix_softmax_and_map(app, page) -> None:
    page.goto(f"{app.url}/simclr")
    names = ("Loss over training steps", "Cosine similarity", "One row as probabilities", "Map of 2000 pictures")
    state = """names => names.map(name => {
        const chart = [...document.querySelectorAll('.sslviz-plot')].find(c => c.ariaLabel?.startsWith(name));
        const full = chart?._fullLayout;
        return full && [full.meta.step, full.shapes.find(shape => shape.name === 'now')?.x0 ?? null,
                        chart._fullData[0].z?.[0]?.[1] ?? chart._fullData[0].y?.[0]] })"""
    page.wait_for_function(f"names => ({state})(names).every(each => each) && window.sslvizClock?.on", arg=list(names))
    last = page.evaluate(state, list(names))
    assert last[0][1] == end("simclr")
    page.get_by_role("slider", name="Moment", exact=True).focus()
    page.keyboard.press("Home")
    moved = f"names => ({state})(names).every((each, i) => i === 0 ? each[1] === 0 : each[0] === 0)"
    page.wait_for_function(moved, arg=list(names))
    first = page.evaluate(state, list(names))
    assert all(a[2] != b[2] for a, b in zip(first[1:], last[1:], strict=True))
    page.wait_for_url(re.compile("moment=0"))
    assert "Traceback" not in app.log
