"""One refresh of the live pictures reads each small file of its run once, and so all that it shows belongs together."""

import builtins
import io
import json
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest

from sslviz.exhibits.twins import page as twins
from sslviz.runs.folder import RunFolder
from sslviz.views.controls import server
from sslviz.views.method import live
from tests import pages

SMALL = {"settings.json", "status.json", "events.jsonl"}


@pytest.fixture
def run(runs: Path) -> RunFolder:
    """A fork of a recorded run, at work: it shows all that a page can show."""
    run = RunFolder(shutil.copytree(server.GALLERY / "simclr", runs / "mine"))
    settings = json.loads((run.path / "settings.json").read_bytes())
    settings["parent"] = {"run": "simclr", "step": 0}
    (run.path / "settings.json").write_text(json.dumps(settings))
    go_on(run, "running")
    return run


def go_on(run: RunFolder, state: str) -> None:
    """One more recorded step, one more knob that was turned, another status."""
    last = run.snapshot(run.snapshot_steps()[-1])
    assert last is not None
    step, status = last.step + 1, run.status()
    known = run.metrics().iloc[-1].dropna().to_dict()
    run.append_metrics({**known, "step": step})
    run.append_event(step, "set", "turned", name="temperature", value=0.1 + 0.001 * (step % 100))
    run.write_snapshot(replace(last, step=step))
    run.write_status(status.model_copy(update={"state": state, "step": step, "heartbeat": time.time()}))


@pytest.fixture
def refreshes(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> list[Counter[str]]:
    """What each refresh that came to its end has opened in the folder of the run: name -> how often. The launcher's own
    thread, which looks after all runs, does not count.
    """
    found: list[Counter[str]] = []
    opened: defaultdict[int, Counter[str]] = defaultdict(Counter)  # by thread
    usual = io.open

    def counted(file: Any, *args: Any, **more: Any) -> Any:
        if isinstance(file, str | Path) and Path(file).parent == run.path:
            opened[get_ident()][Path(file).name] += 1
        return usual(file, *args, **more)

    def drawn(draw: Callable[..., None], *args: Any) -> None:
        opened.clear()
        draw(*args)
        found.append(opened[get_ident()].copy())

    for module in (io, builtins):
        monkeypatch.setattr(module, "open", counted)
    for page in (live, twins):
        monkeypatch.setattr(page, "draw", partial(drawn, page.draw))
    return found


@pytest.mark.parametrize("state", ["running", "done"])
@pytest.mark.parametrize(("page", "asked"), [("simclr", {"run": "mine"}), ("twin", {"a": "mine", "b": "byol"})])
def test_a_refresh_reads_each_small_file_once(
    page: str, asked: dict[str, str], state: str, run: RunFolder, refreshes: list[Counter[str]]
) -> None:
    go_on(run, state)
    app = pages.opened(page, every="0", **asked)
    app.session_state["health"] = True
    app.run()
    go_on(run, state)  # so that everything is drawn anew
    app.run()
    assert not app.exception
    assert len(refreshes) == 3
    for opened in refreshes:
        small = Counter({name: times for name, times in opened.items() if Path(name).suffix in (".json", ".jsonl")})
        assert small.keys() >= SMALL
        assert set(small.values()) == {1}, small
