"""Two rooms in a real browser: a step walked and taken with keys and clicks; tiles swapped, a mistake and an upload."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from tests.browser.hand import click_cell, quiet

pytestmark = [pytest.mark.browser, pytest.mark.slow]


# the two charts of the steps that were taken: loss, and distance of student and teacher
HISTORIES = """() => [...document.querySelectorAll('.sslviz-plot')].map(plot => plot._fullData?.[0])
    .filter(trace => trace?.mode === 'lines+markers').map(trace => [...trace.y])"""


@pytest.fixture
def app(museum):
    return museum


def enter(page, app, name: str, heading: str) -> None:
    page.goto(f"{app.url}/rooms")
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", name=heading, exact=True).wait_for(timeout=60_000)
    quiet(page)


def test_a_step_is_walked_with_the_keyboard_and_taken_by_halves(app, page) -> None:
    enter(page, app, "Slow motion", "One step in slow motion")
    for stage in ("views", "encoder"):
        page.keyboard.press("ArrowRight")
        page.wait_for_url(re.compile(f"stage={stage}"))
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("stage=views"))
    page.get_by_role("combobox", name=re.compile("Run")).click()
    page.get_by_role("option", name=re.compile("BYOL")).click()
    page.get_by_role("button", name="Step only the teacher").wait_for()
    page.get_by_role("radio", name="EMA").click()
    page.get_by_text("The student has moved: the teacher was").wait_for()
    for number, who in enumerate(("student", "teacher"), 1):
        page.get_by_role("button", name=f"Step only the {who}").click()
        page.get_by_text(f"{number} taken").wait_for()
    page.wait_for_function(f"() => ({HISTORIES})().every(values => values.length === 3)")
    loss, distance = page.evaluate(HISTORIES)
    assert loss[1] < loss[0]  # the student has learnt something
    assert distance[1] > distance[0]  # and has left its teacher
    assert distance[2] < distance[1]  # who has followed
    page.get_by_role("button", name="Back to the start").click()
    page.get_by_text("0 taken").wait_for()
    assert "Traceback" not in app.log
    assert page.complaints == []


def test_tiles_are_swapped_by_clicks_and_a_mistake_is_loaded(app, page) -> None:
    enter(page, app, "Pretext room", "Pretext room")
    page.get_by_role("radio", name="jigsaw").click()
    page.get_by_role("button", name="In order").click()
    page.wait_for_url(re.compile(r"order=0(,|%2C)1(,|%2C)2"))
    click_cell(page, "The puzzle", 0, 0)
    page.wait_for_function(  # the tile that is held is framed
        "() => [...document.querySelectorAll('.sslviz-plot')].some("
        "plot => plot._fullLayout?.title?.text === 'The puzzle' && plot._fullLayout.shapes?.length)"
    )
    click_cell(page, "The puzzle", 2, 2)
    page.wait_for_url(re.compile(r"order=8(,|%2C)1(,|%2C)2(,|%2C)3(,|%2C)4(,|%2C)5(,|%2C)6(,|%2C)7(,|%2C)0"))
    click_cell(page, "Where it fails", 0, 1)
    page.wait_for_function("() => !new URL(location).searchParams.get('order').startsWith('8,1,2,3')")
    page.get_by_text("✗").first.wait_for()
    quiet(page)
    before = page.url
    picture = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)).save(picture, "PNG")
    own = page.get_by_test_id("stFileUploader").locator("input[type=file]")
    with page.expect_response(lambda answer: answer.request.method == "PUT"):  # a second file would break off the first
        own.set_input_files({"name": "own.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    page.get_by_text("Your own picture is in the room").wait_for()
    quiet(page)
    own.set_input_files({"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff not a picture"})
    page.get_by_text("cannot be used").wait_for()
    assert page.url == before
    assert "Traceback" not in app.log
    assert page.complaints == []
