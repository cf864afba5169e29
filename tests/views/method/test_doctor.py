"""The doctor speaks on the page of a broken run, keeps silent on others, and its button does what it says."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from sslviz.data.dataset import Dataset
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.training.worker import Wishes, run
from tests.pages import opened

RECORDED = Path(__file__).parents[2] / "measures" / "doctor"


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


def test_it_names_the_switch_and_the_button_turns_it_on(runs: Path, tiny: Dataset, quick: RunSettings) -> None:
    folder = simsiam(runs, tiny, quick, "simsiam_without_stop_gradient_wide.csv", stop_gradient=False)
    app = opened("simsiam", run=folder.id)
    assert not app.exception
    assert any("stop-gradient" in text.value and "collapse" in text.value for text in app.markdown)
    # the recorded network is ill, and its k-NN score above that of random weights: the page says how that can be
    assert any("before the projector, where pictures still differ" in text.value for text in app.caption)
    app.button(key="cure").click().run()
    assert not app.exception
    newest = next(r for r in list_runs(runs) if r.id != folder.id)
    assert newest.values()["stop_gradient"] is True
    assert folder.values()["stop_gradient"] is False


def test_it_is_silent_on_a_healthy_run(runs: Path, tiny: Dataset, quick: RunSettings) -> None:
    app = opened("simsiam", run=simsiam(runs, tiny, quick, "simsiam_healthy.csv").id)
    assert not app.exception
    assert not any("stethoscope" in text.value for text in app.markdown)
    assert "cure" not in [button.key for button in app.button]
