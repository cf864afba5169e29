"""The recipes in CONTRIBUTING.md work: each is followed in a copy of this repository, exactly as it is written.

A code block below the bold name of a file is that file, or, as a diff, what is added to it; `sh` holds the commands.

Loading torch and streamlit takes longer than most recipes. This file, as a script, loads them once; then every recipe
runs in a fork of it, which knows nothing of the code in this repository and takes that of the copy.
"""

import json
import os
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
COPIED, LINKED = ("app.py", "pages", ".streamlit", "docs", "sslviz", "tests"), ("benchmarks", "checkpoints/gallery")
FILES = ("pyproject.toml", "Makefile", "README.md", "CONTRIBUTING.md")
BLOCK = re.compile(r"(?:^\*\*(?P<file>\S+)\*\*\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
HEAVY = ("torch", "torchvision", "pandas", "pydantic", "plotly.graph_objects", "streamlit.testing.v1", "scipy.special")
PATIENCE = 300  # seconds for a recipe on a machine that has much else to do
MAKE = "make quick"  # half a minute, in every recipe: not run here
TOUCHED = {  # heading -> how many files a recipe makes, and to how many it adds
    "Add a method": (3, 1),
    "Add an exhibit": (5, 1),  # four of them in one folder
    "Add a picture": (2, 1),
    "Add a data set": (2, 1),
}
LEARNT = r"done at step 30 .*final k-NN (\S+)% \(random (\S+?)%"
TOLD = {  # heading -> what its commands say; of two numbers the first is larger
    "Add a method": LEARNT,
    "Add an exhibit": r"\d+ passed",
    "Add a picture": r"\d+ passed",
    "Add a data set": LEARNT,
}


@dataclass(frozen=True)
class Recipe:
    """New files with their text, diffs by file, and commands."""

    made: dict[str, str]
    changed: dict[str, str]
    commands: list[str]


def recipes() -> dict[str, Recipe]:
    """By heading."""
    parts = re.split(r"^## (.*)\n", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return {heading: read(text) for heading, text in zip(parts[1::2], parts[2::2], strict=True) if "Add a" in heading}


def read(text: str) -> Recipe:
    recipe = Recipe({}, {}, [])
    for block in BLOCK.finditer(text):
        file, lines = (block["file"] or "").replace("\\_", "_"), block["text"]
        if block["kind"] == "sh":
            commands = lines.replace("\\\n", "").splitlines()
            recipe.commands.extend(command for command in commands if command != MAKE)
        else:
            assert file, f"this block says for no file what it is: {lines[:80]}"
            (recipe.changed if block["kind"] == "diff" else recipe.made)[file] = lines
    return recipe


def changed(text: str, diff: str) -> str:
    """The text with the lines of the diff. Its lines must be found in one place."""
    for hunk in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        before, after = ("".join(line[1:] for line in lines if line[0] != other) for other in "+-")
        assert text.count(before) == 1, f"stands there {text.count(before)} times:\n{before}"
        text = text.replace(before, after)
    return text


def copy(to: Path) -> None:
    """What a recipe needs of this repository; what is large is a link."""
    to.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("frozen"))
        else:
            shutil.copy(ROOT / name, to / name)
    for name in FILES:
        shutil.copy(ROOT / name, to / name)
    for name in LINKED:
        (to / name).parent.mkdir(exist_ok=True)
        (to / name).symlink_to(ROOT / name, target_is_directory=True)


def follow(recipe: Recipe, tree: Path) -> None:
    """Makes the files and adds the lines."""
    for name, text in recipe.made.items():
        assert not (tree / name).exists(), f"{name} is there already"
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text, "utf-8")
    for name, diff in recipe.changed.items():
        (tree / name).write_text(changed((tree / name).read_text("utf-8"), diff), "utf-8")


@pytest.mark.parametrize("heading", TOUCHED)
def test_a_recipe_touches_as_few_files_as_the_house_promises(heading: str) -> None:
    recipe = recipes()[heading]
    assert (len(recipe.made), len(recipe.changed)) == TOUCHED[heading]
    assert len({Path(name).parent for name in recipe.made if "tests" not in name}) <= 2
    assert any(name.startswith("tests/") for name in recipe.made)
    assert recipe.commands
    for name, diff in recipe.changed.items():
        assert changed((ROOT / name).read_text("utf-8"), diff) != (ROOT / name).read_text("utf-8")
        assert not re.search("^-", diff, re.MULTILINE)  # nothing is taken away


def test_there_is_a_check_for_every_recipe() -> None:
    assert set(recipes()) == set(TOUCHED) == set(TOLD)
    assert "\nquick:" in (ROOT / "Makefile").read_text()


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    """This file as a script, waiting for recipes."""
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield server
        assert server.stdin is not None
        server.stdin.close()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.parametrize("heading", TOLD)
def test_a_recipe_works(heading: str, tmp_path: Path, server: subprocess.Popen[str]) -> None:
    recipe, tree = recipes()[heading], tmp_path / "tree"
    copy(tree)
    follow(recipe, tree)
    ruff = [Path(sys.executable).with_name("ruff"), "check", "--no-cache", *recipe.made, *recipe.changed]
    assert subprocess.run(ruff, cwd=tree, capture_output=True, text=True).stdout == "All checks passed!\n"
    assert server.stdin is not None
    assert server.stdout is not None
    print(json.dumps([str(tree), recipe.commands]), file=server.stdin, flush=True)
    status, log = int(server.stdout.readline()), (tmp_path / "log").read_text("utf-8")
    assert status == 0, log
    told = re.search(TOLD[heading], log)
    assert told, log
    numbers = [float(number) for number in told.groups()]
    assert numbers == sorted(numbers, reverse=True), told[0]


def serve() -> None:
    """Reads where a copy is, and commands; answers with an exit status. What was written lies beside the copy."""
    for name in HEAVY:
        import_module(name)
    for line in sys.stdin:
        tree, commands = json.loads(line)
        child = os.fork()
        if not child:
            os._exit(run(Path(tree), commands))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def run(tree: Path, commands: list[str]) -> int:
    """The commands in this process, one after the other, up to one that fails."""
    signal.alarm(PATIENCE)
    places = {"SSLVIZ_RUNS": "runs", "PYTEST_DEBUG_TEMPROOT": "temporary"}  # the shapes are drawn once for all tests
    for variable, name in places.items():
        (tree.parent / name).mkdir()
        os.environ[variable] = str(tree.parent / name)
    sys.path[0] = str(tree)
    os.chdir(tree)
    with (tree.parent / "log").open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            for command in commands:
                execute(command)
        except BaseException:
            traceback.print_exc()
            return 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    return 0


def execute(command: str) -> None:
    """`python -m MODULE …`. Raises SystemExit where it fails."""
    python, option, *arguments = shlex.split(command)
    assert (python, option) == ("python", "-m"), command
    sys.argv = arguments
    try:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code:
            raise


if __name__ == "__main__":
    serve()
