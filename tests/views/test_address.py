"""The address is written only where it changes: whatever a visitor does while a page is drawn stays in it."""

from pathlib import Path

import pytest
from streamlit.runtime.state.query_params import QueryParams

from tests.pages import PAGES, end, opened

ADDRESSES: dict[str, dict[str, str]] = {
    "infonce": {"source": "run", "run": "simclr"},
    "attention_room": {},
    "mae_room": {"show": "runs"},
    "slow_motion": {"stage": "similarity"},
    "compare": {},
    "twin": {"a": "simclr_tau_007", "b": "simclr_tau_05"},
    "sweep": {},
    "maps": {"step1": str(end("simclr"))},
    "judge": {},
    "projection_head": {},
}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_drawn_again_leaves_the_address_alone(
    page: str, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(page, **ADDRESSES.get(page, {}))
    assert not app.exception
    sent: list[object] = []
    monkeypatch.setattr(QueryParams, "_send_query_param_msg", sent.append)
    app.run()
    assert not app.exception
    assert sent == []
