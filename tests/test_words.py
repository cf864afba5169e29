"""English that a native reader stumbles over does not come back to the README, home, blackboard and compare pages."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SSLVIZ = ROOT / "sslviz"
PLACES = [ROOT / "README.md", *(SSLVIZ / "measures" / f"{stem}.py" for stem in ("infonce", "infonce_views", "softmax"))]
PLACES += [SSLVIZ / "measures" / "masking.py", SSLVIZ / "views" / "method" / "masking_cost.py"]
PLACES += [SSLVIZ / "views" / "controls" / "runs_here.py", SSLVIZ / "views" / "method" / "small.py"]
PLACES += [
    path
    for folder in ("exhibits", "judging", "lessons", "methods", "views/plot")
    for path in (SSLVIZ / folder).rglob("*")
    if path.suffix in (".py", ".js") and "slow_motion" not in path.parts  # there a step has two halves
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
    "only who ": "only those who",
    "who predicts": "whoever predicts",
    "who tells": "whoever tells",
    "a full score": "no more to score",
    "nobody wants to know": "…",
    "matter as what": "matter because",
    "0.4878 ": "0.48786, and not the lecture's",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_it_is_said_in_plain_english(wrong: str) -> None:
    found = [path.name for path in PLACES if wrong in path.read_text().lower()]
    assert not found, f"say: {WRONG[wrong]}"
