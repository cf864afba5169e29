"""What many tests need: a small data set, a quiet machine, settings that train in a second."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Read when torch, sklearn and numba are loaded. On small tensors more threads only wait for each other; and numba, once
# it has started its own, sets torch's number too. tests/processes fork: with OpenMP, numba ends such a child.
os.environ |= {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "NUMBA_THREADING_LAYER": "workqueue"}

import numpy as np
import pytest
import torch

from sslviz.data.dataset import Dataset, Split
from sslviz.runs.settings import RunSettings
from tests import budget


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What each folder cost. A slow machine is no failure: the marks are there to be read."""
    reports = [each for some in terminalreporter.stats.values() for each in some if hasattr(each, "duration")]
    if sum(each.duration for each in reports) > 20:
        terminalreporter.section("processor seconds: fast, slow, browser")
        terminalreporter.write("\n".join(budget.table(budget.spent(reports))) + "\n")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Whatever a run in the test before has set."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def no_fault() -> Iterator[None]:
    """views/net.py turns an unexpected error into a sentence on the page: a test must not pass over it. One that is
    about such errors clears `net.told`.
    """
    yield
    net = sys.modules.get("sslviz.views.net")
    faults = set(net.told) if net else set()
    if net:
        net.told.clear()
    assert not faults, "something went wrong on a page: the captured log tells the story"


@pytest.fixture(scope="session", autouse=True)
def at_rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A page that a test opens starts no process and finds the recorded runs alone, unless the test says otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSLVIZ_RUNS", str(tmp_path_factory.mktemp("runs")))
        for name in ("SLOTS", "SPARE", "PROJECTOR"):
            patch.setenv(f"SSLVIZ_{name}", "0")
        yield


@pytest.fixture(scope="session", autouse=True)
def signals() -> None:
    """What `nohup` and `&` ignore, every process that a test starts would ignore, too."""
    for name, usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


@pytest.fixture(scope="session", autouse=True)
def components() -> Iterator[None]:
    """AppTest reads the metadata of every installed package at each run of a script; a server does so once."""
    from streamlit.components.v2 import manifest_scanner

    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        yield


@pytest.fixture
def every_figure_is_valid() -> Iterator[None]:
    """figures/style.py leaves out plotly's own checks: here they are made up for, and change nothing. For the tests of
    figures and the one that opens every page: it makes a figure four times as slow.

    A property that is None would be noticed, too: plotly.js takes it for one that is there.
    """
    import plotly.graph_objects as go

    from sslviz.figures import style
    from sslviz.views.plot.plot import TRACES

    unchecked, to_json = style.figure, go.Figure.to_json

    def checked_json(figure: go.Figure, *args: Any, **options: Any) -> str:
        found = to_json(figure, *args, **options)
        valid = go.Figure(figure.to_dict())  # raises ValueError for what plotly does not know
        assert without_empty(json.loads(found)) == without_empty(json.loads(to_json(valid, *args, **options)))
        assert {trace.type for trace in figure.data} <= TRACES
        return found

    def checked(*traces: Any, **layout: Any) -> go.Figure:
        figure = unchecked(*traces, **layout)
        checked_json(figure)
        return figure

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(style, "figure", checked)
        patch.setattr(go.Figure, "to_json", checked_json)  # whatever was changed after it was made
        yield


def without_empty(part: Any) -> Any:
    """An empty list of shapes or annotations is none at all."""
    if isinstance(part, dict):
        return {key: without_empty(value) for key, value in part.items() if value != []}
    return [without_empty(value) for value in part] if isinstance(part, list) else part


@pytest.fixture(scope="session")
def tiny() -> Dataset:
    """320 + 80 pictures of four flat colours with noise: learnable, and made in no time."""
    chance = np.random.default_rng(0)

    def split(n: int) -> Split:
        labels = np.arange(n) % 4
        base = np.array([[220, 40, 40], [40, 220, 40], [40, 40, 220], [200, 200, 40]])[labels]
        pixels = base[:, :, None, None] + chance.normal(0, 25, (n, 3, 32, 32))
        images = torch.from_numpy(pixels.clip(0, 255).astype(np.uint8))
        return Split(images, torch.from_numpy(labels), {"hue": (labels / 4).astype(np.float32)})

    return Dataset("tiny", split(320), split(80), ("red", "green", "blue", "yellow"))


@pytest.fixture
def quick() -> RunSettings:
    """Six steps of 32 pictures, in float32, on one thread."""
    return RunSettings(seed=3).change(steps=6, batch_size=32, precision="float32", threads=1, width=16, warmup_steps=2)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of runs and this server's launcher on it, which starts no process: what is started, waits."""
    from sslviz.views.controls import server

    folder = tmp_path / "runs"
    monkeypatch.setenv("SSLVIZ_RUNS", str(folder))
    server.launcher.clear()
    server.launcher()
    yield folder
    server.launcher().close()
    server.launcher.clear()
