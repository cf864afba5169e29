"""Every page opens without an exception: with nothing recorded, on a finished run, and on addresses that make no
sense.
"""

from pathlib import Path

import pytest

from sslviz.data.dataset import Dataset
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.worker import Wishes, run
from tests.pages import FRAME, PAGES, opened

pytestmark = pytest.mark.usefixtures("every_figure_is_valid")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_before_anything_was_trained(name: str, runs: Path) -> None:
    app = opened(FRAME if name == "home" else name)  # home links to other pages, which only the frame knows
    assert not app.exception
    assert len(app.title) + len(app.header) == 1


def finished(runs: Path, tiny: Dataset, method: str, quick: RunSettings) -> RunFolder:
    folder = RunFolder.create(runs, quick.model_copy(update={"method": method, "data": "tiny"}))
    assert run(folder, runs / "cache", Wishes(folder), loaded=tiny).state == "done"
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_a_method_page_shows_a_finished_run(method: str, runs: Path, tiny: Dataset, quick: RunSettings) -> None:
    folder = finished(runs, tiny, method, quick)
    app = opened(method, run=folder.id)
    assert not app.exception
    assert not app.warning
    assert any("step **6** of 6" in text.value for text in app.markdown)


@pytest.mark.parametrize(
    "query",
    [
        {"run": "../../etc"},
        {"run": "no-such-run"},
        {"temperature": "nan"},
        {"temperature": "1e308", "batch_size": "-5"},
        {"hue": "<b>pink</b>", "seed": "x" * 5000},
        {"data": "/no/such/folder"},
        {"every": "soon", "size": "7", "map": "globe"},
        {"unknown": "1"},
        {"seed": "inf", "steps": "-inf", "learning_rate": "inf"},
    ],
)
def test_addresses_that_make_no_sense_never_raise(query: dict[str, str], runs: Path) -> None:
    app = opened("simclr", **query)
    assert not app.exception
    assert 0.01 <= app.slider(key="temperature").value <= 1.0
    assert 16 <= app.slider(key="batch_size").value <= 1024
