"""The addresses at which a browser fetches the history of a picture, and the pictures behind a chart."""

from typing import Any
from urllib.parse import urlencode

from sslviz.figures.style import SheetAddress
from sslviz.runs.folder import RunFolder


def address(run: RunFolder, view: str, **choice: Any) -> str:
    """Where the history of a view is found, seen from the root of the app."""
    known = {"run": run.id, "view": view, "until": max(run.snapshot_steps(), default=0), "size": run.recorded_bytes()}
    return "sslviz/history?" + urlencode({**known, **choice}, safe="{}")


def views_sheet(run: RunFolder) -> SheetAddress:
    """Of the views behind a matrix; chart.js puts the step of the picture that is shown into it."""
    return _sheet({"run": run.id, "view": "tiles", "of": f"{run.created:.0f}", "step": "{step}"})


def probe_sheet(run: RunFolder) -> SheetAddress:
    """Of all test pictures."""
    return _sheet({"run": run.id, "view": "probe", "of": f"{run.created:.0f}"})


def _sheet(asked: dict[str, str]) -> SheetAddress:
    """The only place where addresses of pictures are made. They stay the same as long as there is the run."""
    return SheetAddress("sslviz/history?" + urlencode(asked, safe="{}"))
