"""A run as a notebook: a valid one, and when its cells are run in order the losses are those that were recorded."""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from sslviz.export.notebook import notebook, write_notebook
from sslviz.export.recipe import Recipe
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from tests.export.again import losses, photos, trained


def executed(path: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> list[str]:
    """Every cell run in order in a kernel of its own, without sslviz; what the cells in `more`, put at its end, say."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    book = nbformat.read(path, as_version=4)
    check = "import importlib.util\nassert importlib.util.find_spec('sslviz') is None"
    book.cells = [*(nbformat.v4.new_code_cell(check),), *book.cells, *map(nbformat.v4.new_code_cell, more)]
    NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    return ["".join(out.get("text", "") for out in cell.outputs) for cell in book.cells[len(book.cells) - len(more) :]]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["simclr", "mae"])
def test_its_cells_repeat_the_run(
    method: str, tmp_path: Path, quick: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = RunSettings(method=method, data=str(photos(tmp_path / "mine")), training=quick.training)
    folder = trained(tmp_path / "runs", settings, {3: {"hue": 0.2}})
    (path,) = write_notebook(folder, tmp_path / "run.ipynb")
    said = executed(path, monkeypatch, "import json\nprint(json.dumps(losses))", "print(json.dumps(score))")
    assert json.loads(said[0]) == losses(folder)
    assert json.loads(said[1]) == folder.metrics()["knn"].dropna().iloc[-1]


@pytest.mark.parametrize("method", ["simclr", "dino", "mae", "jigsaw"])
def test_it_is_a_valid_notebook_that_explains_itself(method: str, tmp_path: Path) -> None:
    text = notebook(Recipe(RunFolder.create(tmp_path, RunSettings(method=method))))
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    words = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert f"$$ {METHODS[method].equation} $$" in words
    assert "How to read this" in words
    assert [line.removeprefix("## ") for line in words.splitlines() if line.startswith("## ")] == [
        "The files",
        "The run",
    ]
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    files = dict(cell.split("\n", 1) for cell in code if cell.startswith("%%writefile "))
    for each in (*files.values(), *(cell for cell in code if not cell.startswith("%%writefile "))):
        compile(each, "notebook", "exec")
    assert f"class {METHODS[method].__name__}(Method):" in files[f"%%writefile retrain/sslviz/methods/{method}.py"]


def test_a_checkout_beside_it_stays_as_it_is(tmp_path: Path) -> None:
    text = notebook(Recipe(RunFolder.create(tmp_path, RunSettings())))
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    assert all(cell.startswith("%%writefile retrain/") for cell in cells if cell.startswith("%%"))
