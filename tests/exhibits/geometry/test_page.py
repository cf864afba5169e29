"""The geometry page: it opens alive, its address holds everything, and no address breaks it."""

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from sslviz.exhibits.geometry import maths, page
from sslviz.exhibits.geometry.page import SEED
from tests import pages

opened = partial(pages.opened, "geometry")


def drawn(app: AppTest) -> dict[str, Any]:
    """What the browser is sent."""
    (component,) = app.get("bidi_component")
    return dict(json.loads(component.proto.json))


def test_it_opens_with_four_pictures_on_a_circle() -> None:
    app = opened()
    assert not app.exception
    assert not app.warning
    data = drawn(app)
    assert data["names"] == ["1a", "2a", "3a", "4a", "1b", "2b", "3b", "4b"]
    np.testing.assert_allclose(data["points"], maths.start(4, 2, SEED), atol=1e-8)
    assert (data["loss"], data["knob"], data["eta"]) == ("NT-Xent", 0.2, 0.05)


@pytest.mark.parametrize(
    ("loss", "knob"), [("NT-Xent", "tau"), ("alignment + uniformity", "lambda"), ("attraction only", "omega")]
)
def test_everything_is_in_the_address(loss: str, knob: str) -> None:
    app = opened(mode="sphere", loss=loss, n="8", seed="7", eta="0.005", **{knob: "0.77"})
    assert not app.exception
    assert not app.warning
    data = drawn(app)
    assert (data["loss"], data["knob"], data["eta"]) == (loss, 0.77, 0.005)
    np.testing.assert_allclose(data["points"], maths.start(8, 3, 7), atol=1e-8)
    assert app.query_params[knob] == "0.77"


def test_dragged_points_are_in_the_address_and_stay_with_their_views() -> None:
    for n in (2, 3):
        app = opened(circle="0,90,180,270", n=str(n))  # 1a 1b 2a 2b
        data = drawn(app)
        at = dict(zip(data["names"], data["points"], strict=True))
        np.testing.assert_allclose(
            [at[name] for name in ("1a", "1b", "2a", "2b")], [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=1e-8
        )
        if n == 3:
            np.testing.assert_allclose(at["3b"], maths.start(3, 2, SEED)[5], atol=1e-8)
    data = drawn(opened(mode="sphere", sphere="0,90,90,0", n="2"))
    np.testing.assert_allclose([data["points"][0], data["points"][2]], [[0, 0, 1], [0, 1, 0]], atol=1e-8)


def test_a_new_seed_forgets_what_was_dragged() -> None:
    app = opened(circle="0,90,180,270", n="2")
    app.slider(key="seed").set_value(3).run()
    assert "circle" not in app.query_params
    np.testing.assert_allclose(drawn(app)["points"], maths.start(2, 2, 3), atol=1e-8)


def test_circle_and_sphere_remember_their_own_points() -> None:
    app = opened(circle="0,90,180,270", n="2")
    app.segmented_control(key="mode").set_value("sphere").run()
    np.testing.assert_allclose(drawn(app)["points"], maths.start(2, 3, SEED), atol=1e-8)
    app.segmented_control(key="mode").set_value("circle").run()
    np.testing.assert_allclose(drawn(app)["points"][0], [1, 0], atol=1e-8)


STRANGE = ("nan", "inf", "1e308", "-1", "", "abc", "<b>x</b>", "9" * 5000, "0x10", "1,2", "²")


@pytest.mark.parametrize(
    "query",
    [{"tau": value, "n": value, "eta": value, "seed": value} for value in STRANGE]
    + [{"loss": "attraction only", "omega": value, "mode": value} for value in STRANGE]
    + [{"loss": "alignment + uniformity", "lambda": value} for value in STRANGE if value != "-1"]
    + [{"loss": value} for value in STRANGE]
    + [{"circle": value} for value in ("nan", "inf", "361", "a,b", "", ",", "<script>", "1," * 3000 + "1", "1e308")]
    + [
        {"mode": "sphere", "sphere": value}
        for value in ("1", "1,2,3", "nan,0", "0,-1e9", "", "1," * 32 + "1", "x" * 5000)
    ],
    ids=lambda query: "-".join(f"{key}={value[:8]}" for key, value in query.items()),
)
def test_addresses_that_make_no_sense_never_raise(query: dict[str, str]) -> None:
    app = opened(**query)
    assert not app.exception
    assert app.warning
    data = drawn(app)
    assert 4 <= len(data["names"]) <= 16
    assert 0 <= data["knob"] <= 2
    assert 0.001 <= data["eta"] <= 0.5
    np.testing.assert_allclose(np.linalg.norm(data["points"], axis=1), 1, atol=1e-7)


@pytest.mark.parametrize(
    ("value", "key", "text"),
    [
        ({"d": 2, "degrees": [[10], [20], [30], [40]]}, "circle", "10,30,20,40"),  # rows 1a 2a 1b 2b
        ({"d": 3, "degrees": [[10, 1], [20.5, -2], [30, 3], [40, 4]]}, "sphere", "10,1,30,3,20.5,-2,40,4"),
    ],
)
def test_where_the_hand_leaves_the_points_goes_into_the_address(
    value: object, key: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address: dict[str, str] = {}
    monkeypatch.setattr(page.st, "query_params", address)
    monkeypatch.setattr(page.st, "session_state", {"geometry": {"points": value}})
    page._moved()
    assert address == {key: text}
    monkeypatch.setattr(
        page.st,
        "session_state",
        {"geometry": {"points": {"d": {"circle": 2, "sphere": 3}[key], "degrees": []}}},
    )
    page._moved()
    assert address == {}


@pytest.mark.parametrize(
    "value",
    [
        *(
            None,
            [],
            "abc",
            {},
            {"d": 2},
            {"d": 4, "degrees": [[1], [2]]},
            {"d": [], "degrees": []},
            {"d": 2, "degrees": 3},
        ),
        *(
            {"d": 2, "degrees": rows}
            for rows in ([[1]], [[1, 2], [3, 4]], [["x"], [1]], [[float("nan")], [1]], [[1e9], [1]])
        ),
        {"d": 2, "degrees": [[1]] * 18},
        {"d": 3, "degrees": [[1], [2]]},
    ],
)
def test_what_the_browser_sends_is_checked(value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    address = {"circle": "1,2"}
    monkeypatch.setattr(page.st, "query_params", address)
    monkeypatch.setattr(page.st, "session_state", {"geometry": {"points": value}})
    page._moved()
    assert address == {"circle": "1,2"}
