"""English that a native reader stumbles over does not come back to the README, home, blackboard and compare pages."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = [ROOT / "README.md", ROOT / "sslviz" / "views" / "welcome.py", *(ROOT / "sslviz" / "blackboard").glob("*.py")]
PLACES += [
    path
    for stem in (
        "board_",
        "infonce",
        "geometry",
        "masking_cost",
        "shortcut",
        "compare",
        "twin",
        "sweep",
        "map",
        "picked",
        "judge",
    )
    for path in (ROOT / "sslviz" / "views").glob(f"{stem}*")
    if path.suffix in (".py", ".js")
]
WRONG = {
    "forth and back": "forward and backward",
    "foresee": "predict",
    "held against": "compared with",
    "not clear are those": "… is not clear if",
    "shift adds": "hold Shift to add more",
    "other half": "partner, other view",
    "by the clock": "measured",
    "is none of the": "is not one of the",
    "hardly ever among": "is rarely one of",
    "by turns a step": "in alternating steps",
    "does otherwise": "does differently",
    "0.4878 ": "0.48786, and not the lecture's",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_it_is_said_in_plain_english(wrong: str) -> None:
    found = [path.name for path in PLACES if wrong in path.read_text().lower()]
    assert not found, f"say: {WRONG[wrong]}"
