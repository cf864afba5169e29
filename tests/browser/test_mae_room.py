"""The MAE room in a real browser: a hand paints the mask, and what is painted in follows it, under the mask only."""

import io
import re
import time
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# the pictures of the answer, as it is drawn: visible, prediction, truth, each a list of 32 x 32 x 4 bytes
PICTURES = """async () => {
  const drawn = one => one.data?.filter(trace => trace.type === 'image') ?? [];
  const chart = [...document.querySelectorAll('.sslviz-plot')].find(one => drawn(one).length === 3);
  if (!chart) return null;
  return Promise.all(drawn(chart).map(async t => {
    const picture = new Image();
    picture.src = t.source;
    await picture.decode();
    const pen = Object.assign(document.createElement('canvas'), { width: 32, height: 32 }).getContext('2d');
    pen.drawImage(picture, 0, 0);
    return [...pen.getImageData(0, 0, 32, 32).data];
  }));
}"""
# has the server answered what the hand has drawn, and is the script at rest?
ANSWERED = """mask => { const painter = document.querySelector('.mask');
    return painter?.dataset.mask === mask && painter.dataset.heard === painter.dataset.serial
        && document.querySelector('[data-test-script-state=notRunning]') }"""


@pytest.fixture
def room(museum, page):
    def opened_at(query: str = ""):
        page.goto(f"{museum.url}/mae_room?{query}")
        page.locator(".mask[data-mask]").wait_for(timeout=60_000)
        until(page, lambda: page.evaluate(PICTURES) is not None)
        return page

    page.server = museum
    return opened_at


def pictures(page) -> list[np.ndarray]:
    """visible, prediction, truth: uint8 32 x 32 x 3."""
    return [np.array(one, np.uint8).reshape(32, 32, 4)[..., :3] for one in page.evaluate(PICTURES)]


def mask(page) -> np.ndarray:
    """bool 8 x 8, as the painter shows it."""
    classes = page.locator(".mask .patch").evaluate_all("all => all.map(one => one.classList.contains('hidden'))")
    return np.array(classes).reshape(8, 8)


def grown(hidden: np.ndarray) -> np.ndarray:
    return hidden.repeat(4, 0).repeat(4, 1)


def digits(hidden: np.ndarray) -> str:
    return f"{int(''.join('01'[int(one)] for one in hidden.ravel()), 2):016x}"


def centre(page, row: int, column: int) -> tuple[float, float]:
    box = page.locator(".mask-picture").bounding_box()
    return box["x"] + (column + 0.5) / 8 * box["width"], box["y"] + (row + 0.5) / 8 * box["height"]


def settle(page) -> None:
    """The answer to the mask that is on the page has been drawn."""
    page.wait_for_function(ANSWERED, arg=page.locator(".mask").get_attribute("data-mask"), timeout=60_000)
    until(page, lambda: greyed(page, grown(mask(page))))


def greyed(page, hidden: np.ndarray) -> bool:
    """Is exactly this drawn as hidden?"""
    visible, _, truth = pictures(page)
    return bool((visible[hidden] == 128).all() and (visible[~hidden] == truth[~hidden]).all())


def until(page, condition: Callable[[], bool], seconds: float = 60) -> None:
    """The browser's own wait_for_function takes the promise of an answer for a yes."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        page.wait_for_timeout(50)


def press(page, name: str) -> None:
    page.locator(".mask-buttons button", has_text=re.compile(f"^{name}$")).click()


def test_a_stroke_hides_patches_and_only_there_the_prediction_changes(room, page) -> None:
    room()
    press(page, "Show all")
    settle(page)
    visible, painted, truth = pictures(page)
    np.testing.assert_array_equal(visible, truth)
    np.testing.assert_array_equal(painted, truth)  # pasted, and nothing is hidden

    page.mouse.move(*centre(page, 2, 1))
    page.mouse.down()
    page.mouse.move(*centre(page, 2, 5), steps=2)  # a quick hand: no patch between is left out
    expected = np.zeros((8, 8), bool)
    expected[2, 1:6] = True
    np.testing.assert_array_equal(mask(page), expected)  # at once, before anybody has answered
    page.mouse.move(*centre(page, 5, 5), steps=3)
    page.mouse.up()
    expected[2:6, 5] = True
    np.testing.assert_array_equal(mask(page), expected)
    settle(page)
    assert f"mask={digits(expected)}" in page.url
    visible, first, same = pictures(page)
    under = grown(expected)
    np.testing.assert_array_equal(same, truth)
    np.testing.assert_array_equal(first[~under], truth[~under])
    assert (first[under] != truth[under]).mean() > 0.5
    assert (visible[under] == 128).all()

    page.mouse.move(*centre(page, 2, 1))  # a stroke that begins on a hidden patch shows
    page.mouse.down()
    page.mouse.move(*centre(page, 2, 3), steps=4)
    page.mouse.up()
    expected[2, 1:4] = False
    np.testing.assert_array_equal(mask(page), expected)
    settle(page)
    _, second, _ = pictures(page)
    under = grown(expected)
    np.testing.assert_array_equal(second[~under], truth[~under])
    assert (second[under] != first[under]).any()  # it sees more now, and guesses otherwise
    page.reload()
    page.locator(".mask[data-mask]").wait_for(timeout=60_000)
    np.testing.assert_array_equal(mask(page), expected)
    assert page.complaints == []
    assert "Traceback" not in page.server.log


def test_while_the_hand_is_down_the_prediction_follows(room, page) -> None:
    room("mask=0000000000000000")
    settle(page)
    truth = pictures(page)[2]
    page.mouse.move(*centre(page, 3, 2))
    page.mouse.down()
    page.mouse.move(*centre(page, 3, 5), steps=5)
    until(page, lambda: (pictures(page)[0][14, 10] == 128).all())  # row 3, column 2
    assert (pictures(page)[1] != truth).any()
    page.mouse.up()
    settle(page)
    assert page.complaints == []


def test_the_keyboard_paints_too(room, page) -> None:
    room("mask=0000000000000000")
    settle(page)
    page.locator(".mask-picture").focus()
    for key in ("ArrowRight", "ArrowDown", " ", "ArrowDown", "Enter", "ArrowUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    expected = np.zeros((8, 8), bool)
    expected[1:3, 1] = True
    np.testing.assert_array_equal(mask(page), expected)
    page.wait_for_url(re.compile(digits(expected)))
    settle(page)
    assert page.complaints == []


def test_buttons_and_knobs(room, page) -> None:
    room()
    settle(page)
    dice = mask(page)
    assert dice.sum() == 48
    press(page, "Invert")
    np.testing.assert_array_equal(mask(page), ~dice)
    settle(page)
    press(page, "Hide the object")
    figure = mask(page)
    settle(page)
    press(page, "Only the object")
    np.testing.assert_array_equal(mask(page), ~figure)
    settle(page)
    press(page, "Random at the ratio")
    again = mask(page)
    assert again.sum() == 48
    assert (again != dice).any()
    settle(page)
    page.wait_for_url(lambda url: "draw=1" in url and "mask=" not in url)
    np.testing.assert_array_equal(mask(page), again)  # what the server draws is what was shown at once
    page.get_by_role("slider", name=re.compile("mask ratio")).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelectorAll('.mask .patch.hidden').length === 49")
    settle(page)
    page.get_by_text("Paste what is visible").click()
    until(page, lambda: bool((pictures(page)[1] != pictures(page)[2])[~grown(mask(page))].any()))
    assert page.complaints == []
    assert "Traceback" not in page.server.log


def close(picture: np.ndarray, other: np.ndarray) -> bool:
    return bool((np.abs(picture.astype(int) - other) < 5).all())


def encoded(kind: str, size: tuple[int, int], color: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    return out.getvalue()


def test_uploads_give_a_picture_or_a_sentence(room, page) -> None:
    room("mask=ffffffff00000000")
    settle(page)
    usual = pictures(page)[2]
    files = [
        ("mine.png", encoded("PNG", (80, 60), (250, 120, 10)), (250, 120, 10)),
        ("corrupt.png", encoded("PNG", (80, 60), (250, 120, 10))[:60], None),
        ("mine.jpg", encoded("JPEG", (60, 80), (10, 120, 250)), (10, 120, 250)),
        ("50megapixels.png", encoded("PNG", (8000, 6250), (9, 9, 9)), None),
        ("50megapixels.jpg", encoded("JPEG", (8000, 6250), (30, 200, 60)), (30, 200, 60)),
    ]
    page.get_by_role("button", name="Your own").click()
    for name, data, color in files:
        page.locator("[data-testid=stFileUploader] input").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": data}
        )
        if color is None:
            page.get_by_text("cannot be used").wait_for(timeout=60_000)
            assert page.get_by_text(name).count() > 0
        until(page, lambda want=color: close(pictures(page)[2], usual if want is None else np.array(want)))
        if color is not None:
            page.get_by_text("cannot be used").wait_for(state="detached", timeout=60_000)
    assert page.complaints == []
    assert "Traceback" not in page.server.log
