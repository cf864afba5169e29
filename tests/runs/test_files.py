"""Files outlive whatever happens to their writer: a kill, a full disk, a system that refuses to rename."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sslviz.runs import files
from sslviz.runs.files import alone, append, beside, clear, read_lines, replace, written_beside
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs


def refuse(monkeypatch: pytest.MonkeyPatch, times: int) -> list[Path]:
    """As Windows does while somebody else has the file open."""
    real, refused = Path.replace, []

    def replaced(self: Path, target: Path) -> Path:
        if len(refused) < times:
            refused.append(Path(target))
            raise PermissionError(errno.EACCES, "being used by another process", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replaced)
    return refused


def fill(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)


def test_a_refused_renaming_is_tried_again(tmp_path, monkeypatch) -> None:
    refused = refuse(monkeypatch, 3)
    replace(tmp_path / "status.json", b"new")
    assert len(refused) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["status.json"]


def test_not_for_ever_and_then_the_old_file_stands(tmp_path, monkeypatch) -> None:
    replace(tmp_path / "status.json", b"old")
    refuse(monkeypatch, 10**6)
    monkeypatch.setattr(files, "RETRY", 0.05)
    with pytest.raises(PermissionError):
        replace(tmp_path / "status.json", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("status.json", b"old")]


def test_a_full_disk_leaves_the_old_file_and_no_half_run(tmp_path, monkeypatch) -> None:
    replace(tmp_path / "a.json", b"old")
    fill(monkeypatch)
    with pytest.raises(OSError, match="space"):
        replace(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"old"
    with pytest.raises(OSError, match="space"):
        RunFolder.create(tmp_path / "runs", RunSettings())
    assert list((tmp_path / "runs").iterdir()) == []


def test_half_a_line_is_taken_back(tmp_path, monkeypatch) -> None:
    """/dev/full takes nothing; a disk takes a part first."""
    path = tmp_path / "metrics.jsonl"
    append(path, {"step": 1})
    real = type(path.open("ab", buffering=0)).write

    class Short:
        def __init__(self, file):
            self.file = file

        def __getattr__(self, name):
            return getattr(self.file, name)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, line):
            return real(self.file, line[:4])

    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *a, **k: Short(opened(self, *a, **k)))
    with pytest.raises(OSError, match="space"):
        append(path, {"step": 2})
    monkeypatch.undo()
    append(path, {"step": 3})
    assert [row["step"] for row in read_lines(path)] == [1, 3]


def test_what_a_killed_process_was_writing_is_swept_and_what_a_living_one_writes_is_not(tmp_path) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    code = f"""
import os, signal
from pathlib import Path
from sslviz.runs.files import written_beside
with written_beside(Path({str(folder.path / "weights" / "000007.safetensors")!r})) as path:
    path.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    mine = beside(folder.path / "weights" / "000008.safetensors")
    mine.write_bytes(b"half")
    assert len(list((folder.path / "weights").iterdir())) == 2
    folder.clear()
    assert list((folder.path / "weights").iterdir()) == [mine]


def test_half_a_run_of_a_killed_process_is_not_listed_and_is_swept(tmp_path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from sslviz.runs import folder
from sslviz.runs.settings import RunSettings
folder.RunFolder.write_status = lambda self, status: os.kill(os.getpid(), signal.SIGKILL)
folder.RunFolder.create(Path({str(tmp_path)!r}), RunSettings())
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    assert list_runs(tmp_path) == []
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_writing_leaves_nothing_of_a_folder_either(tmp_path) -> None:
    def write(place: Path) -> None:
        with written_beside(place) as path:
            path.mkdir()
            (path / "settings.json").write_text("{}")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_holds_is_free_after_a_while(tmp_path, monkeypatch) -> None:
    (tmp_path / ".claim").write_bytes(b"")
    os.utime(tmp_path / ".claim", (0, 0))
    with alone(tmp_path / ".claim"):
        assert (tmp_path / ".claim").exists()
    assert list(tmp_path.iterdir()) == []
