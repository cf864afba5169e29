"""The buttons that take a run along: made when clicked, whole when they arrive."""

import io
import zipfile
from pathlib import Path

import pytest

from sslviz.data.dataset import Dataset
from sslviz.exhibits.judge import take_away
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import Parent, RunSettings
from sslviz.training.worker import Wishes, run
from tests import pages

pytestmark = pytest.mark.slow


@pytest.fixture
def finished(runs: Path, tiny: Dataset, quick: RunSettings) -> RunFolder:
    folder = RunFolder.create(runs, quick.model_copy(update={"data": "tiny"}), name="mine")
    assert run(folder, runs, Wishes(folder), loaded=tiny).state == "done"
    return folder


def downloads(folder: RunFolder) -> dict[str, bytes]:
    return {
        name: take_away.packed(folder, form, name)
        for form in take_away.FORMS
        for name, _ in [take_away.called(folder, form)]
    }


def members(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_the_page_has_four_buttons_and_makes_nothing_by_itself(
    finished: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_away, "packed", lambda *_: pytest.fail("made before it was asked for"))
    app = pages.opened("judge", judged=finished.id)
    assert not app.exception
    labels = [button.proto.label for button in app.get("download_button")]
    assert [label for label in labels if label in {form.label for form in take_away.FORMS}] == [
        "Run as .zip",
        "Script",
        "Notebook",
        "TensorBoard",
    ]


def test_what_is_downloaded_is_whole(finished: RunFolder) -> None:
    found = downloads(finished)
    assert list(found) == ["mine.zip", "mine.py", "mine.ipynb", "mine-tensorboard.zip"]
    assert "mine/settings.json" in members(found["mine.zip"])
    compile(found["mine.py"], "mine.py", "exec")
    assert found["mine.ipynb"].startswith(b"{")
    inside = members(found["mine-tensorboard.zip"])
    assert {"mine/projector_config.pbtxt", "mine/pictures.png", "mine/pictures.tsv"} <= inside
    assert any(name.startswith("mine/events.out.tfevents.") for name in inside)


def test_a_forked_runs_script_comes_with_its_first_weights(finished: RunFolder, runs: Path, tiny: Dataset) -> None:
    settings = finished.settings().model_copy(update={"parent": Parent(run="mine", step=6)})
    child = RunFolder.create(runs, settings, name="child")
    assert "child.py" in downloads(child)  # its weights are not there: the script says so
    finished.copy_weights(6, child)
    found = downloads(child)
    assert members(found["child.py.zip"]) == {"child.py", "child-parent.npz"}
    assert members(found["child.ipynb.zip"]) == {"child.ipynb", "child-parent.npz"}
