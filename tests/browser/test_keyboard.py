"""Whole ways by keyboard alone, with the focus in sight: a mask is painted, runs are compared, a picture is read.

(A run is started and turned by keyboard in test_laboratory.py, where networks train.)
"""

import pytest

from tests.browser.hand import quiet, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_mask_is_painted(museum, page) -> None:
    page.goto(f"{museum.url}/mae_room")
    page.locator(".mask[data-mask]").wait_for()
    quiet(page)
    before = page.locator(".mask").get_attribute("data-mask")
    tab_to(page, page.locator(".mask-picture"))
    for key in ("ArrowRight", "ArrowDown", "Space"):
        page.keyboard.press(key)
    page.wait_for_function("before => document.querySelector('.mask').dataset.mask !== before", arg=before)
    after = page.locator(".mask").get_attribute("data-mask")
    assert (int(before, 16) ^ int(after, 16)).bit_count() == 1
    page.wait_for_url(lambda url: after in url)
    tab_to(page, page.get_by_role("slider", name="mask ratio"))
    page.keyboard.press("Home")
    page.wait_for_function("after => document.querySelector('.mask').dataset.mask !== after", arg=after)
    assert page.complaints == []


def test_runs_are_compared(museum, page) -> None:
    page.goto(f"{museum.url}/compare?runs=simclr,byol")
    quiet(page)
    tab_to(page, page.get_by_role("combobox", name="Runs"))
    page.keyboard.type("SwAV")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "swav" in url)
    page.keyboard.press("Escape")
    quiet(page)
    tab_to(page, page.get_by_role("slider", name="Moment", exact=True))
    page.keyboard.press("Home")
    page.wait_for_url(lambda url: "moment=0" in url)
    quiet(page)
    chart = page.locator(".sslviz-plot").first
    tab_to(page, chart)
    page.keyboard.press("t")
    table = page.locator("dialog.sslviz-table")
    table.wait_for()
    assert "SwAV" in table.inner_text()
    page.keyboard.press("Escape")
    table.wait_for(state="detached")
    assert chart.evaluate("chart => chart === document.activeElement")
    assert page.complaints == []
