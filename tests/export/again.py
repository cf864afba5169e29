"""Runs that are exported and trained again where there is no sslviz: made here, repeated in a fresh process."""

import ast
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.worker import Wishes, run

HIDDEN = ["pydantic", "pandas", "safetensors", "torchvision", "sklearn", "scipy", "streamlit", "plotly"]
ALONE = """
import importlib.util, runpy, sys
assert importlib.util.find_spec("sslviz") is None
hidden, *scripts = sys.argv[1:]
sys.modules |= dict.fromkeys(hidden.split(","))  # as if they were not installed
for script in scripts:
    print("==", flush=True)
    sys.argv = [script]
    runpy.run_path(script, run_name="__main__")
    for name in [name for name in sys.modules if name.partition(".")[0] == "sslviz"]:
        del sys.modules[name]  # the next script brings its own
"""


class Turns(Wishes):
    """Turns knobs as a person would, steps done -> name -> value; stops after some steps, if asked."""

    def __init__(self, folder: RunFolder, turns: dict[int, dict[str, Any]], stop: int | None) -> None:
        super().__init__(folder)
        self.turns, self.stop, self.polled = turns, stop, -1

    def poll(self) -> list[dict[str, Any]]:
        self.polled += 1
        asked = self.turns.get(self.polled, {})
        turned = [{"do": "set", "name": name, "value": value} for name, value in asked.items()]
        return turned + ([{"do": "stop"}] if self.polled == self.stop else [])


def photos(folder: Path) -> Path:
    """90 pictures of three classes in sub-folders, of several sizes."""
    chance = np.random.default_rng(0)
    for name, colour in (("red", (200, 60, 60)), ("green", (60, 200, 60)), ("blue", (60, 60, 200))):
        (folder / name).mkdir(parents=True)
        for number in range(30):
            size = (40 + number, 36, 3)
            pixels = np.array(colour) + chance.normal(0, 30, size)
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / name / f"{number}.png")
    return folder


def trained(
    runs: Path, settings: RunSettings, turns: dict[int, dict[str, Any]] | None = None, stop: int | None = None
) -> RunFolder:
    """Every step takes a tenth of a second, by the clock that is read here."""
    folder = RunFolder.create(runs, settings)
    status = run(folder, runs / "cache", Turns(folder, turns or {}, stop), clock=count(0, 0.1).__next__)
    assert status.state == ("done" if stop is None else "stopped"), status.reason
    return folder


def losses(folder: RunFolder) -> list[float]:
    return [float(loss) for loss in folder.metrics()["loss"].dropna()]


def alone(*arguments: str | Path, where: Path) -> str:
    """What a Python process says that knows nothing of sslviz: not on its path, not where it stands."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-I", *map(str, arguments)], cwd=where, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def repeated(scripts: list[Path], where: Path, hidden: Sequence[str] = HIDDEN) -> list[tuple[list[float], float]]:
    """Each script run from its first line to its last, in one fresh process where some packages are missing: its
    losses, its k-NN score.
    """
    found = []
    for said in alone("-c", ALONE, ",".join(hidden), *scripts, where=where).split("==\n")[1:]:
        lines = said.splitlines()
        score = next(float(line.split()[1]) for line in lines if line.startswith("k-NN"))
        found.append(([float(line.split()[-1]) for line in lines if line.startswith("step")], score))
    return found


def files_of(script: str) -> dict[str, str]:
    """The files that a script brings along: path -> text."""
    calls = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Call)]
    return {
        ast.literal_eval(call.args[0]): ast.literal_eval(call.args[1])
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "file"
    }
