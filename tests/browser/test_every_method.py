"""Two methods trained in a real browser: a knob of MAE is seen in its pictures, a run that diverged is cured."""

import re

import pytest

from sslviz.runs.shelf import list_runs
from tests.browser.hand import press

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_mask_ratio_turned_while_mae_trains_changes_the_reconstruction(app, page) -> None:
    page.goto(f"{app.url}/mae?data=digits&batch_size=32")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Pause").wait_for(timeout=120_000)
    page.get_by_text(re.compile("75% of the patches hidden")).wait_for(timeout=120_000)
    slider = page.get_by_role("slider", name=re.compile("mask ratio")).first
    slider.focus()
    page.keyboard.press("End")
    page.get_by_text(re.compile("95% of the patches hidden")).wait_for(timeout=120_000)
    assert list_runs(app.runs)[0].values()["mask_ratio"] == 0.95
    press(page, "Stop")
    page.get_by_role("button", name="Resume").wait_for(timeout=120_000)


def test_a_run_that_diverged_goes_on_with_one_click(app, page) -> None:
    page.goto(f"{app.url}/simclr?data=digits&learning_rate=1000000&batch_size=64&width=16")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("failed").first.wait_for(timeout=120_000)
    page.get_by_text("diverged").first.wait_for()
    page.get_by_role("button", name=re.compile("Cure")).click()
    page.get_by_role("button", name="Pause").wait_for(timeout=120_000)
    page.get_by_text(re.compile("learning_rate .* →")).first.wait_for(timeout=120_000)  # the pin on a curve
    assert list_runs(app.runs)[0].values()["learning_rate"] < 0.01
    press(page, "Stop")
    page.get_by_role("button", name="Resume").wait_for(timeout=120_000)
