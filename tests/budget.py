"""What the tests of each folder cost, printed at the end of a run, beside what they may cost on two quiet cores."""

from collections import defaultdict
from collections.abc import Iterable

import pytest

# seconds of one processor, without `slow` and `browser` | of the slow ones | in the browser
BUDGET = {
    "benchmarks": (20, 0, 0),
    "browser": (0, 0, 1300),
    "cli": (20, 60, 0),
    "data": (30, 60, 0),
    "exhibits": (160, 60, 0),
    "export": (20, 120, 0),
    "figures": (30, 30, 0),
    "judging": (20, 120, 0),
    "lessons": (10, 20, 0),
    "measures": (30, 60, 0),
    "methods": (40, 60, 0),
    "nets": (10, 20, 0),
    "processes": (20, 240, 0),
    "runs": (30, 60, 0),
    "sweeps": (20, 90, 0),
    "training": (40, 240, 0),
    "views": (120, 60, 0),
    "": (90, 60, 0),  # the files beside the folders
}


def folder(nodeid: str) -> str:
    """ "tests/nets/test_vit.py::test_x" -> "nets"."""
    parts = nodeid.split("::")[0].split("/")
    return parts[1] if len(parts) > 2 else ""


def spent(reports: Iterable[pytest.TestReport]) -> dict[str, list[float]]:
    """Seconds by folder: of fast, slow and browser tests, with their fixtures."""
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for report in reports:
        kind = 2 if "browser" in report.keywords else 1 if "slow" in report.keywords else 0
        found[folder(report.nodeid)][kind] += report.duration
    return dict(found)


def table(found: dict[str, list[float]]) -> list[str]:
    """A line for each folder that took a second, with a mark where it took more than its budget."""
    lines = []
    for name, seconds in sorted(found.items(), key=lambda pair: -sum(pair[1])):
        over = any(took > most for took, most in zip(seconds, BUDGET.get(name, (0, 0, 0)), strict=True))
        if sum(seconds) >= 1:
            took = " ".join(f"{each:7.0f}" for each in seconds)
            lines.append(f"{name or '(beside)':12}{took}{'   over its budget' if over else ''}")
    return lines
