"""The doctor speaks on the page of a broken run, keeps silent on others, and its button does what it says."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sslviz.data.dataset import Dataset
from sslviz.runs.folder import RunFolder, list_runs
from sslviz.runs.settings import RunSettings
from sslviz.runs.worker import Wishes, run
from sslviz.views import server

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "measures" / "doctor"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SSLVIZ_RUNS", str(tmp_path))
    monkeypatch.setenv("SSLVIZ_SPARE", "0")
    server.launcher.clear()
    yield tmp_path
    server.launcher().close()
    server.launcher.clear()


def simsiam(runs: Path, tiny: Dataset, quick: RunSettings, recorded: str, **knobs: bool) -> RunFolder:
    """A short run of our own, followed by the numbers that a long one has recorded."""
    settings = RunSettings(method="simsiam", data="digits", training=quick.training, knobs=knobs)
    folder = RunFolder.create(runs, settings)
    assert run(folder, runs / "cache", Wishes(folder), loaded=replace(tiny, name="digits")).state == "done"
    for row in pd.read_csv(RECORDED / recorded, comment="#").to_dict("records"):
        folder.append_metrics({str(k): v for k, v in row.items() if v == v} | {"step": int(row["step"]) + 10})
    steps = int(folder.metrics()["step"].max())
    folder.write_status(folder.status().model_copy(update={"state": "done", "step": steps}))
    return folder


def page(folder: RunFolder) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "simsiam.py"), default_timeout=60)
    app.query_params["run"] = folder.id
    return app.run()


def test_it_names_the_switch_and_the_button_turns_it_on(runs: Path, tiny: Dataset, quick: RunSettings) -> None:
    folder = simsiam(runs, tiny, quick, "simsiam_without_stop_gradient.csv", stop_gradient=False)
    app = page(folder)
    assert not app.exception
    assert any("stop-gradient" in text.value and "collapse" in text.value for text in app.markdown)
    app.button(key="cure").click().run()
    assert not app.exception
    newest = next(r for r in list_runs(runs) if r.id != folder.id)
    assert newest.values()["stop_gradient"] is True
    assert folder.values()["stop_gradient"] is False


def test_it_is_silent_on_a_healthy_run(runs: Path, tiny: Dataset, quick: RunSettings) -> None:
    app = page(simsiam(runs, tiny, quick, "simsiam_healthy.csv"))
    assert not app.exception
    assert not any("stethoscope" in text.value for text in app.markdown)
    assert "cure" not in [button.key for button in app.button]
