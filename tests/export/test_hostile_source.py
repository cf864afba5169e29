"""A run from a stranger: nothing that its files hold becomes code of the script or notebook that is made of it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from sslviz.export.export import export
from sslviz.export.recipe import Recipe
from sslviz.export.script import script
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Notes, Status
from sslviz.runs.settings import Parent, RunSettings
from tests.export.again import files_of

PAYLOADS = (
    "pwned()",
    "float32, pwned()",
    "'''\n\"\"\"\n)\npwned()\n{pwned()}\n# \\",
    "');pwned();(\"\\\r\npwned()\x00\u2028<img src=x onerror=pwned()>",
)


def fields(raw: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values in a table."""
    if isinstance(raw, dict):
        for name, value in raw.items():
            yield from fields(value, (*path, name))
    yield path


def hostile(runs: Path, payload: str) -> RunFolder:
    """A run in which everything that may be text, and still is a run, is the payload."""
    safe = re.sub(r"[/\x00]", "-", payload)
    run = RunFolder.create(runs, RunSettings(parent=Parent(run="parent", step=1)), name=f"run {safe}")
    path = run.path / "settings.json"
    good = path.read_text()
    for *outer, last in [place for place in fields(json.loads(good)) if place]:
        for name in (last, payload):  # another value, then one more name
            changed = table = json.loads(good)
            for part in outer:
                table = table[part]
            table[name] = payload
            path.write_text(json.dumps(changed))
            if not run.unreadable():
                good = path.read_text()
    path.write_text(good)
    good_event = {"time": 1.0, "step": 1, "kind": "set", "text": "turned", "name": "temperature", "value": 0.3}
    events = [{**good_event, name: payload} for name in good_event]
    events += [{**good_event, payload: payload}, {**good_event, "name": payload, "value": payload}, good_event]
    events += [{**good_event, "step": [payload]}, {**good_event, "value": {payload: payload}}]
    events.append({"time": 1.0, "step": 1, "kind": "resume", "text": payload})
    (run.path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    about = {"precision": payload, "channels_last": payload, "step": payload, "values": payload, "run": payload}
    for step in (1, 7):
        run.write_weights(step, {"method.x": torch.zeros(1)}, about)
    run.write_status(Status(state="done", step=7, device=payload, precision=payload, reason=payload))
    run.write_notes(Notes(name=payload, tags=(payload,), remark=payload))
    (run.path / "metrics.jsonl").write_text(
        json.dumps({"step": 1, "loss": payload, payload: payload})
        + "\n"
        + json.dumps({"step": payload, "loss": 1})
        + "\n"
    )
    return run


def is_code(source: str) -> bool:
    """True if the payload is anything but the inside of a string. Raises SyntaxError if it has torn one open."""
    names = {
        getattr(node, attribute, None) for node in ast.walk(ast.parse(source)) for attribute in ("id", "attr", "name")
    }
    return "pwned" in names


def test_the_check_notices_code() -> None:
    assert is_code("x = pwned()")
    assert is_code("f'{pwned()}'")
    assert not is_code("x = 'pwned()'")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_of_it_is_code(payload: str, tmp_path: Path) -> None:
    run = hostile(tmp_path / "runs", payload)
    settings = run.settings()
    assert settings.data == payload  # else the test would have put in less than it says
    assert settings.parent is not None
    assert settings.parent.run == payload
    written = export(run, tmp_path / "run.py")
    text = written[0].read_text("utf-8")
    assert not is_code(text)
    assert "1: {'temperature': 0.3}" in text
    brought = files_of(text)
    plain = RunFolder.create(tmp_path / "plain", RunSettings(data="mine"))
    assert brought == files_of(script(Recipe(plain)))  # the files are ours, whatever the run says
    export(run, tmp_path / "run.ipynb")
    cells = json.loads((tmp_path / "run.ipynb").read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    written_out = [cell.partition("\n") for cell in code if cell.startswith("%%writefile ")]
    assert {line.removeprefix("%%writefile retrain/"): text + "\n" for line, _, text in written_out} == brought
    assert not is_code("\n\n".join(cell for cell in code if not cell.startswith("%%writefile ")))
    words = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert not re.search(r"(?<!\\)<img", words)


def test_the_path_of_ones_own_pictures_stays_at_home(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "runs", RunSettings(data="/home/anna_private/forty.zip"))
    for name in ("run.py", "run.ipynb"):
        export(run, tmp_path / name)
        assert "anna_private" not in (tmp_path / name).read_text()
        assert "forty.zip" in (tmp_path / name).read_text()
    assert "except DataError as error:" in (tmp_path / "run.py").read_text()
