"""Cores: those that this process may use, and no more than its container's quota."""

import os
from pathlib import Path

import pytest

from sslviz.training import cores


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "250000 100000\n"}, 2),  # in a container
        ({"cpu.max": "50000 100000\n"}, 1),  # half a core
        ({"slice/cpu.max": "max 100000\n", "slice/unit/cpu.max": "300000 100000\n"}, 3),
        ({"slice/cpu.max": "100000 100000\n", "slice/unit/cpu.max": "300000 100000\n"}, 1),  # the outer one holds, too
        ({"cpu.max": "9900000 100000\n"}, 8),
        ({"cpu/slice/unit/cpu.cfs_quota_us": "400000\n", "cpu/slice/unit/cpu.cfs_period_us": "100000\n"}, 4),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
        ({"cpu.max": "what\n"}, 8),
        ({"cpu.max": "1 0\n"}, 8),
    ],
)
def test_no_more_than_the_quota(files: dict[str, str], expected: int, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    for name, text in files.items():
        write(tmp_path / "cgroup" / name, text)
    write(tmp_path / "own", "0::/slice/unit\n" if "cpu/slice" not in "".join(files) else "4:cpu,cpuacct:/slice/unit\n")
    assert cores.cores(tmp_path / "cgroup", tmp_path / "own") == expected


def test_no_more_than_this_process_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    assert cores.cores(tmp_path, tmp_path / "none") == 1  # and no quota is told
    monkeypatch.delattr(os, "sched_getaffinity")  # not on every system
    assert cores.cores(tmp_path, tmp_path / "none") == 64
