"""A run as a Jupyter notebook that trains it again with torch and numpy alone: its files, its settings, its loop.

The format is Jupyter's nbformat 4.5, which is plain JSON.
"""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from sslviz.export.recipe import Recipe
from sslviz.foreign import in_markdown
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder

FOLDER = "retrain"  # of its own: a checkout of sslviz beside the notebook stays as it is
BEGIN = """\
import sys
from pathlib import Path

for folder in {folders!r}:
    Path({own!r}, folder).mkdir(parents=True, exist_ok=True)
sys.path.insert(0, str(Path({own!r}).absolute()))"""
CHOICES = """
STEPS = {steps}  # recorded
EVERY = max(1, STEPS // 20)  # steps from line to line
DEVICE = {device}
DATA = Path({where!r})  # where the pictures are, if they are not drawn here"""
PLOT = """\
try:
    import matplotlib.pyplot as plt
except ModuleNotFoundError:
    print("pip install matplotlib draws the curve")
else:
    plt.plot(range(trainer.step + 1 - len(losses), trainer.step + 1), losses)
    plt.gca().set(xlabel="step", ylabel="loss")
    plt.show()"""


def write_notebook(run: RunFolder, to: Path) -> list[Path]:
    """Writes the notebook, and the weights that a forked run begins with beside it; returns what was written."""
    how = Recipe(run)
    return how.write(to, notebook(how, how.beside(to)))


def notebook(how: Recipe, weights: str = "") -> str:
    """The whole file. `weights`: the name of the file with a fork's first weights."""
    made = [as_json(number, kind, text) for number, (kind, text) in enumerate(cells(how, weights))]
    about = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return json.dumps({"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def as_json(number: int, kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


def cells(how: Recipe, weights: str) -> Iterator[tuple[str, str]]:
    """Kind ("markdown" or "code") and text of each."""
    files = how.files()
    yield "markdown", introduction(how)
    yield "markdown", "## The files\n\nAs they are in sslviz, each after those that it needs."
    folders = sorted({PurePosixPath(file.path).parent.as_posix() for file in files})
    yield "code", BEGIN.format(folders=folders, own=FOLDER)
    for file in files:
        yield "markdown", f"**{file.path}**: {file.sentence}"
        yield "code", f"%%writefile {FOLDER}/{file.path}\n{file.text.rstrip()}"
    yield "markdown", "## The run\n\nOther knobs, or another number of `STEPS`, make another run of it."
    yield "code", how.choices() + CHOICES.format(steps=how.steps, device=how.device, where=how.where)
    yield "code", how.loop(f"Path({weights!r})")
    yield "markdown", f"Recorded: {how.recorded()}."
    yield "code", PLOT


def introduction(how: Recipe) -> str:
    method, s = METHODS[how.settings.method], how.settings
    return "\n\n".join(
        [
            f"# {method.title} on {in_markdown(Path(s.data).name)}, seed {s.seed}",
            method.summary,
            f"$$ {method.equation} $$",
            f"[The paper]({method.paper}). The letters are explained at the top of the method's file, further down.",
            f"**How to read this.** One recorded run, *{in_markdown(how.run.id)}*, to be run again from top to bottom: "
            "the files that it needs, its settings, its loop. Every knob that was turned while it trained is turned "
            f"again at the same step. {in_markdown(' '.join(how.remarks()), 1000)}",
            how.needs,
        ]
    )
