"""Something unexpected: a sentence where the picture would be, its story in the log, and the rest of the page."""

import logging
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sslviz.runs.folder import RunFolder
from sslviz.views import net
from sslviz.views.controls import server
from sslviz.views.plot import recorded
from tests.pages import ROOT, opened

PAGE = """
import streamlit as st
from sslviz.views import net

def torn():
    st.write("before")
    raise RuntimeError("a secret path")

with net.net("The map"):
    torn()
net.fragment("The moving picture", torn)()
st.write("after")
"""


def test_a_sentence_with_a_number_and_the_story_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "sslviz"):
        app = AppTest.from_string(PAGE).run()
        app.run()
    assert not app.exception
    assert [each.value for each in app.markdown] == ["before", "before", "after"]
    said = [each.value for each in app.error]
    assert len(said) == 2
    assert "The map cannot be shown" in said[0]
    assert "The moving picture cannot be shown" in said[1]
    assert not any("secret" in each for each in said)
    assert len(caplog.records) == len(net.told) == 2  # not once more for the second drawing
    for number, record in zip((each.split("Fault ")[1][:6] for each in said), caplog.records, strict=True):
        assert number in net.told
        assert number in record.getMessage()
        assert "RuntimeError: a secret path" in record.getMessage()
    net.told.clear()


def test_one_torn_picture_leaves_the_others(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunFolder(shutil.copytree(server.GALLERY / "simclr", runs / "mine"))
    whole = opened("simclr", run=run.id)

    def torn(*_: object, **__: object) -> None:
        raise KeyError("a row that is not there")

    monkeypatch.setattr("sslviz.views.method.map.map_figure", torn)
    app = opened("simclr", run=run.id)
    assert not app.exception
    assert [each.value[:23] for each in app.error] == ["The picture “map” canno"]
    assert len(app.caption) >= len(whole.caption) - 1
    net.told.clear()


def test_nothing_shows_a_traceback_to_a_visitor() -> None:
    assert 'showErrorDetails = "none"' in (ROOT / ".streamlit" / "config.toml").read_text()


def test_fragments_have_the_net() -> None:
    """Else an error would take its place on the page without a number."""
    users = [path.name for path in (ROOT / "sslviz").rglob("*.py") if "st.fragment" in path.read_text()]
    assert users == ["net.py"]


def test_a_run_whose_moments_cannot_be_read_says_so(runs: Path) -> None:
    run = RunFolder(shutil.copytree(server.GALLERY / "simclr", runs / "mine"))
    recorded._load.clear()
    for path in (run.path / "snapshots").iterdir():
        path.write_bytes(b"PK")
    app = opened("simclr", run=run.id)
    assert any("None of the recorded moments" in each.value for each in app.warning)
