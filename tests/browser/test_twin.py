"""Twins in a real browser: one click starts a pair, both sides draw the same steps, a knob is turned in one of them."""

import re

import pytest

from sslviz.runs.folder import RunFolder
from tests.browser.hand import press

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# the newest step that the two matrices show: [left, right]; -1 where there is none
MATRICES = """() => {
    const search = new URL(location).searchParams;
    return ['a', 'b'].map(side => Math.max(-1, ...[...document.querySelectorAll('.sslviz-plot')]
        .filter(chart => chart._fullData?.some(trace => trace.type === 'heatmap'))
        .filter(chart => chart._fullLayout.meta?.run === search.get(side))
        .map(chart => chart._fullLayout.meta.step)));
}"""
# how many points each of the two losses has by now
LOSSES = """() => [...document.querySelectorAll('.sslviz-plot')]
    .filter(chart => /^Loss/.test(chart._fullLayout?.title?.text ?? ''))
    .flatMap(chart => chart._fullData.filter(trace => trace.name !== 'changes').map(trace => trace.x.length))"""


def shown(app, page) -> list[RunFolder]:
    found = [re.search(rf"[?&]{side}=([^&]+)", page.url) for side in "ab"]
    return [RunFolder(app.runs / match[1]) for match in found if match]


def test_a_preset_trains_both_and_a_knob_of_one_is_pinned(app, page) -> None:
    page.set_default_timeout(120_000)
    page.goto(f"{app.url}/runs")
    page.get_by_role("link", name="Twins", exact=True).click()
    page.get_by_role("button", name="SimCLR: τ 0.07").wait_for()
    press(page, "SimCLR: τ 0.07")
    page.wait_for_url(re.compile("[?&]b="))
    page.wait_for_function(f"() => ({MATRICES})().every(step => step >= 2)", timeout=180_000)
    one, other = shown(app, page)
    assert (one.values()["temperature"], other.values()["temperature"]) == (0.07, 0.5)
    page.get_by_text("twins in lock-step").first.wait_for()
    page.get_by_text("Only difference: temperature").first.wait_for()

    press(page, "Pause both")
    page.get_by_role("button", name=re.compile("Play both")).wait_for(timeout=90_000)
    at = one.status().step
    assert other.status().step == at
    page.wait_for_function(f"() => ({MATRICES})().every(step => step === {at})", timeout=90_000)
    assert len(page.evaluate(LOSSES)) == 2

    # the right one alone: τ 0.5 → 0.3
    page.get_by_role("radio", name="temperature 0.5").click()
    field = page.get_by_role("spinbutton", name="to", exact=True)
    page.wait_for_function(
        "() => [...document.querySelectorAll('input')].some(i => i.value === '0.5' && i.ariaLabel === 'to')"
    )
    field.fill("0.3")
    field.press("Enter")
    press(page, "Turn it")
    pin = re.compile(r"temperature 0\.5: temperature 0\.5 →\s*0\.3")  # in one line or two, as there is room
    page.get_by_text(pin).first.wait_for(timeout=90_000)
    page.get_by_text(re.compile(r"τ =\s*0\.3")).first.wait_for(timeout=90_000)  # the right softmax
    assert page.get_by_text(re.compile(r"τ =\s*0\.07")).count() > 0  # the left one
    assert [event["kind"] for event in one.events() if event["kind"] == "set"] == []
    assert other.values()["temperature"] == 0.3

    press(page, "Step both")
    page.wait_for_function(f"() => ({MATRICES})().every(step => step === {at + 1})", timeout=90_000)
    press(page, "Play both")
    page.wait_for_function(f"() => ({MATRICES})().every(step => step > {at + 1})", timeout=180_000)
    press(page, "Stop both")
    page.get_by_role("button", name=re.compile("Resume")).wait_for(timeout=120_000)
    assert one.status().step == other.status().step
    assert {one.status().state, other.status().state} == {"stopped"}

    # On a machine with ten times more to do than cores plotly was once heard to place an axis title at infinity; why
    # is not known.
    assert [text for text in page.complaints if "attribute transform" not in text] == []

    page.reload()  # the address is the state
    page.get_by_text("twins in lock-step").first.wait_for()
    page.wait_for_function(f"() => ({MATRICES})().every(step => step === {one.status().step})", timeout=90_000)
    assert page.locator("[data-testid=stException]").count() == 0
    assert [line for line in app.log.splitlines() if re.search("WARN|ERROR|Traceback", line)] == []
