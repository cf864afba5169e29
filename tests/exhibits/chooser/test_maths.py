"""The rules: one for every situation, none in vain, and a few situations by name."""

from itertools import product

import pytest

from sslviz.exhibits.chooser import maths
from sslviz.exhibits.chooser.maths import COMPUTE, DOMAINS, IMAGES, LABELS, TASKS, Situation
from sslviz.exhibits.chooser.rules import RULES
from sslviz.methods import METHODS


def test_every_situation_has_a_rule_and_every_rule_a_situation() -> None:
    cases = [Situation(*case) for case in product(LABELS, IMAGES, TASKS, COMPUTE, DOMAINS)]
    assert {maths.choose(case, RULES) for case in cases} == set(range(len(RULES)))


@pytest.mark.parametrize(
    ("case", "advice"),
    [
        (Situation(), "MoCo"),
        (Situation(domain=maths.CAPTIONS), "CLIP"),
        (Situation(domain=maths.EVERYDAY), "DINOv2, frozen, as downloaded"),
        (Situation(labels=1_000, task=maths.DETECT, domain=maths.EVERYDAY), "MAE, fine-tuned"),
        (Situation(labels=10_000), "Supervised"),
        (Situation(images=1_000), "DINOv2, frozen, as downloaded"),
        (Situation(domain=maths.COLOUR), "MAE"),
        (Situation(task=maths.SEARCH), "DINO"),
        (Situation(labels=0), "SwAV"),
        (Situation(compute=maths.LAPTOP), "SimSiam"),
        (Situation(compute=maths.MANY_GPUS), "SimCLR"),
    ],
)
def test_situations(case: Situation, advice: str) -> None:
    assert RULES[maths.choose(case, RULES)].advice == advice


def test_rules_name_methods_that_exist_and_what_they_rest_on() -> None:
    assert {rule.method for rule in RULES} - {""} <= set(METHODS)
    assert all(rule.why and rule.source for rule in RULES)
    assert RULES[-1].condition() == "everything else"


def test_the_reading_says_why_a_rule_does_not_fit() -> None:
    read = maths.read(Situation(), RULES)
    assert (read["here"] == "this one").sum() == 1
    assert read["here"][3] == "needs 1,000 labels per class or more, you have 10"
    assert read["here"][0] == "is for “captions”, you say “unlike photos”"
    assert read["here"][8] == "is for no labels per class, you have 10"
    assert read["if"][4] == "fewer than 10,000 unlabelled images"
    assert read["here"].iloc[-1] == "fits, but an earlier rule came first"


def test_around_has_all_cells() -> None:
    cells = maths.around(Situation(), RULES)
    assert len(cells) == len(LABELS) * len(IMAGES)
    mine = cells[(cells["labels"] == 10) & (cells["images"] == 100_000)]
    assert mine["rule"].item() == maths.choose(Situation(), RULES)
