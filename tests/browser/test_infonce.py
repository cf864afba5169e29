"""The worksheet in a real browser: pointing at one thing lights up all that belongs to it, and the server sleeps."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ALL_LIT = {"tiles": 4, "cell": 1, "arc": 1, "points": 2, "softmax": 1, "gradient": 1, "terms": 1, "loss": 1}
LIT = """() => { const count = (at) => document.querySelectorAll('.nce ' + at).length; return {
    tiles: count('.tile.on'), cell: count('.cell.on'), arc: count('.arc.on'), points: count('.point.on'),
    softmax: count('.nce-softmax .slot.on'), gradient: count('.nce-gradient .slot.on'),
    terms: count('.term.on'), loss: count('.nce-loss .slot.on') } }"""


@pytest.fixture
def worksheet(museum, page):
    """The page, with everything that it sends to the server from then on in `page.sent`."""
    page.sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append("frame")))
    page.on("request", lambda request: page.sent.append(request.url))

    def opened_at(query: str = ""):
        page.goto(f"{museum.url}/infonce?{query}")
        page.locator("[data-test-script-state=notRunning]").wait_for()
        page.locator(".nce .cell.on").wait_for()
        known = -1
        while len(page.sent) > known:  # Streamlit asks for the files behind its download buttons late
            known = len(page.sent)
            page.wait_for_timeout(1000)
        return page

    return opened_at


def cell(page, i: str, j: str):
    return page.get_by_role("gridcell", name=re.compile(f"^{i} and {j}:"))


def wait_for_lit(page, i: str, j: str) -> None:
    page.locator(f'.nce[data-lit="{i} {j}"]').wait_for()
    assert page.evaluate(LIT) == ALL_LIT | {
        "terms": 2 if i[0] == j[0] else 1
    }  # the partner is above and below the line


def test_pointing_lights_everything_and_sends_nothing(worksheet) -> None:
    page = worksheet("n=8&tau=0.1")
    before = list(page.sent)
    walk = [("1a", "2a"), ("3a", "7b"), ("8b", "1a"), ("5b", "5a"), ("2b", "6a"), ("4a", "4b"), ("7a", "3b")]
    for i, j in walk:
        cell(page, i, j).hover()
        wait_for_lit(page, i, j)
    page.locator('.nce-softmax .slot[data-bar="4"] .hit').hover()  # the row stays 7a: its bar of 5a
    wait_for_lit(page, "7a", "5a")
    page.locator(".term.on").hover()
    page.locator('.point[data-point="9"]').hover()
    wait_for_lit(page, "7a", "2b")
    assert page.sent == before
    assert page.complaints == []


def test_arrow_keys_do_the_same(worksheet) -> None:
    page = worksheet("n=4")
    page.locator(".nce-grid").focus()
    before = list(page.sent)
    keys = [("ArrowRight", "1a", "2b"), ("ArrowDown", "2a", "2b"), ("ArrowDown", "3a", "2b"), ("Home", "3a", "1a")]
    keys += [("ArrowRight", "3a", "2a"), ("ArrowRight", "3a", "4a"), ("End", "3a", "4b"), ("ArrowUp", "2a", "4b")]
    for key, i, j in keys:  # the second ArrowRight goes over the diagonal
        page.keyboard.press(key)
        wait_for_lit(page, i, j)
    assert page.sent == before
    assert page.evaluate("() => document.activeElement.getAttribute('aria-activedescendant')").endswith("-1-7")
    assert page.complaints == []


def test_a_cell_is_changed_by_hand_and_the_anchor_kept_in_the_address(worksheet) -> None:
    page = worksheet("n=2&source=lecture+easy")
    cell(page, "z₂", "z₃").click()
    page.wait_for_url(re.compile("anchor=z"))
    page.keyboard.press("Enter")
    page.keyboard.type("0.9")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("edit="))
    page.get_by_role("gridcell", name="z₃ and z₂: 0.90").wait_for()
    page.get_by_text("Its loss ℓ = 0.69").wait_for()  # two equally near: about ln 2
    page.reload()
    page.get_by_role("gridcell", name="z₂ and z₃: 0.90").wait_for()
    assert page.complaints == []


@pytest.mark.parametrize("width", [430, 800, 1440])
def test_it_fits_the_window(worksheet, page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    worksheet("n=16")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    right = "() => Math.max(...[...document.querySelectorAll('.nce svg')].map(s => s.getBoundingClientRect().right))"
    assert page.evaluate(right) <= width
