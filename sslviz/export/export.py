"""A run to take away, in the form that the name of the file asks for."""

from pathlib import Path

from sslviz.export.notebook import write_notebook
from sslviz.export.script import write_script
from sslviz.export.tensorboard import write_tensorboard
from sslviz.runs.archive import pack
from sslviz.runs.folder import RunFolder

FORMS = ".zip (for another sslviz), .py (a script), .ipynb (a notebook) or a folder (for TensorBoard)"


def export(run: RunFolder, to: Path) -> list[Path]:
    """Writes `to`, and returns what was written. Raises ValueError, in a sentence."""
    if to.suffix == ".zip":
        return [pack(run, to)]
    if to.suffix == ".py":
        return write_script(run, to)
    if to.suffix == ".ipynb":
        return write_notebook(run, to)
    if to.suffix and not to.is_dir():
        raise ValueError(f"{to.name}: a run is exported as {FORMS}")
    return [write_tensorboard(run, to)]
