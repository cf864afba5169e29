"""The corner of every page: the list of keys, the presentation; and what a picture says in numbers and words."""

import pytest

from tests.browser.hand import quiet

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# the letters of all charts, the words of the page, and the parts of the window, in pixels
SEEN = """() => {
    const size = (node) => parseFloat(getComputedStyle(node).fontSize);
    const seen = (node) => node && node.getClientRects().length > 0;
    const all = (what) => [...document.querySelectorAll(what)].filter(seen);
    const bottom = (what) => Math.max(...all(what).map((node) => node.getBoundingClientRect().bottom));
    return {
        charts: Math.min(...all('.sslviz-plot .main-svg text').filter((t) => t.textContent.trim()).map(size)),
        words: Math.min(...all('[data-testid=stMain] [data-testid=stMarkdownContainer] p').map(size).filter(Boolean)),
        besides: all('[data-testid=stSidebar], [data-testid=stHeader]').length,
        knobs: all('.st-key-side [role=slider], .st-key-side input[type=range]').length,
        start: bottom('.st-key-helm'),
        tiles: all('[class*=st-key-tile_]').map((tile) => tile.getBoundingClientRect().bottom),
    };
}"""


@pytest.mark.parametrize(("window", "inside"), [((1024, 768), 4), ((1920, 1080), 6)])
def test_a_page_that_is_presented_can_be_read_from_the_last_row(museum, page, window, inside) -> None:
    page.set_viewport_size({"width": window[0], "height": window[1]})
    page.goto(f"{museum.url}/simclr?present=1")
    quiet(page)
    seen = page.evaluate(SEEN)
    assert seen["charts"] >= 16
    assert seen["words"] >= 20
    assert seen["besides"] == 0
    assert seen["knobs"] == 1  # the main one
    assert sum(bottom <= window[1] for bottom in seen["tiles"]) >= inside
    assert page.complaints == []


def test_presenting_goes_along_from_page_to_page_until_it_is_left(museum, page) -> None:
    page.goto(f"{museum.url}/blackboard")
    quiet(page)
    page.get_by_role("button", name="Present", exact=True).click()
    page.wait_for_url("**/blackboard?present=1")
    page.wait_for_function("() => document.fullscreenElement")
    page.get_by_test_id("stMain").get_by_role("link", name="Temperature", exact=True).first.click()
    page.wait_for_url("**/temperature?**present=1**")
    quiet(page)
    assert page.evaluate(SEEN)["words"] >= 20
    page.get_by_role("button", name="Leave the presentation").click()
    page.wait_for_url(lambda url: "present" not in url)
    page.wait_for_function("() => !document.fullscreenElement")
    page.get_by_test_id("stSidebar").wait_for()
    assert page.complaints == []


def test_a_question_mark_lists_the_keys_and_in_a_field_it_is_a_letter(museum, page) -> None:
    page.goto(f"{museum.url}/simclr")
    quiet(page)
    keys = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    keys.wait_for()
    assert keys.get_by_text("enlarge the picture of this number").is_visible()
    page.keyboard.press("Escape")
    keys.wait_for(state="hidden")
    page.get_by_role("combobox").first.focus()
    page.keyboard.press("?")
    assert not keys.is_visible()
    assert page.complaints == []


def test_a_picture_says_in_numbers_and_words_what_it_shows(museum, page) -> None:
    page.goto(f"{museum.url}/simclr")
    quiet(page)
    matrix = page.locator(".st-key-tile_similarity .sslviz-plot")
    matrix.focus()
    label = matrix.get_attribute("aria-label")
    assert "Views of the same picture: 0." in label
    page.keyboard.press("t")
    table = page.locator("dialog.sslviz-table")
    table.wait_for()
    assert label in table.inner_text()
    z = page.evaluate(
        "() => document.querySelector('.st-key-tile_similarity .sslviz-plot')._fullData[0].z.map(r => [...r])"
    )
    first = table.locator("tbody tr").first.locator("td").all_inner_texts()
    assert first[0] == "1a"
    assert [float(value) for value in first[2:]] == pytest.approx(z[0][1:], abs=1e-4)
    same, other = [], []
    for i, row in enumerate(z):
        for j, value in enumerate(row):
            if i != j:
                (same if i % 4 == j % 4 else other).append(value)
    mean = [sum(values) / len(values) for values in (same, other)]
    said = [
        float(part.replace("−", "-"))
        for part in (label.split("picture: ")[1].split(" ")[0], label.split("pictures: ")[1])
    ]
    assert said == pytest.approx(mean, rel=6e-3)
    with page.expect_download() as caught:
        table.get_by_role("link", name="Numbers as CSV").click()
    lines = caught.value.path().read_text().splitlines()
    assert len(lines) == 1 + len(z)
    page.keyboard.press("Escape")
    table.wait_for(state="detached")
    for tile, part in (("loss", "training step"), ("map", "nearest neighbour of their own class")):
        chart = page.locator(f".st-key-tile_{tile} .sslviz-plot")
        chart.focus()
        said = chart.get_attribute("aria-label")
        page.keyboard.press("t")
        assert part in (table.inner_text() + said)
        page.keyboard.press("Escape")
        table.wait_for(state="detached")
    assert page.complaints == []
