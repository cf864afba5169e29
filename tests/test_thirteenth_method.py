"""Adding a method takes one file (tests/fixture_method.py) and one line in the registry; the rest follows."""

import importlib.util
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sslviz.data.dataset import Dataset
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.worker import Wishes, run

FIXTURE = Path(__file__).parent / "fixture_method.py"


@pytest.fixture
def thirteenth(monkeypatch: pytest.MonkeyPatch) -> str:
    spec = importlib.util.spec_from_file_location("fixture_method", FIXTURE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "fixture_method", module)
    spec.loader.exec_module(module)
    monkeypatch.setitem(METHODS, "thirteenth", module.Thirteenth)  # the registry line
    return "thirteenth"


def test_it_has_a_page_with_its_knobs_and_its_live_views(
    thirteenth: str, runs: Path, tiny: Dataset, quick: RunSettings
) -> None:
    folder = RunFolder.create(runs, RunSettings(method=thirteenth, data="tiny", training=quick.training))
    assert run(folder, runs / "cache", Wishes(folder), loaded=tiny).state == "done"
    app = AppTest.from_function(_page, default_timeout=60)
    app.query_params["run"] = folder.id
    app.run()
    assert not app.exception
    assert app.header[0].value == "Thirteenth"
    assert app.slider(key="spread_weight").value == 1.0
    assert "self.knobs.spread_weight" in app.code[1].value  # its source beside its equation
    assert any("step **6** of 6" in text.value for text in app.markdown)


def test_it_stands_in_the_navigation(thirteenth: str, runs: Path) -> None:
    app = AppTest.from_file(str(Path(__file__).parents[1] / "sslviz" / "views" / "frame.py"), default_timeout=60).run()
    assert not app.exception
    assert "Open Thirteenth" in [link.proto.label for link in app.get("page_link")]


def _page() -> None:
    from sslviz.views.method import page

    page.show("thirteenth")
