"""A run that is written down as a script comes out as it was recorded, bit for bit, where there is no sslviz."""

import ast
import sys
from pathlib import Path

import pytest
import torch
from torchvision import datasets

from sslviz.data.sources import catalogue
from sslviz.export import bundle as bundling
from sslviz.export.bundle import Clash, bundle
from sslviz.export.recipe import recipe, turned
from sslviz.export.script import script, write_script
from sslviz.methods import METHODS
from sslviz.nets import ENCODERS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import Parent, RunSettings
from sslviz.training.worker import Wishes, run
from tests.export.again import alone, losses, photos, repeated, trained

QUICK = ["simclr", "byol", "dino", "mae"]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photos(tmp_path_factory.mktemp("photos") / "mine")


@pytest.mark.slow
@pytest.mark.parametrize("methods", [QUICK, [name for name in METHODS if name not in QUICK]], ids=["four", "others"])
def test_every_method_comes_out_as_recorded(
    methods: list[str], tmp_path: Path, pictures: Path, quick: RunSettings
) -> None:
    scripts, runs = [], []
    for method in methods:
        settings = RunSettings(method=method, data=str(pictures), seed=3, training=quick.training)
        runs.append(trained(tmp_path / "runs", settings, {2: {"hue": 0.1, "batch_size": 16}}))
        scripts += write_script(runs[-1], tmp_path / f"{method}.py")
    for folder, (again, score) in zip(runs, repeated(scripts, pictures.parent), strict=True):
        method = folder.settings().method
        assert len(again) == 6, method
        assert again == losses(folder), method
        assert score == folder.metrics()["knn"].dropna().iloc[-1], method


@pytest.mark.slow
def test_knobs_that_were_turned_are_turned_again(tmp_path: Path, pictures: Path, quick: RunSettings) -> None:
    turns = {0: {"hue": 0.1}, 2: {"temperature": 0.5, "batch_size": 16}, 4: {"learning_rate": 0.01}}
    settings = quick.model_copy(update={"data": str(pictures)})
    plain, touched = trained(tmp_path / "runs", settings), trained(tmp_path / "runs", settings, turns)
    assert turned(touched) == {step + 1: knobs for step, knobs in turns.items()}
    assert losses(plain) != losses(touched)
    (path,) = write_script(touched, tmp_path / "again.py")
    ((again, score),) = repeated([path], pictures.parent)
    assert again == losses(touched)
    assert score == touched.metrics()["knn"].dropna().iloc[-1]


@pytest.mark.slow
def test_a_fork_begins_with_the_weights_beside_the_script(tmp_path: Path, pictures: Path, quick: RunSettings) -> None:
    settings = quick.model_copy(update={"method": "moco", "knobs": {}, "data": str(pictures)})
    parent = trained(tmp_path / "runs", settings)
    longer = settings.change(steps=9, temperature=0.4).model_copy(update={"parent": Parent(run=parent.id, step=6)})
    child = RunFolder.create(tmp_path / "runs", longer)
    parent.copy_weights(6, child)
    assert run(child, tmp_path / "cache", Wishes(child)).state == "done"
    written = write_script(child, tmp_path / "fork.py")
    assert [path.name for path in written] == ["fork.py", "fork-parent.safetensors"]
    ((again, _),) = repeated(written[:1], pictures.parent)
    assert len(again) == 3
    assert again == losses(child)

    for path in (child.path / "weights").iterdir():
        path.unlink()
    text = script(recipe(child))
    assert "These were not kept" in text
    assert "bit for bit, on the same processor" not in text
    assert [path.name for path in write_script(child, tmp_path / "lost.py")] == ["lost.py"]


def test_what_was_turned_after_the_moment_of_a_resume_is_forgotten(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    for step, kind, name, value in [(3, "set", "hue", 0.1), (9, "set", "hue", 0.2), (5, "resume", "", 0)]:
        folder.append_event(step, kind, "", **({"name": name, "value": value} if name else {}))
    folder.append_event(7, "set", "", name="hue", value=0.3)
    folder.append_event(8, "refused", "hue = 9 was refused")
    assert turned(folder) == {3: {"hue": 0.1}, 7: {"hue": 0.3}}


def test_the_arithmetic_is_what_the_run_found_fastest(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    assert "How pictures lay in memory was not written down" in script(recipe(folder))
    about = {"precision": "bfloat16", "channels_last": True, "step": 4, "values": {}}
    folder.write_weights(4, {"method.x": torch.zeros(1)}, about)
    text = script(recipe(folder))
    assert "precision=torch.bfloat16,\n    channels_last=True," in text
    assert "was not written down" not in text
    assert "left the number of threads open" in text  # threads = 0
    assert "bit for bit, on the same processor" not in text


def test_a_run_of_a_gpu_promises_less(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    folder.write_status(folder.status().model_copy(update={"device": "Some GPU", "step": 7}))
    text = script(recipe(folder))
    assert "Recorded on Some GPU" in text
    assert "bit for bit, on the same processor" not in text
    assert 'default="cuda" if torch.cuda.is_available() else "cpu"' in text
    assert "steps=7,  # recorded" in text


def test_a_method_of_ones_own_is_taken_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests import fixture_method

    monkeypatch.setitem(METHODS, "thirteenth", fixture_method.Thirteenth)
    text = script(recipe(RunFolder.create(tmp_path, RunSettings(method="thirteenth", knobs={"spread_weight": 2.5}))))
    assert "class Thirteenth(Method):" in text
    assert "spread_weight: float = 2.5  # \\mu: how much the spread counts" in text


@pytest.mark.slow
def test_shapes_are_drawn_by_the_script(tmp_path: Path, quick: RunSettings) -> None:
    folder = trained(tmp_path / "runs", quick.change(steps=50), stop=3)
    (path,) = write_script(folder, tmp_path / "again.py")
    *steps, score = alone(path, where=tmp_path).splitlines()  # as a person would run it
    assert [float(line.split()[-1]) for line in steps] == losses(folder)
    assert len(steps) == 3
    assert float(score.split()[1]) == folder.metrics()["knn"].dropna().iloc[-1]


@pytest.mark.slow
def test_its_own_command_line(tmp_path: Path, quick: RunSettings) -> None:
    settings = quick.model_copy(update={"data": "digits"})
    (path,) = write_script(trained(tmp_path / "runs", settings, stop=3), tmp_path / "digits.py")
    said = alone(path, "--steps", "2", "--save", "kept.pt", where=tmp_path)
    assert [line.split()[0] for line in said.splitlines()] == ["step", "step", "k-NN"]
    kept = torch.load(tmp_path / "kept.pt", weights_only=True)
    assert any(name.startswith("encoder.") for name in kept)


def test_torchvisions_sets_are_read_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network: the script's own `make` is run on torchvision's class with pixels that are made here."""

    class FashionMNIST:
        classes = ("cat", "dog")

        def __init__(self, root: Path, *, train: bool, download: bool) -> None:
            chance = torch.Generator().manual_seed(int(train))
            self.data = torch.randint(256, (6, 28, 28), generator=chance, dtype=torch.uint8)
            self.targets = [0, 1] * 3

    monkeypatch.setattr(datasets, "FashionMNIST", FashionMNIST)
    text = script(recipe(RunFolder.create(tmp_path, RunSettings(data="fashionmnist"))))
    module = type(sys)("written")
    monkeypatch.setitem(sys.modules, "written", module)
    exec(compile(text, "written", "exec"), module.__dict__)
    made, ours = module.make(tmp_path), catalogue.make("fashionmnist", tmp_path, kind=FashionMNIST)
    assert made.classes == ours.classes
    for its, of in ((made.train, ours.train), (made.test, ours.test)):
        assert torch.equal(its.images, of.images)
        assert torch.equal(its.labels, of.labels)


COMBINATIONS = [(method, encoder, "shapes") for method, m in METHODS.items() for encoder in m.encoders]
NEEDED = {"shapes": set(), "digits": {"sklearn"}, "cifar10": {"torchvision"}, "photos": {"PIL"}}


@pytest.mark.parametrize(
    ("method", "encoder", "data"),
    [*COMBINATIONS, *(("colorization", "conv", data) for data in NEEDED if data != "shapes")],
)
def test_every_combination_is_one_file_without_clashes(method: str, encoder: str, data: str, tmp_path: Path) -> None:
    settings = RunSettings(method=method, data=data).change(encoder=encoder)
    text = script(recipe(RunFolder.create(tmp_path, settings)))
    wanted = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert wanted - sys.stdlib_module_names == {"torch", "numpy"} | NEEDED[data]
    assert f"class {ENCODERS[encoder].__name__}" in text
    assert METHODS[method].equation in text


def test_two_meanings_of_one_name_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = bundling.path_of
    files = {
        "sslviz.one": "def f():\n    return helper()\n\ndef helper():\n    return 1\n",
        "sslviz.two": "from sslviz.one import f\n\ndef g():\n    return f, helper\n\ndef helper():\n    return 2\n",
        "sslviz.three": "from sslviz.one import f as first\n\ndef h():\n    return first()\n",
        "sslviz.four": "def list():\n    return 1\n",
        "sslviz.five": "print(1)\n\ndef k():\n    return 1\n",
        "sslviz.six": "from json import loads as helper\nfrom sslviz.one import f\n\ndef m():\n    return helper, f\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(bundling, "path_of", lambda name: tmp_path / name if name in files else real(name))
    with pytest.raises(Clash, match="helper"):
        bundle([("sslviz.two", "g")], {})
    with pytest.raises(Clash, match="Python's own"):
        bundle([("sslviz.four", "list")], {})
    with pytest.raises(Clash, match="more than define"):
        bundle([("sslviz.five", "k")], {})
    with pytest.raises(Clash, match="helper"):
        bundle([("sslviz.six", "m")], {})
    with pytest.raises(Clash, match="nothing"):
        bundle([("sslviz.one", "nothing")], {})
    good = bundle([("sslviz.three", "h")], {})
    names: dict[str, object] = {}
    exec("\n".join(part.code for part in good.sections), names)
    assert names["h"]() == 1


def test_a_strange_path_of_pictures_breaks_nothing(tmp_path: Path) -> None:
    for data in ('a"""b\\users\\new', "it's\nx\\"):
        text = script(recipe(RunFolder.create(tmp_path, RunSettings(data=data))))
        constants = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
        assert data in constants
