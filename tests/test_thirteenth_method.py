"""A new method is one file (tests/fixture_method.py), one line in the registry, and a card if there is something to say
of it (tests/fixture_card.py); the rest follows. With its test that makes four files.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
from streamlit.testing.v1 import AppTest

from sslviz.data.dataset import Dataset
from sslviz.exhibits.slow_motion import start
from sslviz.exhibits.slow_motion import step as slow_motion
from sslviz.exhibits.slow_motion.stages import stages
from sslviz.lessons import CARDS, card_of, landscape, zoo
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.trainer import Trainer
from sslviz.training.worker import Wishes, run

HERE = Path(__file__).parent


def loaded(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def thirteenth(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(METHODS, "thirteenth", loaded("fixture_method", monkeypatch).Thirteenth)  # the registry line
    return "thirteenth"


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file in sslviz/lessons."""
    monkeypatch.setitem(CARDS, "thirteenth", loaded("fixture_card", monkeypatch).CARD)


def test_it_has_a_page_with_its_knobs_and_its_live_views(
    thirteenth: str, runs: Path, tiny: Dataset, quick: RunSettings
) -> None:
    folder = RunFolder.create(runs, RunSettings(method=thirteenth, data="tiny", training=quick.training))
    assert run(folder, runs / "cache", Wishes(folder), loaded=tiny).state == "done"
    app = AppTest.from_function(_page, default_timeout=60)
    app.query_params["code"] = "true"  # the panel is open
    app.query_params["run"] = folder.id
    app.run()
    assert not app.exception
    assert app.header[0].value == "Thirteenth"
    assert app.slider(key="spread_weight").value == 1.0
    assert "self.knobs.spread_weight" in app.code[1].value  # its source beside its equation
    assert any("step **6** of 6" in text.value for text in app.markdown)


def test_it_stands_in_the_navigation(thirteenth: str, runs: Path) -> None:
    app = AppTest.from_file(str(HERE.parent / "sslviz" / "views" / "frame.py"), default_timeout=60).run()
    assert not app.exception
    assert "Thirteenth" in [link.proto.label for link in app.get("page_link")]


def test_its_card_is_read(thirteenth: str, card: None) -> None:
    assert card_of(thirteenth).icon == ":material/casino:"
    assert zoo.zoo(METHODS).index[-1] == thirteenth
    place = landscape.place(thirteenth, METHODS[thirteenth].family)
    assert place is not None
    assert place.idea == landscape.TWICE


@pytest.mark.parametrize("described", [False, True])
def test_it_is_walked_in_slow_motion(
    thirteenth: str, described: bool, request: pytest.FixtureRequest, tiny: Dataset, quick: RunSettings
) -> None:
    if described:
        request.getfixturevalue("card")
    settings = quick.model_copy(update={"method": thirteenth, "data": "tiny"})
    trainer = Trainer(settings, tiny, torch.device("cpu"))
    begin = start.start(settings, tiny, (trainer.tensors(), trainer.about()))
    after, step = slow_motion.slow_step(start.with_batch(begin, 4, 5))
    titles = [stage.title for stage in stages(step, after)]
    assert titles[:4] == ["Pictures", "Views", "Encoder", "Expander" if described else "Projector"]


def _page() -> None:
    from sslviz.views.method import page

    page.show("thirteenth")
