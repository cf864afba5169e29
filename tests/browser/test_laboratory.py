"""The real app in a real browser: a student starts SimCLR, turns knobs, goes away and comes back."""

import os
import re
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sslviz.runs.folder import RunFolder
from sslviz.runs.shelf import list_runs
from tests.browser.cockpit import DESKTOPS, wrong
from tests.browser.hand import press, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
# the newest step that any chart of this type shows, for the run in the address; -1 before there is one
SHOWN = """type => Math.max(-1, ...[...document.querySelectorAll('.sslviz-plot')]
    .filter(chart => chart._fullData?.some(trace => trace.type === type))
    .filter(chart => chart._fullLayout.meta?.run === new URL(location).searchParams.get('run'))
    .map(chart => chart._fullLayout.meta.step))"""


def open_simclr(page, app) -> None:
    """With small batches: more steps for the same minute."""
    page.goto(f"{app.url}/simclr?batch_size=64")
    page.get_by_role("button", name="Start").wait_for()


def wait_for_step(page, step: int, trace: str = "heatmap") -> None:
    page.wait_for_function(f"() => ({SHOWN})('{trace}') >= {step}", timeout=120_000)


def newest(app) -> RunFolder:
    return list_runs(app.runs)[0]


def test_start_turn_pause_step_stop_and_again(app, page) -> None:
    page.goto(app.url)  # as a visitor comes: from the first page, with the recipe's own knobs
    page.get_by_role("link", name="SimCLR", exact=True).first.click()
    page.get_by_role("heading", name="SimCLR", exact=True).wait_for()
    press(page, "Start")
    wait_for_step(page, 0)
    wait_for_step(page, 3)
    first = newest(app)

    slider = page.get_by_role("slider", name=re.compile("temperature")).first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("temperature 0.2 → 0.21").first.wait_for(timeout=60_000)  # the pin on a curve
    page.get_by_text(re.compile(r"τ = 0\.21")).first.wait_for(timeout=60_000)  # the softmax
    assert first.values()["temperature"] == pytest.approx(0.21)
    assert "temperature=0.21" in page.url

    press(page, "Pause")
    page.get_by_role("button", name="Play").wait_for(timeout=60_000)
    at = first.status().step
    press(page, "Step")
    wait_for_step(page, at + 1)
    assert first.status().step == at + 1
    press(page, "Stop")
    page.get_by_role("button", name="Resume").wait_for(timeout=60_000)
    assert first.status().state == "stopped"

    press(page, "New seed")
    page.wait_for_url(lambda url: first.id not in url)
    wait_for_step(page, 1)
    second = newest(app)
    assert second.settings().seed != first.settings().seed
    assert second.settings().values()["temperature"] == pytest.approx(0.21)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.complaints == []
    assert [line for line in app.log.splitlines() if re.search("WARN|ERROR|Traceback", line)] == []


def test_the_first_page_plays_and_trains_in_its_own_place(app, page) -> None:
    """By keyboard alone."""
    page.goto(app.url)
    page.wait_for_function("() => window.sslvizClock?.playing", timeout=60_000)  # by itself
    tab_to(page, page.get_by_role("button", name="Train it now"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("[?&]run="))
    wait_for_step(page, 1)
    run = newest(app)
    tab_to(page, page.get_by_role("slider", name=re.compile("temperature")))
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("temperature=0.21"))
    deadline = time.monotonic() + 60
    while run.values()["temperature"] != pytest.approx(0.21):
        assert time.monotonic() < deadline, "the run has not heard of it"
        page.wait_for_timeout(100)
    page.reload()  # the address is the state
    wait_for_step(page, 1)
    tab_to(page, page.get_by_test_id("stMain").get_by_role("button", name="Stop"))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Train again").wait_for(timeout=60_000)
    assert run.status().state == "stopped"
    assert page.complaints == []


def test_a_reload_a_second_tab_and_a_link_show_the_same_run(app, page, new_page) -> None:
    open_simclr(page, app)
    press(page, "Start")
    wait_for_step(page, 2)
    run = newest(app)
    assert f"run={run.id}" in page.url
    page.reload()
    wait_for_step(page, 2)

    other = new_page()
    other.goto(page.url)
    wait_for_step(other, 2)
    slider = other.get_by_role("slider", name=re.compile("temperature")).first
    slider.focus()
    other.keyboard.press("ArrowRight")
    # the first tab's own slider follows
    expect(page.get_by_role("slider", name=re.compile("temperature")).first).to_have_value("0.21", timeout=60_000)
    other.close()

    page.goto("about:blank")  # nobody looks
    step = run.status().step
    page.goto(f"{app.url}/simclr")
    wait_for_step_of_any_run(page, step + 1)
    assert run.status().state == "running"
    assert page.complaints == []


def wait_for_step_of_any_run(page, step: int) -> None:
    page.wait_for_function(
        f"""() => [...document.querySelectorAll('.sslviz-plot')].some(c => c._fullLayout?.meta?.step >= {step})""",
        timeout=120_000,
    )


def test_everything_is_in_the_window_while_it_trains(app, page) -> None:
    open_simclr(page, app)
    press(page, "Start")
    wait_for_step(page, 3)
    page.wait_for_function("() => document.querySelectorAll('.sslviz-plot .main-svg').length >= 15", timeout=120_000)
    press(page, "Pause")  # as it looks while it trains, and a slow machine measures nothing that moves
    page.get_by_role("button", name="Play").wait_for(timeout=60_000)
    found = [line for window in DESKTOPS for line in wrong(page, "simclr", window)]
    assert not found, "\n".join(found)


def test_charts_stay_in_place_and_keep_their_zoom_while_training(app, page) -> None:
    open_simclr(page, app)
    press(page, "Start")
    wait_for_step(page, 3)
    page.wait_for_function("() => document.querySelectorAll('.sslviz-plot .main-svg').length >= 8")
    page.evaluate(
        """() => {
            window.charts = [...document.querySelectorAll('.sslviz-plot')];
            window.charts.sort((one, other) => other.ariaLabel.startsWith('Loss') - one.ariaLabel.startsWith('Loss'));
            window.drawn = 0;
            window.charts[0].on('plotly_afterplot', () => { window.drawn += 1; });
        }"""
    )
    drag = page.locator(".st-key-loss .nsewdrag")
    drag.scroll_into_view_if_needed()
    box = drag.bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_function("() => window.charts[0]._fullLayout.xaxis.autorange === false")
    zoom = page.evaluate("() => window.charts[0]._fullLayout.xaxis.range")
    page.evaluate("() => { window.drawn = 0; }")
    page.wait_for_function("() => window.drawn >= 15", timeout=180_000)  # sixty: test_plot.py, without a network
    assert page.evaluate("() => window.charts.every(chart => chart.isConnected)")
    assert page.evaluate("() => window.charts[0]._fullLayout.xaxis.range") == zoom
    assert page.complaints == []


def test_a_killed_worker_is_told_and_resumes_with_one_click(app, page) -> None:
    open_simclr(page, app)
    press(page, "Start")
    wait_for_step(page, 3)
    run = newest(app)
    press(page, "Pause")  # keeps the weights
    page.get_by_role("button", name="Play").wait_for(timeout=60_000)
    kept = run.weights_steps()[-1]
    os.kill(run.status().pid, signal.SIGKILL)
    page.get_by_text("ended by signal 9").first.wait_for(timeout=10_000)
    press(page, "Resume")
    wait_for_step(page, kept + 1)
    assert run.status().state == "running"
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.complaints == []


def test_own_pictures_from_a_zip_on_disk(app, page, tmp_path: Path) -> None:
    import zipfile

    import numpy as np
    from PIL import Image

    path, chance = tmp_path / "mine.zip", np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for name, color in {"red": (200, 30, 30), "blue": (30, 30, 200)}.items():
            for i in range(60):
                picture = Image.fromarray(
                    (np.array(color) + chance.integers(0, 50, (20, 24, 3))).clip(0, 255).astype(np.uint8)
                )
                with archive.open(f"{name}/{i}.png", "w") as file:
                    picture.save(file, "PNG")
    page.goto(f"{app.url}/simclr?data={path}")
    press(page, "Start")
    wait_for_step(page, 2)
    assert newest(app).settings().data == str(path)
    legend = page.locator(".st-key-tile_map .sslviz-plot").get_by_text("red", exact=True)
    legend.first.wait_for(timeout=60_000)  # the first map: numba compiles for it
