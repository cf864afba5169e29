"""Who may import whom: arrows never turn back. Checked by reading the imports, nothing is run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sslviz"
FILES = sorted(PACKAGE.rglob("*.py"))

# a file under the left folder never imports what stands on the right
FORBIDDEN = {
    "methods": {"streamlit", "plotly", "sslviz.runs", "sslviz.measures", "sslviz.figures", "sslviz.views"},
    "nets": {"streamlit", "plotly", "sslviz.methods", "sslviz.data", "sslviz.measures", "sslviz.runs"},
    "data": {"streamlit", "plotly", "sslviz.methods", "sslviz.nets", "sslviz.measures", "sslviz.runs"},
    "measures": {"streamlit", "plotly", "sslviz.methods", "sslviz.nets", "sslviz.data", "sslviz.runs"},
    "runs": {"streamlit", "plotly", "sslviz.figures", "sslviz.views", "sslviz.training"},
    "training": {"streamlit", "plotly", "sslviz.figures", "sslviz.views", "sslviz.processes"},
    "judging": {"streamlit", "plotly", "sslviz.figures", "sslviz.views", "sslviz.processes"},
    "sweeps": {"streamlit", "plotly", "sslviz.figures", "sslviz.views", "sslviz.processes"},
    "export": {"streamlit", "plotly", "sslviz.figures", "sslviz.views", "sslviz.processes"},
    "processes": {"streamlit", "plotly", "sslviz.figures", "sslviz.views"},
    "lessons": {"torch", "streamlit", "plotly", "sslviz.methods", "sslviz.runs", "sslviz.figures", "sslviz.views"},
    "figures": {"torch", "streamlit", "sslviz.methods", "sslviz.nets", "sslviz.data", "sslviz.runs", "sslviz.views"},
    "views": {"sslviz.exhibits"},
}
# packages that a bare GPU node does not have: only these files may import them
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
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reaches(module: str, forbidden: str) -> bool:
    return module == forbidden or module.startswith(forbidden + ".")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_never_turn_back(path: Path) -> None:
    layer = path.relative_to(PACKAGE).parts[0]
    wrong = {m for m in imports(path) for f in FORBIDDEN.get(layer, ()) if reaches(m, f)}
    heavy = {
        m
        for m in imports(path)
        for name, allowed in HEAVY.items()
        if reaches(m, name) and str(path.relative_to(PACKAGE)) not in allowed
    }
    assert not wrong | heavy


def test_the_checked_layers_exist() -> None:
    assert set(FORBIDDEN) <= {path.relative_to(PACKAGE).parts[0] for path in FILES}


def test_only_the_live_view_has_a_timer() -> None:
    assert [p.relative_to(PACKAGE).as_posix() for p in FILES if "run_every" in p.read_text()] == [
        "views/method/live.py"
    ]


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
        path.relative_to(PACKAGE).as_posix(): {
            n.value
            for n in ast.walk(ast.parse(path.read_text()))
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        for path in FILES
    }
    assert "settings.json" in strings["runs/folder.py"]
    assert [
        f for f, found in strings.items() if f != "runs/folder.py" for s in found for name in names if s.endswith(name)
    ] == []


def test_pages_are_short() -> None:
    assert {p.name: n for p in (ROOT / "pages").glob("*.py") if (n := len(p.read_text().splitlines())) > 30} == {}
