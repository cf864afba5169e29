"""Nothing is cut off on any page in the windows of two usual projectors: words, equations, table columns, writing in
charts.

    python -m pytest tests/browser/clipped.py        by hand: it takes longer than the suite has time for
"""

from pathlib import Path

import pytest

from tests.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = Path(__file__).parent
PARTS = ["landscape?part=Benchmark", "landscape?part=Contrastive+zoo", "landscape?part=Other+fields"]
PARTS += ["landscape?part=Evaluations", "infonce?source=lecture+hard", "temperature?tau2=0.001"]
WIDTHS = (1366, 1280)
# the script has run, every element is there, and every chart is as wide as its place
SETTLED = """() => document.querySelector('[data-test-script-state=notRunning]')
    && !document.querySelector('[data-testid=stSkeleton]')
    && [...document.querySelectorAll('.sslviz-plot')].every((chart) => {
        const drawn = chart.querySelector('.main-svg');
        return !chart.clientWidth || (drawn && Math.abs(drawn.clientWidth - chart.clientWidth) <= 1);
    })"""


@pytest.mark.parametrize("name", [*PAGES, *PARTS])
def test_nothing_is_cut_off(name: str, museum, page) -> None:
    check = (HERE / "clipped.js").read_text()
    page.set_default_timeout(60_000)
    page.set_viewport_size({"width": WIDTHS[0], "height": 768})
    page.goto(f"{museum.url}/{'' if name == 'home' else name}")
    page.locator('[data-testid="stMain"] :is(h1, h2)').first.wait_for()
    page.wait_for_function(SETTLED)
    if name == "simclr":
        page.locator(".st-key-health summary").click()
        page.locator(".st-key-panel_channels, .st-key-health .sslviz-plot").first.wait_for()
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        page.wait_for_function(SETTLED)
        wrong += [f"at {width}: {what}" for what in page.evaluate(check)]
    assert not wrong, "\n".join(wrong)
