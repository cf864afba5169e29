"""Nothing is cut off where test_walk.py does not come: the same check, in the same two windows."""

import pytest

from tests.browser.hand import cut_off

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PARTS = ["temperature?tau2=0.001", "simclr?temperature=0.5&seed=3"]  # this: "1 knob and the seed differ from this run"


@pytest.mark.parametrize("address", PARTS)
def test_nothing_is_cut_off(address: str, museum, page) -> None:
    wrong = []
    for width in (1366, 1280):
        page.set_viewport_size({"width": width, "height": 768})
        if width == 1366:
            page.goto(f"{museum.url}/{address}")
        wrong += [f"at {width}: {what}" for what in cut_off(page)]
    assert not wrong, "\n".join(wrong)
