"""A page is one screen, also on a telephone and with one picture enlarged. (For every method: test_walk.py.)"""

import pytest

from tests.browser.cockpit import TELEPHONE, wrong
from tests.browser.hand import PATIENCE, quiet

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_telephone_shows_pictures_first_with_start_and_the_main_knob_in_reach(museum, page) -> None:
    page.goto(f"{museum.url}/simclr")
    assert wrong(page, "simclr", TELEPHONE, tiles=False) == []
    top = "name => document.querySelector(`.st-key-${name}`).getBoundingClientRect().top"
    assert page.evaluate(top, "tile_views") < TELEPHONE[1] / 2
    assert page.evaluate(top, "tile_score") < page.evaluate(top, "group_augment")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_picture_fills_the_stage_and_goes_back_by_key_and_by_button(museum, page) -> None:
    page.goto(f"{museum.url}/simclr")
    quiet(page)
    tiles = "() => [...document.querySelectorAll('[class*=st-key-tile_]')].map(each => each.clientWidth)"
    small = page.evaluate(tiles)
    for enlarge in (
        lambda: page.keyboard.press("4"),
        lambda: page.locator(".st-key-big_map").get_by_role("button").click(),
    ):
        enlarge()
        page.wait_for_url("**/simclr?big=map", timeout=PATIENCE * 1000)
        page.wait_for_function(f"() => ({tiles})().length === 1")
        quiet(page)
        assert page.evaluate(tiles)[0] > 2.5 * small[0]
        assert page.locator(".sslviz-plot").count() == 1  # the others cost nothing
        page.keyboard.press("Escape")
        page.wait_for_function(f"([before]) => ({tiles})().length === before", arg=[len(small)])
        quiet(page)
        assert page.evaluate(tiles) == small
        assert "big" not in page.url
    assert page.complaints == []


def test_the_navigation_leaves_the_pictures_their_width_and_stays_as_it_was_put(museum, page) -> None:
    wide = "() => document.querySelector('main').clientWidth === innerWidth"
    page.goto(f"{museum.url}/methods")
    quiet(page)
    page.get_by_role("link", name="SimCLR", exact=True).click()
    page.wait_for_url("**/simclr")
    quiet(page)
    page.wait_for_function(wide)  # closed, also for those who come by a link
    page.get_by_test_id("stExpandSidebarButton").click()
    page.wait_for_function(f"() => !({wide})()")
    page.get_by_test_id("stCheckbox").filter(has_text="Equation").first.click()  # the page is drawn anew
    page.wait_for_url("**/simclr?code=true")
    quiet(page)
    assert not page.evaluate(wide)
    page.get_by_role("link", name="Blackboard", exact=True).click()
    page.wait_for_url("**/blackboard")
    assert page.complaints == []
