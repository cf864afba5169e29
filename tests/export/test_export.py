"""python -m sslviz export: the name of the file says in which form."""

import zipfile
from pathlib import Path

import nbformat
import pytest

from sslviz.__main__ import main
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings


@pytest.fixture
def there(tmp_path: Path) -> list[str]:
    RunFolder.create(tmp_path / "runs", RunSettings(), name="mine")
    return ["--runs", str(tmp_path / "runs")]


def test_the_name_says_the_form(there: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("run.zip", "run.py", "run.ipynb", "logs"):
        assert main(["export", "mine", str(tmp_path / name), *there]) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert written == [tmp_path / name for name in ("run.zip", "run.py", "run.ipynb", "logs/mine")]
    assert zipfile.is_zipfile(written[0])
    compile(written[1].read_text(), "run.py", "exec")
    nbformat.validate(nbformat.read(written[2], as_version=4))
    assert list(written[3].glob("events.out.tfevents.*"))
    (tmp_path / "logs.v2").mkdir()
    assert main(["export", "mine", str(tmp_path / "logs.v2"), *there]) == 0


@pytest.mark.parametrize("to", ["run.csv", "missing/run.py"])
def test_what_cannot_be_written_is_said(
    to: str, there: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["export", "mine", str(tmp_path / to), *there])
    assert "error:" in capsys.readouterr().err
