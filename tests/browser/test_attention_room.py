"""The attention room in a real browser: a click and the keyboard choose the patch that asks, and every map follows."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOWN = """(title) => {
    const plot = [...document.querySelectorAll('.js-plotly-plot')].find(p => p.layout?.title?.text === title);
    const plain = (key, value) => ArrayBuffer.isView(value) ? [...value] : value;
    return plot ? JSON.stringify(plot.data.map(t => t.z ?? t.source ?? t.text), plain) : null;
}"""
FIGURES = ("Who looks where?", "Where the heads look", "What the patches know")


@pytest.fixture
def room(museum, page):
    """The page on the recorded MAE, which has a vision transformer."""
    page.goto(f"{museum.url}/attention_room?run=mae")
    for title in FIGURES:
        page.wait_for_function(f"title => ({SHOWN})(title)", arg=title, timeout=60_000)
    return page


def wait_for_change(page, before: dict[str, str]) -> None:
    for title, data in before.items():
        page.wait_for_function(f"([title, data]) => ({SHOWN})(title) !== data", arg=[title, data])


def test_a_click_and_the_keyboard_choose_the_patch_that_asks(room) -> None:
    page = room
    before = {title: page.evaluate(SHOWN, title) for title in FIGURES}
    box = page.locator(".js-plotly-plot").first.locator(".nsewdrag").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 2.5 / 8, box["y"] + box["height"] * 4.5 / 8)
    page.get_by_text("the patch in row 5, column 3 asks").wait_for()
    wait_for_change(page, before)
    page.wait_for_url("**patch=34**")
    assert "asks=a+patch" in page.url

    after = {title: page.evaluate(SHOWN, title) for title in FIGURES}
    page.mouse.move(5, 5)
    page.locator(".js-plotly-plot").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):  # from the upper left corner, or from where the mouse was
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    wait_for_change(page, after)
    page.wait_for_function("!location.search.includes('patch=34')")

    assert page.complaints == []
    page.reload()
    page.get_by_text("the patch in row").wait_for()  # the address is the state
