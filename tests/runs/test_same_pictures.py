"""A run knows its pictures again: others are neither judged nor trained on, and one sentence says what has changed."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sslviz import data
from sslviz.data import Contents, Dataset
from sslviz.judging.evaluation import evaluate
from sslviz.runs.folder import RunFolder
from sslviz.runs.same_pictures import PicturesChanged, change, require_same
from sslviz.runs.settings import recommended
from sslviz.training.loaded import load_network
from sslviz.training.worker import Wishes, run

KNOBS = {"precision": "float32", "threads": 1, "width": 16, "batch_size": 16}


def fill(root: Path, *classes: str, n: int = 20) -> Path:
    for seed, name in enumerate(classes):
        (root / name).mkdir(parents=True, exist_ok=True)
        for k in range(n):
            pixels = np.random.default_rng([seed, k]).integers(0, 255, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(root / name / f"{k}.png")
    return root


@pytest.fixture(scope="module", params=["simclr", "supervised"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    place = tmp_path_factory.mktemp("changed")
    root = fill(place / "pets", "cats", "dogs")
    folder = RunFolder.create(place / "runs", recommended(request.param, str(root)).change(steps=3, **KNOBS))
    assert run(folder, place / "cache", Wishes(folder)).state == "done"
    return folder


@pytest.fixture
def mine(trained: RunFolder, tmp_path: Path) -> RunFolder:
    """The run and its pictures, to be changed: the pictures lie where its settings say, and come back afterwards."""
    return RunFolder(Path(shutil.copytree(trained.path, tmp_path / trained.id)))


@pytest.fixture
def pets(trained: RunFolder) -> Path:
    root = Path(trained.settings().data)
    shutil.rmtree(root)
    return fill(root, "cats", "dogs")


def pictures(root: Path) -> Dataset:
    return data.load(str(root), cache=root.parent / "cache")


def test_the_same_pictures_written_anew_are_the_same(mine: RunFolder, pets: Path) -> None:
    assert change(mine, pictures(pets)) == ""
    evaluate(mine, 3, pets.parent / "cache", names=("knn",))


def test_other_classes_are_refused_everywhere(mine: RunFolder, pets: Path) -> None:
    fill(pets, "ants", "bees")
    says = (
        "pets has changed since .*2 classes: cats, dogs then, 4 classes: ants, bees, cats, dogs now.*bring the former"
    )
    for use in (
        lambda: evaluate(mine, 3, pets.parent / "cache", names=("linear",)),
        lambda: load_network(mine, 3, pictures(pets)),
    ):
        with pytest.raises(PicturesChanged, match=says) as error:
            use()
        assert "\n" not in str(error.value)
    assert mine.evaluation(3, "linear") is None


def test_a_run_does_not_go_on_with_other_pictures_and_loses_nothing(mine: RunFolder, pets: Path) -> None:
    before, probe = mine.status(), mine.probe()
    fill(pets, "ants")
    mine.wait_again()
    after = run(mine, pets.parent / "cache", Wishes(mine))
    assert after.state == "stopped"
    assert "pets has changed since" in after.reason
    assert (after.step, after.exam) == (before.step, before.exam)
    assert probe is not None
    assert mine.probe() is not None
    shutil.rmtree(pets / "ants")
    mine.wait_again()
    assert run(mine, pets.parent / "cache", Wishes(mine)).state == "done"


def test_a_fork_knows_the_pictures_of_its_parent(mine: RunFolder, pets: Path) -> None:
    child = RunFolder.create(mine.path.parent / "runs", mine.settings().change(steps=6))
    mine.copy_weights(3, child)
    assert child.contents() == mine.contents()
    (pets / "cats" / "0.png").write_bytes((pets / "dogs" / "0.png").read_bytes())
    ended = run(child, pets.parent / "cache", Wishes(child))
    assert (ended.state, ended.step) == ("stopped", 0)
    assert "changed since" in ended.reason


def test_a_run_of_an_earlier_version_knows_its_classes_at_least(mine: RunFolder, pets: Path) -> None:
    (mine.path / "contents.json").unlink()
    require_same(mine, pictures(pets))
    (pets / "dogs").rename(pets / "wolves")
    assert "the classes were cats, dogs and are cats, wolves" in change(RunFolder(mine.path), pictures(pets))


CATS = Contents(name="x", train=10, test=2, classes=("a", "b"), mean=(0.5, 0.5, 0.5), fingerprint="1")


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({}, ""),
        ({"name": "moved.zip", "notes": ("a note",)}, ""),
        ({"fingerprint": ""}, ""),
        ({"mean": (0.501, 0.5, 0.5)}, ""),
        ({"classes": ("b", "a")}, "2 classes: a, b then, 2 classes: b, a now"),
        ({"classes": ()}, "2 classes: a, b then, no classes now"),
        ({"train": 11}, "10 to train on and 2 to test on then, 11 to train on and 2 to test on now"),
        ({"fingerprint": "2"}, "as many, but not the same"),
        ({"fingerprint": "", "mean": (0.4, 0.5, 0.5)}, "mean colour"),
    ],
)
def test_what_counts_as_a_change(other: dict[str, object], says: str) -> None:
    found = CATS.changed(CATS.model_copy(update=other))
    assert says in found
    assert bool(found) == bool(says)
