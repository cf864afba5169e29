"""Pictures that a visitor brings: understood or refused on the spot, kept under their own name, told beside the run."""

import io
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from sslviz.data import Contents
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import recommended
from sslviz.training.worker import Wishes, run
from sslviz.views.controls import own_pictures, server, uploads
from sslviz.views.method import curves
from tests import pages

MIME = "application/zip"


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for seed, name in enumerate(names):
            png = io.BytesIO()
            pixels = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(png, "PNG")
            archive.writestr(name, png.getvalue() if name.endswith(".png") else b"no picture")
    return file.getvalue()


FORTY = zipped(*(f"{c}/{k}.png" for c in ("Hunde", "Katzen") for k in range(20)), "read me.txt", "Hunde/broken.heic")


def chooser() -> None:
    from sslviz.views.controls import controls

    controls.pictures("simclr")


@pytest.fixture
def app(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(server.launcher(), "cache", tmp_path / "cache")
    return AppTest.from_function(chooser, default_timeout=60).run()


def captions(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(caption.value for caption in app.caption)


def kept(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache" / "uploads").glob("*/*"))


def test_an_upload_keeps_its_name_and_is_described_at_once(app: AppTest, tmp_path: Path) -> None:
    assert "drawn pictures of ten shapes" in captions(app)
    app.file_uploader[0].set_value(("Katzen & Hunde.zip", FORTY, MIME)).run()
    assert Path(app.session_state["data"]).name == "Katzen & Hunde.zip"
    said = captions(app)
    assert "32 pictures to train on, 8 to test on; 2 classes" in said
    assert "Hunde, Katzen." in said
    assert "No test split" in said
    assert "1 .heic" in said
    assert not app.error
    listed(app, app.session_state["data"])
    app.file_uploader[0].set_value(("Katzen & Hunde.zip", FORTY, MIME)).run()
    assert kept(tmp_path) == ["Katzen & Hunde.zip"]  # the same file twice is kept once


def test_the_table_counts_the_classes(app: AppTest) -> None:
    app.file_uploader[0].set_value(("mine.zip", FORTY, MIME)).run()
    said = pages.text(app)
    assert "| class | train | test |" in said
    assert "| Hunde | 16 | 4 |\n| Katzen | 16 | 4 |\n| **all pictures** | 32 | 8 |" in said


def test_a_table_of_many_classes_stays_small() -> None:
    classes = tuple(f"a|b {k}" for k in range(100))
    found = Contents(name="x", train=200, test=100, classes=classes, of_class=((2, 1),) * 100)
    lines = own_pictures.table(found).splitlines()
    assert len(lines) == 2 + own_pictures.ROWS + 1
    assert lines[2] == "| a\\|b 0 | 2 | 1 |"
    assert lines[-2:] == ["| 93 more classes | 186 | 93 |", "| **all pictures** | 200 | 100 |"]
    bare = own_pictures.table(Contents(name="x", train=8, test=2))
    assert bare.endswith("| **all pictures** | 8 | 2 |")


def test_old_uploads_that_no_run_needs_are_removed(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.launcher(), "cache", tmp_path)
    kept = {}
    for name in ("fresh", "old", "needed", "chosen"):
        kept[name] = tmp_path / "uploads" / name / "mine.zip"
        kept[name].parent.mkdir(parents=True)
        kept[name].write_bytes(FORTY)
        if name != "fresh":
            os.utime(kept[name], (0, 0))
    RunFolder.create(runs, recommended("simclr", str(kept["needed"])))
    uploads.clear(tmp_path / "uploads", {str(kept["chosen"])})
    assert sorted(path.parent.name for path in tmp_path.glob("uploads/*/*")) == ["chosen", "fresh", "needed"]
    assert not kept["old"].parent.exists()


def test_the_limit_and_the_way_round_it_are_named(app: AppTest) -> None:
    assert "At most 200 MB" in captions(app)
    assert "type its path" in captions(app)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (FORTY[:-300], "cut off"),
        (b"", "it is empty"),
        (b"Rar!\x1a\x07\x00", "a .rar file"),
        (zipped("a.txt"), "holds no pictures"),
        (zipped("a.png", "b.png"), "only 2 readable pictures"),
    ],
)
def test_a_bad_upload_is_refused_on_the_spot(app: AppTest, tmp_path: Path, content: bytes, says: str) -> None:
    app.file_uploader[0].set_value(("bad.zip", content, MIME)).run()
    assert app.session_state["data"] == "shapes"
    assert says in app.error[0].value
    assert "bad" in app.error[0].value
    assert kept(tmp_path) == []
    app.selectbox(key="data").set_value("digits").run()
    assert not app.error  # what was wrong with the last one is no longer of interest


def test_a_typed_path_is_looked_at_and_made_absolute(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.zip").write_bytes(FORTY)
    (tmp_path / "half.zip").write_bytes(FORTY[:999])
    for wrong, says in (("half.zip", "cut off"), ("nowhere.zip", "no folder or")):
        assert typed_in(app, wrong) == "shapes"
        assert says in app.error[0].value
    assert typed_in(app, "mine.zip") == str(tmp_path / "mine.zip")
    assert not app.error
    assert "32 pictures to train on" in captions(app)


@pytest.mark.parametrize(
    ("page", "button", "key"),
    [("simclr", "Start", "data"), ("twin", "Start both", "data"), ("sweep", "Start", "pictures")],
)
def test_pictures_that_an_address_names_and_nobody_has_start_nothing(
    runs: Path, page: str, button: str, key: str
) -> None:
    app = pages.opened(page, **{key: "/nowhere/at/all.zip"})
    listed(app, "/nowhere/at/all.zip", key)
    next(each for each in app.button if each.label.startswith(button) or each.key == "go").click().run()
    assert not app.exception
    assert any("no folder or" in said.value for said in [*app.error, *app.warning])
    assert not [path for path in runs.glob("*") if path.is_dir() and any(path.iterdir())]


def listed(app: AppTest, value: str, key: str = "data") -> None:
    """AppTest takes no value for chosen that is not on the list, although a browser does."""
    app.selectbox(key=key).options.append(value)


def typed_in(app: AppTest, typed: str) -> str:
    """Types into the chooser, and says what it has chosen."""
    listed(app, typed)
    app.selectbox(key="data").set_value(typed).run()
    assert not app.exception
    return str(app.session_state["data"])


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("Katzen & Hunde.zip", "Katzen & Hunde.zip"),
        ("../../etc/passwd", "passwd.zip"),
        ("C:\\Users\\me\\a.ZIP", "a.zip"),
        ("a\nb\0<c>.zip", "a b  c.zip"),
        (".zip", "pictures.zip"),
        ("...", "pictures.zip"),
        ("ü" * 200 + ".zip", "ü" * 60 + ".zip"),
    ],
)
def test_names_are_made_safe_for_a_path(given: str, kept_as: str) -> None:
    assert uploads.file_name(given) == kept_as


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run on own pictures, in a folder that no launcher watches."""
    place = tmp_path_factory.mktemp("own")
    path = place / "Katzen & *Hunde*.zip"
    path.write_bytes(FORTY)
    knobs = {"steps": 3, "precision": "float32", "threads": 1, "width": 16}
    folder = RunFolder.create(place / "runs", recommended("simclr", str(path)).change(**knobs))
    assert run(folder, place / "cache", Wishes(folder)).state == "done"
    return folder


@pytest.fixture
def finished(trained: RunFolder, runs: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(trained.path, runs / trained.id)))


def top(path: str) -> None:
    from pathlib import Path

    from sslviz.runs.folder import RunFolder
    from sslviz.views.method import state

    state.headline(RunFolder(Path(path)))


def test_the_headline_of_a_run_says_what_its_pictures_are_and_that_few_were_tested(finished: RunFolder) -> None:
    app = AppTest.from_function(top, default_timeout=60, args=(str(finished.path),)).run()
    said = pages.text(app)
    assert "\\*Hunde\\*.zip" in said  # not in italics
    assert "No test split" in said
    assert "8 test pictures: ± " in said


@pytest.mark.parametrize(("page", "name"), [("judge", "judged"), ("compare", "runs")])
def test_notes_stand_where_a_run_is_judged_or_compared(finished: RunFolder, page: str, name: str) -> None:
    said = pages.text(pages.opened(page, **{name: finished.id}))
    assert "32 pictures to train on, 8 to test on" in said
    assert "No test split" in said


def test_the_score_chart_says_how_far_a_score_may_be_off(finished: RunFolder) -> None:
    chart = curves.score_curve(finished, finished.status().step, 0.0)
    assert "8 test pictures: ± ".encode() in chart or b"8 test pictures: \\u00b1 " in chart
