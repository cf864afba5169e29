"""A run that is packed and unpacked is the same run; what is no run leaves nothing behind."""

import errno
import zipfile
from pathlib import Path

import pytest

from sslviz.data.dataset import DataError
from sslviz.runs.archive import pack, unpack
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.runs.shelf import list_runs
from sslviz.training.worker import Wishes, run


@pytest.fixture
def finished(tmp_path: Path, tiny, quick) -> RunFolder:
    folder = RunFolder.create(tmp_path / "here", quick.model_copy(update={"data": "tiny"}), name="mine")
    assert run(folder, tmp_path, Wishes(folder), loaded=tiny).state == "done"
    return folder


def contents(folder: RunFolder) -> dict[str, bytes]:
    return {p.relative_to(folder.path).as_posix(): p.read_bytes() for p in folder.path.rglob("*") if p.is_file()}


def test_there_and_back(finished, tmp_path, tiny):
    archive = pack(finished, tmp_path / "mine.zip")
    there = unpack(archive, tmp_path / "there")
    assert there.id == "mine"
    assert contents(there) == contents(finished)
    assert unpack(archive, tmp_path / "there").id == "mine-2"
    again = run(there, tmp_path, Wishes(there), loaded=tiny)  # it can go on from its weights
    assert again.state == "done"


def test_a_run_that_was_at_work_has_ended_elsewhere(tmp_path):
    folder = RunFolder.create(tmp_path / "here", RunSettings())
    folder.write_status(folder.status().model_copy(update={"state": "running", "pid": 1}))
    there = unpack(pack(folder, tmp_path / "run.zip"), tmp_path / "there")
    assert there.status().state == "interrupted"
    assert there.status().pid is None


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"mine/status.json": "{}"},
        {"mine/settings.json": "{}", "other/status.json": "{}"},
        {"mine/settings.json": "not json"},
        {"mine/settings.json": '{"method": "none"}'},
        {"mine/settings.json": "{}", "mine/../../evil.json": "{}"},
        {"mine/settings.json": "{}", "mine/snapshots/x.pkl": "{}"},
        {"mine/settings.json": "{}", "mine/run.py": "print()"},
        {"/settings.json": "{}", "/etc/passwd.txt": ""},
        {"settings.json": "{}"},
    ],
    ids=lambda members: " ".join(members) or "empty",
)
def test_what_is_no_run_is_refused_in_a_sentence_and_leaves_nothing(tmp_path, members):
    with zipfile.ZipFile(tmp_path / "strange.zip", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    with pytest.raises(DataError):
        unpack(tmp_path / "strange.zip", tmp_path / "there")
    assert not (tmp_path / "there").exists() or not list((tmp_path / "there").iterdir())


def test_a_file_that_is_no_zip_is_refused(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(DataError, match="cannot be read"):
        unpack(tmp_path / "broken.zip", tmp_path)


@pytest.mark.parametrize("name", [".trash", ".sweeps", "..."])
def test_a_name_with_a_leading_dot_is_a_place_of_our_own(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "dotted.zip", "w") as archive:
        archive.writestr(f"{name}/settings.json", "{}")
    with pytest.raises(DataError):
        unpack(tmp_path / "dotted.zip", tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_spoilt_bytes_are_a_sentence_and_leave_nothing(tmp_path):
    path = tmp_path / "spoilt.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mine/settings.json", "{}" + " " * 1000)
    data = bytearray(path.read_bytes())
    data[30 + len("mine/settings.json")] = 0xFF  # the first byte that is packed
    path.write_bytes(data)
    with pytest.raises(DataError, match="cannot be read"):
        unpack(path, tmp_path / "there")
    assert not list((tmp_path / "there").iterdir())


def test_an_export_that_is_cut_off_keeps_the_old_zip(finished, tmp_path, monkeypatch):
    archive = pack(finished, tmp_path / "mine.zip")
    before, written = archive.read_bytes(), []

    def full(self, path, name):
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(name)

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(OSError, match="space"):
        pack(finished, archive)
    assert archive.read_bytes() == before
    assert [path for path in tmp_path.iterdir() if "mine.zip" in path.name] == [archive]


def test_half_an_import_is_never_listed(finished, tmp_path, monkeypatch):
    archive, there = pack(finished, tmp_path / "mine.zip"), tmp_path / "there"

    def full(source, to):
        assert list_runs(there) == []
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sslviz.runs.archive.shutil.copyfileobj", full)
    with pytest.raises(OSError, match="space"):
        unpack(archive, there)
    assert list(there.iterdir()) == []


def test_a_zip_that_is_nearly_nothing_but_promises_much_is_no_run(tmp_path):
    """A bomb: 60 MB of zeros in 60 kB."""
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("run/settings.json", RunSettings().model_dump_json())
        archive.writestr("run/weights/000001.safetensors", bytes(60_000_000))
    with pytest.raises(DataError, match="times its size"):
        unpack(bomb, tmp_path / "there")
    assert not [*(tmp_path / "there").glob("*")]
