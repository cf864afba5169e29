"""What was turned while a run trained, read off its events."""

from pathlib import Path

from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.runs.turns import elapsed, turned


def test_what_was_turned_after_the_moment_of_a_resume_is_forgotten(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    for step, kind, name, value in [(3, "set", "hue", 0.1), (9, "set", "hue", 0.2), (5, "resume", "", 0)]:
        folder.append_event(step, kind, "", **({"name": name, "value": value} if name else {}))
    folder.append_event(7, "set", "", name="hue", value=0.3)
    folder.append_event(8, "refused", "hue = 9 was refused")
    assert turned(folder) == {3: {"hue": 0.1}, 7: {"hue": 0.3}}


def test_how_far_the_clock_was_is_told_where_it_moved(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    folder.append_metrics({"step": 0, "knn": 0.1})
    assert elapsed(folder) == {}  # of a run that ends at a step
    for step, share in [(1, 0.0), (2, 0.0), (3, 0.2), (4, 0.2), (5, 0.7), (4, 0.3), (5, 0.3), (6, 7.0)]:
        folder.append_metrics({"step": step, "elapsed": share})
    assert elapsed(folder) == {3: 0.2, 4: 0.3}  # steps 4 and 5 were taken again, 6 is made up
