"""Every method's page in a real browser: it opens on its recorded run, with its own pictures, and trains another."""

import re

import pytest

from sslviz.methods import METHODS
from sslviz.runs.folder import list_runs
from tests.browser.hand import press

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHARTS = "() => [...document.querySelectorAll('.sslviz-plot')].filter(chart => chart._fullData?.length).length"


def test_every_page_opens_on_its_recorded_run(museum, page) -> None:
    page.goto(museum.url)
    for method in METHODS.values():
        page.get_by_role("link", name=method.title, exact=True).first.click()
        page.get_by_role("heading", name=method.title, exact=True).wait_for()
        page.get_by_text("recorded example").wait_for()
        page.wait_for_function(f"() => ({CHARTS})() >= 4", timeout=30_000)  # loss, score, its own picture, the map
        assert page.get_by_role("button", name="Start").is_enabled()


def test_a_mask_ratio_turned_while_mae_trains_changes_the_reconstruction(app, page) -> None:
    page.goto(f"{app.url}/mae")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Pause").wait_for(timeout=60_000)
    page.get_by_text(re.compile("75% of the patches hidden")).wait_for(timeout=60_000)
    slider = page.get_by_role("slider", name=re.compile("mask ratio")).first
    slider.focus()
    page.keyboard.press("End")
    page.get_by_text(re.compile("95% of the patches hidden")).wait_for(timeout=60_000)
    assert list_runs(app.runs)[0].values()["mask_ratio"] == 0.95
    press(page, "Stop")
    page.get_by_role("button", name="Resume").wait_for(timeout=60_000)


def test_a_run_that_diverged_goes_on_with_one_click(app, page) -> None:
    page.goto(f"{app.url}/simclr?learning_rate=1000000")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("failed").first.wait_for(timeout=60_000)
    page.get_by_text("diverged").first.wait_for()
    page.get_by_role("button", name=re.compile("Cure")).click()
    page.get_by_role("button", name="Pause").wait_for(timeout=60_000)
    page.get_by_text(re.compile("learning_rate .* →")).first.wait_for(timeout=60_000)  # the pin on a curve
    assert list_runs(app.runs)[0].values()["learning_rate"] < 0.01
    press(page, "Stop")
    page.get_by_role("button", name="Resume").wait_for(timeout=60_000)
