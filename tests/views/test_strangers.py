"""Runs of strangers and of other versions on the pages: their names are text, and what cannot be read stops nobody."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.runs.pictures import to_jpeg
from sslviz.runs.records import Notes, ProbeSet, Snapshot, Status
from sslviz.runs.settings import RunSettings
from tests.pages import opened
from tests.runs.test_versions import rewritten

MARKUP = "![](http://host/b) [k](//evil) **up** $x$ <b>wide</b> :red[x] %{x}"
PLAIN = {"selectbox", "multiselect"}  # whose options Streamlit writes as they are
TOLD = ("body", "label", "help")
LINK = re.compile(r"(?<!\\)(?:!\[|\]\((?://evil|http://host))|(?<!\\)<b>|(?<!\\)\*\*up")


def strings(message: Message) -> Iterator[str]:
    """Everything in an element that the browser reads as Markdown."""
    for field, value in message.ListFields():
        for each in value if isinstance(value, (list, tuple)) or field.is_repeated else [value]:
            if isinstance(each, Message):
                yield from strings(each)
            elif isinstance(each, str) and (field.name in TOLD or "option" in field.name):
                yield each


def told(app: AppTest) -> list[str]:
    """All that the browser reads as Markdown."""
    parts = [(part.type, part.proto) for part in app._tree if isinstance(getattr(part, "proto", None), Message)]
    return [text for kind, proto in parts if kind not in PLAIN for text in strings(proto)]


def words(figure: Any) -> Iterator[str]:
    """All texts of a figure, but those that are none of plotly's."""
    if isinstance(figure, dict):
        for name, value in figure.items():
            if name not in ("meta", "template", "uirevision"):
                yield from words(value)
    elif isinstance(figure, list):
        for value in figure:
            yield from words(value)
    elif isinstance(figure, str):
        yield figure


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of every figure that is sent to a browser."""
    found: list[str] = []
    to_json = go.Figure.to_json

    def listening(figure: go.Figure, *args: Any, **options: Any) -> str:
        made = to_json(figure, *args, **options)
        found.extend(words(json.loads(made)))
        return made

    monkeypatch.setattr(go.Figure, "to_json", listening)
    return found


CLASSES = (MARKUP, "c" * 200, "<i>thin</i>", "plain")


def strange(run: RunFolder) -> RunFolder:
    """Done after four steps, with all that pages show, and names that want to be more than names."""
    chance = np.random.default_rng(0)
    pictures = chance.integers(0, 255, (40, 32, 32, 3), dtype=np.uint8)
    data = to_jpeg(pictures.reshape(8, 5, 32, 32, 3))[8:].tobytes()
    run.write_probe(ProbeSet(data, 5, 32, np.arange(40) % 4, {MARKUP: np.linspace(0, 1, 40)}, CLASSES))
    for step in range(5):
        row = {"step": step, "seconds": 1.0 * step, "images": 64 * step, "loss": 5.0 - step, "std": 0.1, "knn": 0.3}
        run.append_metrics(row)
        exhibits = {"similarity": chance.uniform(-1, 1, (16, 16)).astype(np.float16)}
        views = pictures[:16].reshape(2, 8, 32, 32, 3)
        run.write_snapshot(Snapshot(step, {}, exhibits, views, chance.normal(size=(40, 4)).astype(np.float16)))
        for kind in ("pca", "umap"):
            run.write_projection(step, kind, chance.normal(size=(40, 2)))
    run.append_event(2, "set", MARKUP, name="temperature", value=0.3)
    ended = Status(
        state="failed", step=4, device=MARKUP, precision=MARKUP, reason=MARKUP, exam=0.4, exam_random_init=0.2
    )
    run.write_status(ended)
    run.write_notes(Notes(name=MARKUP, tags=(MARKUP,), remark=MARKUP))
    return run


@pytest.fixture
def pair(runs: Path) -> tuple[str, str]:
    settings = RunSettings(data=f"/data/{MARKUP}.zip")
    one, other = twins.create(runs, settings, settings.change(temperature=0.5))
    for run in (one, other):
        strange(run)
    name = "x ![](h) [k](evil) **up** <b>wide<b>"
    for run, twin in ((one, "two "), (other, "one ")):
        rewritten(run, twin=twin + name)
    one.path.rename(runs / ("one " + name))
    other.path.rename(runs / ("two " + name))
    return "one " + name, "two " + name


@pytest.mark.parametrize("page", ["simclr", "infonce", "compare", "twin", "maps"])
def test_names_are_only_names(page: str, runs: Path, pair: tuple[str, str], drawn: list[str]) -> None:
    one, two = pair
    asked = {
        "simclr": {"run": one, "map": "pca"},
        "infonce": {"run": one, "source": "recorded run"},
        "compare": {"runs": f"{one},{two}", "find": ""},
        "twin": {"a": one, "b": two},
        "maps": {"run1": one, "run2": two, "map1": "PCA", "map2": "PCA", "step1": "4", "step2": "4"},
    }[page]
    app = opened(page, **asked, every="0")
    assert not app.exception
    texts = told(app)
    assert [text for text in texts if LINK.search(text)] == []
    if page != "maps":  # which writes them in lists and figures only
        assert any("up" in text and "evil" in text for text in texts)
    assert [text for text in drawn if re.search("<b>wide|<i>thin", text)] == []
    if page in ("simclr", "compare", "maps"):  # the classes stand there, the longest cut
        assert "&lt;i&gt;thin&lt;/i&gt;" in drawn
        assert "c" * 24 + "…" in drawn


@pytest.fixture
def versions(runs: Path) -> Path:
    """Among the runs of this server: one of a later version, one of an unknown method, one that is spoilt."""
    for method, name in (("simclr", "newer"), ("simclr", "unknown"), ("byol", "spoilt")):
        strange(RunFolder.create(runs, RunSettings(method=method), name=name))
    rewritten(RunFolder(runs / "newer"), knobs={"sharpness": 3})
    rewritten(RunFolder(runs / "unknown"), method="simclear")
    (runs / "spoilt" / "settings.json").write_text("{")
    return runs


@pytest.mark.parametrize(
    "page", ["simclr", "mae", "infonce", "compare", "twin", "maps", "judge", "sweep", "mae_room", "pretext_room"]
)
def test_runs_of_other_versions_stop_no_page(page: str, versions: Path) -> None:
    app = opened(page, every="0")
    assert not app.exception
    lines = [caption.value for caption in app.caption if "cannot be read by this version" in caption.value]
    assert len(lines) == 1
    assert lines[0].startswith("2 runs cannot be read by this version: ")
    assert "unknown: unknown method 'simclear'" in lines[0]
    assert "spoilt: its settings are not JSON" in lines[0]


def test_a_run_with_unknown_knobs_is_shown_and_says_so(versions: Path) -> None:
    app = opened("simclr", every="0")  # it is the latest
    assert any("newer" in caption.value and "sharpness" in caption.value for caption in app.caption)


@pytest.mark.parametrize(
    ("page", "key"),
    [("byol", "run"), ("infonce", "run"), ("compare", "runs"), ("twin", "a"), ("maps", "run1"), ("judge", "judged")],
)
def test_an_unreadable_run_that_is_asked_for_gets_a_sentence(page: str, key: str, versions: Path) -> None:
    app = opened(page, **{key: "spoilt"}, every="0")
    assert not app.exception
    told_of = [warning.value for warning in app.warning if "spoilt" in warning.value]
    assert len(told_of) == 1
    assert "cannot be read by this version: its settings are not JSON" in told_of[0]
