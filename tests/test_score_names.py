"""The scores called k-NN have one name and one definition each, and all words on pages and commands come from there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sslviz.exhibits.compare import scores as compare_scores
from sslviz.exhibits.compare import table as compare_table
from sslviz.exhibits.sweep import results
from sslviz.measures.scores import EVALUATED, FINAL, LIVE
from sslviz.training.probes import NEIGHBOURS, REFERENCES
from sslviz.views.controls import measuring, server
from sslviz.views.controls.runs_here import Shown
from sslviz.views.method import curves
from tests import pages

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "sslviz" / "measures" / "scores.py"
# the idea in general, what exported files print, and that there is no score at all
GENERAL = {
    "lessons/landscape.py": {"k-NN"},
    "exhibits/chooser/rules.py": {"DINO, abstract: 78.3 % with k-NN on ImageNet"},
    "views/method/curves.py": {"No labels, no k-NN score", "-NN accuracy of h"},
    "views/method/overlaid.py": {"-NN accuracy of h"},
}
ANYTHING = {"data/sources/layout.py", "export/recipe.py", "export/script.py"}


def said(path: Path) -> Iterator[str]:
    """Every string of a file that is no docstring."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_no_page_and_no_command_has_words_of_its_own() -> None:
    found = {}
    for path in sorted((ROOT / "sslviz").rglob("*.py")):
        place = path.relative_to(ROOT / "sslviz").as_posix()
        own = {text for text in said(path) if re.search(r"-NN\b", text)} - GENERAL.get(place, set())
        if own and path != TABLE and place not in ANYTHING:
            found[place] = own
    assert found == {}


@pytest.mark.parametrize("score", [LIVE, FINAL, EVALUATED])
def test_a_definition_is_one_sentence_with_the_numbers_that_are_measured_with(score) -> None:
    assert score.meaning.startswith(f"The {score.name} is ")
    assert score.meaning.count(".") == 1
    assert f" {NEIGHBOURS} nearest" in score.meaning


def test_the_evaluated_score_says_how_many_pictures_are_asked() -> None:
    assert f"{REFERENCES:,} training pictures" in EVALUATED.meaning
    table = server.example("simclr").evaluation(pages.end("simclr"), "knn")
    assert set(table[table["target"] == "hue"]["k"]) == {NEIGHBOURS}


def test_tables_and_charts_take_their_names_from_there() -> None:
    assert {LIVE.name, FINAL.name} <= set(compare_table.COLUMNS)
    assert measuring.EVALUATIONS["knn"][0] == EVALUATED.title
    assert results.WORDS["knn"] == FINAL.name
    run = server.example("simclr")
    assert LIVE.title.encode() in curves.score_curve(run, pages.end("simclr"), 0.0)
    scores = dict(compare_scores._scores(Shown(run, "it", 0, run.status(), run.metrics())))
    assert (scores[LIVE.name], scores[FINAL.name]) == (run.status().knn, run.status().exam)
    evaluated = run.evaluation(pages.end("simclr"), "knn").query("encoder == 'trained' and features == 'h' and k == 20")
    assert scores[f"{EVALUATED.name}, hue"] == evaluated.set_index("target")["score"]["hue"]


def test_a_final_score_is_never_shown_as_a_live_one(runs: Path) -> None:
    run = server.example("simclr")
    status = run.status()
    app = pages.opened("simclr", run="simclr")
    below_the_curve = next(text for text in app.caption if FINAL.name in text.value)
    assert f"{FINAL.name} **{status.exam:.1%}" in below_the_curve.value
    assert FINAL.meaning in below_the_curve.proto.help
    assert LIVE.meaning in below_the_curve.proto.help


def test_the_table_of_runs_keeps_them_apart(runs: Path) -> None:
    table = compare_table.overview([]).set_index("id")
    status = server.example("simclr").status()
    assert table.loc["simclr", LIVE.name] == pytest.approx(100 * status.knn)
    assert table.loc["simclr", FINAL.name] == pytest.approx(100 * status.exam)
