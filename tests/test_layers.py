"""What import-linter cannot see (its contracts are in pyproject.toml). Checked by reading the files, nothing is run."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sslviz"
FILES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}

# packages that take long to load, or that not everybody has: only these files import them
HEAVY = {
    "umap": {"measures/projection.py"},
    "sklearn": {"data/sources/digits.py", "measures/projection.py"},
    "tensorboardX": {"export/tensorboard.py"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_heavy_packages_are_imported_in_one_place() -> None:
    found = {
        heavy: {name for name, path in FILES.items() if any(module.split(".")[0] == heavy for module in imports(path))}
        for heavy in HEAVY
    }
    assert found == HEAVY


def test_every_folder_says_in_one_sentence_what_is_in_it() -> None:
    for name, path in FILES.items():
        if path.name == "__init__.py":
            said = ast.get_docstring(ast.parse(path.read_text())) or ""
            assert said.split("\n")[0].endswith("."), name


def test_only_the_live_view_has_a_timer() -> None:
    assert [name for name, path in FILES.items() if "run_every" in path.read_text()] == ["views/method/live.py"]


def test_only_the_run_folder_knows_its_files() -> None:
    names = (
        "settings.json",
        "status.json",
        "metrics.jsonl",
        "events.jsonl",
        "control.jsonl",
        ".safetensors",
        "probe.npz",
    )
    strings = {
        name: {
            n.value
            for n in ast.walk(ast.parse(path.read_text()))
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        for name, path in FILES.items()
    }
    assert "settings.json" in strings["runs/folder.py"]
    told = {(file, s) for file, found in strings.items() for s in found if s.endswith(names)}
    assert {file for file, _ in told} == {"runs/folder.py"}


def test_what_is_private_to_plotly_and_streamlit_is_used_in_one_file_each() -> None:
    private = {
        "views/plot/js/plotly_private.js": r"_full|calcdata|__data__|_offset|_length|\b[dcp]2[dcp]\b|data-unformatted|"
        r"gtitle|\w+layer\b",
        "views/plot/js/streamlit.js": r"/static/|data-testid|st-key|\bst[A-Z]\w+",
    }
    own = [path for path in PACKAGE.rglob("*.js") if path.parent.name != "vendor"]
    scripts = {path.relative_to(PACKAGE).as_posix(): path.read_text() for path in own}
    for file, words in private.items():
        assert {name for name, text in scripts.items() if re.search(words, text)} == {file}


def test_pages_are_short() -> None:
    assert {p.name: n for p in (ROOT / "pages").glob("*.py") if (n := len(p.read_text().splitlines())) > 30} == {}
