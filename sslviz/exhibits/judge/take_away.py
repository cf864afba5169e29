"""Buttons that take a run along: as a .zip for another sslviz, as a script, as a notebook, for TensorBoard.

Nothing is made before it is asked for.
"""

import io
import tempfile
import zipfile
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import streamlit as st

from sslviz.export.export import export
from sslviz.runs.folder import RunFolder


@dataclass(frozen=True)
class Form:
    """How a run is taken along: `suffix` of what `export` writes, "" for a folder."""

    label: str
    icon: str
    suffix: str
    help: str


FORMS = (
    Form("Run as .zip", ":material/folder_zip:", ".zip", "the whole run: `python -m sslviz import` opens it elsewhere"),
    Form("Script", ":material/code:", ".py", "one Python file that trains this run again with torch and numpy alone"),
    Form("Notebook", ":material/menu_book:", ".ipynb", "the same in cells, explained: for Jupyter or Colab"),
    Form("TensorBoard", ":material/query_stats:", "", "curves and embeddings; unpack, then `tensorboard --logdir .`"),
)
KINDS = {".zip": "application/zip", ".py": "text/x-python", ".ipynb": "application/x-ipynb+json"}


def buttons(run: RunFolder) -> None:
    """A row of four. A script and what must lie beside it (a forked run's first weights) come as one .zip."""
    with st.container(horizontal=True, vertical_alignment="center", key="take_away"):
        st.markdown("**Take it with you**", width="content")
        for form in FORMS:
            missing = not form.suffix and find_spec("tensorboardX") is None
            name, kind = called(run, form)
            st.download_button(
                form.label,
                partial(packed, run, form, name),
                name,
                kind,
                key=f"take{form.suffix or '.logdir'}",
                icon=form.icon,
                help="needs tensorboardX: `pip install tensorboardX`" if missing else form.help,
                disabled=missing,
                on_click="ignore",
            )


def called(run: RunFolder, form: Form) -> tuple[str, str]:
    """Name and kind of the file that is downloaded."""
    parent = run.settings().parent
    two = form.suffix in (".py", ".ipynb") and parent is not None and run.weights_file(parent.step) is not None
    if not form.suffix:
        return f"{run.id}-tensorboard.zip", KINDS[".zip"]
    return (f"{run.id}{form.suffix}.zip", KINDS[".zip"]) if two else (f"{run.id}{form.suffix}", KINDS[form.suffix])


def packed(run: RunFolder, form: Form, name: str) -> bytes:
    """The file that is downloaded; several files, or a folder, as a .zip."""
    with tempfile.TemporaryDirectory() as place:
        written = export(run, Path(place) / (f"{run.id}{form.suffix}" if form.suffix else "logdir"))
        if name.endswith(form.suffix or "-") and len(written) == 1:
            return written[0].read_bytes()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for top in written:
                for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                    archive.write(path, path.relative_to(top.parent))
        return out.getvalue()
