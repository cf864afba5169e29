"""How many processor cores are ours: those that this process may run on, and no more than a container's quota pays
for. On more threads than that each waits for the others: on one core of two, training took three times as long.
"""

import contextlib
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def cores(cgroups: Path = CGROUPS, own: Path = Path("/proc/self/cgroup")) -> int:
    """At least one. `cgroups`: where the system tells its quotas; `own`: which of them hold for this process."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *map(int, quotas(cgroups, own))]))


def quotas(cgroups: Path, own: Path) -> list[float]:
    """In cores, of this process's group and of those around it; none where the system tells none."""
    try:
        groups = [line.split(":", 2)[-1].lstrip("/") for line in own.read_text().splitlines()]
    except OSError:
        return []
    places = {top / group for top in (cgroups, cgroups / "cpu") for group in groups}  # of version 2, of version 1
    found = []
    for folder in {each for place in places for each in (place, *place.parents)}:
        with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
            found.append(quota(folder))
    return [each for each in found if each > 0]


def quota(folder: Path) -> float:
    """Work per time; negative: no limit (version 1). Raises ValueError for "max" (version 2), OSError if there is
    none.
    """
    if (file := folder / "cpu.max").exists():
        work, time = file.read_text().split()
    else:
        work, time = ((folder / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
    return float(work) / float(time)
