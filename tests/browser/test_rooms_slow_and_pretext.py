"""Two rooms in a real browser: a step walked and taken with keys and clicks; tiles swapped, a mistake and an upload."""

import io
import re
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError as Timeout

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLOTTED = """() => !document.querySelector('[data-testid=stSkeleton]')
    && [...document.querySelectorAll('.sslviz-plot')].every(plot => plot._fullData?.length)"""
# the middle of a cell of the heat map in the figure with this title, in pixels of the window
CELL = """([title, row, column]) => {
    const plot = [...document.querySelectorAll('.sslviz-plot')].find(
        each => each._fullLayout?.title?.text?.replaceAll('<br>', ' ').startsWith(title));
    if (!plot) return null;
    plot.scrollIntoView({block: 'center'});
    const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.d2p(column), box.top + yaxis._offset + yaxis.d2p(row)] }"""


@pytest.fixture
def app(museum):
    return museum


def enter(page, app, name: str, heading: str) -> None:
    page.goto(app.url)
    page.get_by_role("link", name=name, exact=True).first.click()
    page.get_by_role("heading", name=heading, exact=True).wait_for(timeout=60_000)
    quiet(page)


def quiet(page) -> None:
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=60_000)
    page.wait_for_function(PLOTTED, timeout=60_000)


def click_cell(page, title: str, row: int, column: int) -> None:
    quiet(page)
    page.mouse.click(*page.evaluate(CELL, [title, row, column]))


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
    quiet(page)
    apart = page.evaluate(
        "() => [...document.querySelectorAll('.sslviz-plot')].map(plot => plot._fullData?.[0])"
        ".filter(trace => trace?.mode === 'lines+markers').map(trace => [...trace.y])"
    )
    loss, distance = apart
    assert len(loss) == len(distance) == 3
    assert loss[1] < loss[0]  # the student has learnt something
    assert distance[1] > distance[0]  # and has left its teacher
    assert distance[2] < distance[1]  # who has followed
    page.get_by_role("button", name="Back to the start").click()
    page.get_by_text("0 taken").wait_for()
    assert "Traceback" not in app.log
    assert page.complaints == []


# what the charts of the page show: their numbers, their axes, what is hidden
SHOWN = """() => [...document.querySelectorAll('.sslviz-plot')].map(plot => ({
    title: plot._fullLayout?.title?.text,
    range: ['xaxis', 'yaxis'].map(name => plot._fullLayout?.[name]?.range.map(end => Math.round(1e4 * end) / 1e4)),
    hidden: plot._fullData?.map(trace => trace.visible),
    traces: plot._fullData?.map(trace => [trace.type, trace.source?.length,
        trace.z ? [trace.z.length, trace.z[0].length, Array.from(trace.z[0]).map(each => Math.round(1e4 * each))] : 0]),
}))"""
WALKS = {
    "simclr": (),  # all of them
    "mae": ("views", "mask", "encoder", "tokens", "prediction", "patch_error", "loss", "d_encoder"),
}


@pytest.mark.parametrize("run", WALKS)
def test_a_stage_that_is_walked_to_is_the_stage_of_its_address(run: str, app, browser, page) -> None:
    address = f"{app.url}/slow_motion?walked={run}"
    page.goto(address)
    page.get_by_text("Stage 1 of").wait_for(timeout=60_000)
    quiet(page)
    fresh = browser.new_page(viewport={"width": 1440, "height": 900})
    stages = int(re.search(r"Stage 1 of (\d+)", page.inner_text("body"))[1])
    seen = []
    for number in range(1, stages + 1):
        if number > 1:
            page.keyboard.press("ArrowRight")
            page.get_by_text(f"Stage {number} of").wait_for(timeout=60_000)
        quiet(page)
        stage = re.search("stage=([a-z_]+)", page.url)[1]
        if WALKS[run] and stage not in WALKS[run]:
            continue
        fresh.goto(f"{address}&stage={stage}")
        fresh.get_by_text(f"Stage {number} of").wait_for(timeout=60_000)
        fresh.wait_for_function(f"() => ({SHOWN})().length > 0", timeout=60_000)  # before it, nothing is quiet
        quiet(fresh)
        expected = fresh.evaluate(SHOWN)
        assert expected
        same = f"expected => JSON.stringify(({SHOWN})()) === JSON.stringify(expected)"
        with suppress(Timeout):  # the comparison below tells what is different
            page.wait_for_function(same, arg=expected, timeout=10_000)
        assert page.evaluate(SHOWN) == expected, stage
        seen.append(stage)
    fresh.close()
    assert set(seen) >= set(WALKS[run])
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
