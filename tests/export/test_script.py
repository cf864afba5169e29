"""A run that is written down as a script comes out as it was recorded, bit for bit, where there is no sslviz."""

import ast
import json
import sys
from pathlib import Path

import pytest
import torch

from sslviz.export.recipe import Recipe
from sslviz.export.script import script, write_script
from sslviz.methods import METHODS
from sslviz.nets import ENCODERS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import Parent, RunSettings
from sslviz.runs.turns import turned
from sslviz.training.worker import Wishes, run
from tests.export.again import HIDDEN, alone, files_of, losses, photos, repeated, trained

ROOT = Path(__file__).parents[2]
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
    timed = trained(tmp_path / "runs", settings.model_copy(update={"seconds": 0.55}), turns)
    assert turned(touched) == turned(timed) == {step + 1: knobs for step, knobs in turns.items()}
    assert len({tuple(losses(each)) for each in (plain, touched, timed)}) == 3
    scripts = [path for each in (touched, timed) for path in write_script(each, tmp_path / f"{each.id}.py")]
    for each, (again, score) in zip((touched, timed), repeated(scripts, pictures.parent), strict=True):
        assert again == losses(each)
        assert score == each.metrics()["knn"].dropna().iloc[-1]


@pytest.mark.slow
def test_a_fork_begins_with_the_weights_beside_the_script(tmp_path: Path, pictures: Path, quick: RunSettings) -> None:
    settings = quick.model_copy(update={"method": "moco", "knobs": {}, "data": str(pictures)})
    parent = trained(tmp_path / "runs", settings)
    longer = settings.change(steps=9, temperature=0.4).model_copy(update={"parent": Parent(run=parent.id, step=6)})
    child = RunFolder.create(tmp_path / "runs", longer)
    parent.copy_weights(6, child)
    assert run(child, tmp_path / "cache", Wishes(child)).state == "done"
    written = write_script(child, tmp_path / "fork.py")
    assert [path.name for path in written] == ["fork.py", "fork-parent.npz"]
    ((again, _),) = repeated(written[:1], pictures.parent)
    assert len(again) == 3
    assert again == losses(child)

    for path in (child.path / "weights").iterdir():
        path.unlink()
    text = script(Recipe(child))
    assert "These were not kept" in text
    assert "bit for bit, on the same processor" not in text
    assert [path.name for path in write_script(child, tmp_path / "lost.py")] == ["lost.py"]


def test_the_arithmetic_is_what_the_run_found_fastest(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    assert "How pictures lay in memory was not written down" in script(Recipe(folder))
    moment = {"run": folder.id, "step": 4, "images": 1024, "seconds": 2.0}
    about = {**moment, "precision": "bfloat16", "channels_last": True, "values": {}}
    folder.write_weights(4, {"method.x": torch.zeros(1)}, about)
    text = script(Recipe(folder))
    assert "Precision(torch.bfloat16, torch.channels_last)" in text
    assert "was not written down" not in text
    assert "left the number of threads open" in text  # threads = 0
    assert "bit for bit, on the same processor" not in text


def test_a_run_of_a_gpu_promises_less(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, RunSettings())
    folder.write_status(folder.status().model_copy(update={"device": "Some GPU", "step": 7}))
    text = script(Recipe(folder))
    assert "Recorded on Some GPU" in text
    assert "bit for bit, on the same processor" not in text
    assert 'default="cuda" if torch.cuda.is_available() else "cpu"' in text
    assert '"--steps", type=int, default=7,' in text


def test_a_method_of_ones_own_is_taken_along(tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests import fixture_method

    monkeypatch.setitem(METHODS, "thirteenth", fixture_method.Thirteenth)
    settings = RunSettings(method="thirteenth", data=str(pictures), knobs={"spread_weight": 2.5})
    text = script(Recipe(RunFolder.create(tmp_path, settings)))
    assert "class Thirteenth(Method):" in text
    assert "    spread_weight=2.5,\n" in text
    (path := tmp_path / "again.py").write_text(text)
    assert "step 1" in alone(path, "--steps", "1", where=pictures.parent)


@pytest.mark.slow
def test_shapes_are_drawn_by_the_script(tmp_path: Path, quick: RunSettings) -> None:
    folder = trained(tmp_path / "runs", quick.change(steps=50), stop=3)
    (path,) = write_script(folder, tmp_path / "again.py")
    *steps, score = alone(path, where=tmp_path).splitlines()  # as a person would run it
    assert repeated([path], tmp_path, [*HIDDEN, "PIL", "matplotlib"])[0][0] == losses(folder)
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


COMBINATIONS = [(method, encoder, "shapes") for method, m in METHODS.items() for encoder in m.encoders]
NEEDED = {"shapes": set(), "digits": {"sklearn"}, "cifar10": {"torchvision"}, "photos": {"PIL"}}
GIVEN = {"shapes": "", "digits": "", "cifar10": "'cifar10', DATA", "photos": "DATA"}


@pytest.mark.parametrize(
    ("method", "encoder", "data"),
    [*COMBINATIONS, *(("colorization", "conv", data) for data in NEEDED if data != "shapes")],
)
def test_every_combination_brings_its_files_and_no_others(method: str, encoder: str, data: str, tmp_path: Path) -> None:
    settings = RunSettings(method=method, data=data).change(encoder=encoder)
    text = script(Recipe(RunFolder.create(tmp_path, settings)))
    brought = files_of(text)
    assert imports(text, *brought.values()) - {"sslviz"} - sys.stdlib_module_names == {"torch", "numpy"} | NEEDED[data]
    replaced = {"knobs.py", "runs/settings.py", "methods/__init__.py", "nets/__init__.py"}
    assert replaced == {
        path.removeprefix("sslviz/") for path, source in brought.items() if source != (ROOT / path).read_text("utf-8")
    }
    others = {f"sslviz/methods/{name}.py" for name in METHODS if name != method}
    assert not others & brought.keys()
    assert f"class {ENCODERS[encoder].__name__}" in text
    assert METHODS[method].equation in text
    assert f"make({GIVEN[data]})" in text
    defined: dict[str, set[str]] = {}
    for path, source in brought.items():  # each name is there when it is imported
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sslviz"):
                for alias in node.names:
                    here = alias.name in defined.get(node.module or "", set())
                    assert here or f"{node.module}.{alias.name}" in defined, (path, alias.name)
        defined[path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = names(tree)


def imports(*sources: str) -> set[str]:
    """The packages that they need."""
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    whole = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    whole += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return {name.partition(".")[0] for name in whole}


def names(tree: ast.Module) -> set[str]:
    """What a file defines at its top."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            found |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return found


def test_a_plain_table_of_knobs_is_like_the_real_one(tmp_path: Path) -> None:
    """The settings that a script brings along, in a process of its own: values, one that is turned, one that is not."""
    settings = RunSettings(method="moco", seed=5).change(temperature=0.3, hue=0.25, batch_size=64, width=16)
    path = tmp_path / "plain.py"
    text = script(Recipe(RunFolder.create(tmp_path / "runs", settings))).split("ARITHMETIC =")[0]
    path.write_text(
        f"""{text}
import json
print(json.dumps([SETTINGS.values(), SETTINGS.turn(temperature=0.1).values(), SETTINGS.method_knobs().temperature]))
try:
    SETTINGS.change(temprature=1)
except ValueError as error:
    print(error)
"""
    )
    said = alone(path, where=tmp_path).splitlines()
    values, turned_once, temperature = json.loads(said[0])
    plain = settings.change(encoder=settings.encoder)
    assert values == plain.values()
    assert turned_once == plain.change(temperature=0.1).values()
    assert temperature == 0.3
    assert "no knob temprature" in said[1]


def test_a_strange_path_of_pictures_breaks_nothing(tmp_path: Path) -> None:
    for data in ('a"""b\\users\\new', "it's\nx\\"):
        text = script(Recipe(RunFolder.create(tmp_path, RunSettings(data=data))))
        constants = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
        assert data in constants
