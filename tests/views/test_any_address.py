"""Any address at all: every page opens, whatever its address says, and says a sentence where that makes no sense.

Names come from the pages' own source, values from what people and other programs write. Streamlit hands a page whatever
stands behind the question mark. A longer run by hand: SSLVIZ_FUZZ=20 python -m pytest tests/views/test_any_address.py
"""

import os
import random
import re
from pathlib import Path

import pytest

from sslviz.methods import METHODS
from sslviz.runs.settings import all_knobs
from tests.pages import PAGES, ROOT, opened

EXHIBITS = ROOT / "sslviz" / "exhibits"
TIMES = round(float(os.environ.get("SSLVIZ_FUZZ", "1")))
SHARED = ("run", "data", "seed", "every", "row", "moment", "health", "code", "judged", "runs", "anchor", "step")
SHARED += ("map", "size", "order", "colour", "numbers", "curves")
STRANGE = ["", " ", "nan", "-inf", "1e999", "-1", "0", "1", "7", "0.5", "9" * 400, "1_0", "٣", "true", "None", "null"]
STRANGE += [
    "../../etc/passwd",
    "/",
    "~nobody/x",
    ".",
    ".trash",
    "simclr",
    "mae",
    "byol,dino",
    "simclr,",
    ",,,",
    "[]",
    "{}",
]
STRANGE += [
    "<b>x</b>",
    "![](http://host/b)",
    "$\\tau$",
    "'; drop table",
    "\0",
    "\n",
    "\ufffd",
    "ä" * 50,
    "😀",
    "shapes",
]
STRANGE += ["1,2", "0,0", "-1,5", "1,2,3,4", "0.1,nan", "a,b", "10,10", "1e9,1e9", "resnet50", "conv", "umap", "digits"]
WORD, NUMBERED = re.compile(r'"([a-z]\w{0,15})"'), re.compile(r'f"(\w+)\{')


def names(page: str) -> list[str]:
    """What may stand in the address of a page: the knobs of a method; every short word in the source of an exhibit."""
    if page in METHODS:
        return [*SHARED, *all_knobs(page)]
    folders = [each for each in EXHIBITS.iterdir() if page.startswith(each.name) or each.name.startswith(page)]
    source = "".join(file.read_text("utf-8") for folder in folders for file in folder.glob("*.py"))
    found = {*WORD.findall(source), *(name + number for name in NUMBERED.findall(source) for number in "12")}
    return [*SHARED, *sorted(found - set(SHARED))]


def test_names_are_found() -> None:
    assert {"n", "tau1"} <= set(names("temperature"))
    assert {"run1", "run2", "colour"} <= set(names("maps"))
    assert {"a", "differ"} <= set(names("twin"))
    assert "temperature" in names("simclr")


@pytest.mark.parametrize(("page", "run"), [("simclr", "simclr"), ("twin", "")])
def test_nothing_behind_a_name_chooses_what_is_usual(page: str, run: str, runs: Path) -> None:
    app = opened(page, map="", size="", order="", colour="", **({"run": run} if run else {"a": "simclr", "b": "byol"}))
    assert not app.exception


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_whatever_its_address_says(page: str, runs: Path) -> None:
    """conftest.py fails it for a fault that has become a sentence, too."""
    chance = random.Random(page)
    for _ in range(TIMES):
        asked = names(page)
        query = {name: chance.choice(STRANGE) for name in chance.sample(asked, chance.randint(1, len(asked)))}
        app = opened(page, **query)
        assert not app.exception, query
        assert app.header or app.title, query
        assert not list(runs.glob("*")), "nothing is started or written"
