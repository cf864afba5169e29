"""docs/architecture.md shows the house as it is: its tree, and no file that is not there.

python -m tests.test_house        writes the tree anew
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
DOORS = re.compile(r"(<!-- tree: [^>]*-->\n)(.*)(<!-- end of the tree -->)", re.DOTALL)
MENTIONED = re.compile(r"`((?:sslviz|tests|benchmarks|docs|pages|\.streamlit)/[\w./]*)`")


def tree() -> str:
    """A line for each folder: its name and the first sentence of its docstring."""
    lines = []
    for path in sorted((ROOT / "sslviz").rglob("__init__.py")):
        folder = path.parent.relative_to(ROOT)
        sentence = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0].replace("\n", " ")
        lines.append(f"{'  ' * (len(folder.parts) - 1)}{folder.name + '/':{26 - 2 * len(folder.parts)}}{sentence}")
    return "```\n" + "\n".join(lines) + "\n```\n"


def test_the_page_shows_the_tree() -> None:
    found = DOORS.search(PAGE.read_text())
    assert found is not None
    assert found[2] == tree(), "python -m tests.test_house writes it anew"


def test_every_file_that_a_page_of_the_docs_mentions_is_there() -> None:
    pages = [*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")]
    missing = {f"{page.name}: {name}" for page in pages for name in MENTIONED.findall(page.read_text())}
    assert {each for each in missing if not (ROOT / each.split(": ")[1]).exists()} == set()


@pytest.mark.parametrize("version", [(3, 10), (3, 15)])
def test_a_python_that_does_not_fit_is_told_so_in_one_sentence(version: tuple[int, int], tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    other = tmp_path / "python"
    other.write_text(f"#!{sys.executable}\nimport sys\nsys.version_info = {version}\nexec(sys.argv[2])\n")
    other.chmod(0o755)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    make = ["make", "-C", str(tmp_path), "run", f"PYTHON={other}"]
    done = subprocess.run(make, capture_output=True, text=True, timeout=60, env=plain)
    assert done.returncode
    said, _ = done.stderr.splitlines()  # the other line is make's
    assert f"this is {version[0]}.{version[1]}: make PYTHON=" in said
    assert not (tmp_path / ".venv").exists()


if __name__ == "__main__":
    PAGE.write_text(DOORS.sub(lambda found: found[1] + tree() + found[3], PAGE.read_text()))
