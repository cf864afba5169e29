"""What a hand does on every page, and an eye."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import TimeoutError as Timeout

PATIENCE = 120.0  # seconds: for a machine that has much else to do
MOST_TABS = 90  # to a control of a page
# the script has run, everything is there, and every chart is drawn, as wide as its place
QUIET = """() => document.querySelector('[data-test-script-state=notRunning]')
    && document.querySelector('[data-testid=stMain] :is(h1, h2)')
    && !document.querySelector('[data-testid=stSkeleton], [data-loading=true]')
    && [...document.querySelectorAll('[data-testid=stBidiComponentRegular]')].every(
        each => each.querySelector(':scope > div > :not(style)'))
    && [...document.querySelectorAll('.sslviz-plot')].every((chart) => {
        const drawn = chart.querySelector('.main-svg');
        return !chart.clientWidth || (chart._fullData && Math.abs(drawn.clientWidth - chart.clientWidth) <= 1);
    })"""
# the middle of a cell of the heat map in the figure with this title, in pixels of the window
CELL = """([title, row, column]) => {
    const plot = [...document.querySelectorAll('.sslviz-plot')].find(
        each => each._fullLayout?.title?.text?.replaceAll('<br>', ' ').startsWith(title));
    if (!plot) return null;
    plot.scrollIntoView({block: 'center'});
    const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.d2p(column), box.top + yaxis._offset + yaxis.d2p(row)] }"""
# how many times the script has begun to run since somebody asked for the first time
BEGUN = """() => {
    if (window.begun === undefined) {
        window.begun = 0;
        const state = () => document.querySelector('[data-test-script-state]')?.dataset.testScriptState;
        let before = state();
        new MutationObserver(() => {
            window.begun += before !== (before = state()) && before === 'running';
        }).observe(document.body, {subtree: true, attributes: true, attributeFilter: ['data-test-script-state']});
    }
    return window.begun }"""
CLIPPED = (Path(__file__).parent / "clipped.js").read_text()


def press(page, name: str) -> None:
    """A button of the page: Streamlit has a "Stop" of its own, at the top, while a script runs."""
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=re.compile(name)).first.click()


def quiet(page) -> None:
    """Until everything is drawn."""
    page.wait_for_function(QUIET, timeout=PATIENCE * 1000, polling=100)


def answered(page, act: Callable[[], object], moves: Callable[[], object]) -> None:
    """Acts, waits for `moves`, and until everything is drawn: Python may begin after the address has changed."""
    before = page.evaluate(BEGUN)
    act()
    moves()
    with suppress(Timeout):
        page.wait_for_function("before => window.begun > before", arg=before, timeout=250)
    quiet(page)


def tab_to(page, target) -> None:
    """Tab after Tab, until `target` has the focus; and then it is seen that it has."""
    is_focused = "node => node === document.activeElement"
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.first.evaluate(is_focused):
            break
    else:
        raise AssertionError(f"{target} is not reached by {MOST_TABS} tabs")
    box = target.first.bounding_box()
    near = {
        "x": max(0, box["x"] - 14),
        "y": max(0, box["y"] - 14),
        "width": box["width"] + 28,
        "height": box["height"] + 28,
    }
    focused = page.screenshot(clip=near)
    target.first.evaluate("node => node.blur()")
    without = page.screenshot(clip=near)
    target.first.focus()
    assert focused != without, f"{target} does not show that it has the focus"


def click_cell(page, title: str, row: int, column: int) -> None:
    """A cell of the heat map with this title."""
    quiet(page)
    page.mouse.click(*page.evaluate(CELL, [title, row, column]))


def cut_off(page) -> list[str]:
    """What is cut off, squeezed, or drawn upon something else, and stays so: a window that was made wider takes a
    moment.
    """
    for _ in range(10):
        quiet(page)
        if not (found := page.evaluate(CLIPPED)):
            break
        page.wait_for_timeout(300)
    return found
