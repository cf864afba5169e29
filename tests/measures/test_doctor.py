"""Verdicts on recorded runs (doctor/*.csv) and on hand-made ones, one for every rule. Healthy runs get none."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sslviz.measures.doctor.rules import RULES, diagnose
from sslviz.methods import METHODS
from sslviz.place import GALLERY
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings, parse

RECORDED = sorted((Path(__file__).parent / "doctor").glob("*.csv"))
LOOKS = ("std", "mean_cosine", "rank", "uniformity", "knn", "knn_random_init")
HEALTHY = {"std": 0.12, "mean_cosine": 0.05, "rank": 20.0, "knn": 0.5, "knn_random_init": 0.2, "positive_cosine": 0.7}
SPREAD = {"dimension": 64}


def run(steps=400, seconds=40.0, every=40, **columns):
    """A history: scores of a look every so many steps, all else at each step. A pair is a straight line."""
    step = np.arange(steps + 1)
    history = pd.DataFrame({"step": step, "seconds": seconds * step / steps})
    for name, value in columns.items():
        values = np.linspace(*value, len(step)) if isinstance(value, tuple) else np.full(len(step), value, float)
        history[name] = np.where((name not in LOOKS) | (step % every == 0), values, np.nan)
    return history


def examine(method, history, **knobs):
    values = RunSettings(method=method).change(**knobs).values()
    return diagnose(history, values, ignorance=METHODS[method].ignorance(values), **SPREAD)


def collapsed(**more):
    return run(
        **{**HEALTHY, "loss": (0.0, -0.99), "std": 0.002, "mean_cosine": 0.998, "rank": 1.5, "knn": 0.15, **more}
    )


def recorded(path):
    """Settings and rows: the first line of the file is the command that made it."""
    command = path.read_text().splitlines()[0].removeprefix("# python -m sslviz train ").split()
    knobs = {k: v for word in command if "=" in word for k, v in parse(word, command[0]).items()}
    values = RunSettings(method=command[0]).change(**knobs).values()
    return command[0], values, pd.read_csv(path, comment="#")


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_runs_get_the_verdict_they_deserve_and_healthy_ones_none(path):
    method, values, history = recorded(path)
    verdicts = [
        diagnose(history[history["step"] <= step], values, ignorance=METHODS[method].ignorance(values), **SPREAD)
        for step in history["step"]
    ]
    if "healthy" in path.stem:
        assert verdicts == [None] * len(verdicts)
        return
    switch = next(name for name in values if name in path.stem)
    last = verdicts[-1]
    assert "collapse" in last.name
    assert switch.replace("_", "-") in last.sentence
    assert last.cure == {switch: True}
    assert last.restart
    first = next(step for step, verdict in zip(history["step"], verdicts, strict=True) if verdict)
    assert first > 40  # in the beginning nobody can know


def test_the_batches_alone_are_heard_long_before_the_next_look():
    _, values, history = recorded(Path(__file__).parent / "doctor" / "byol_without_predictor.csv")
    looks = [name for name in LOOKS if name in history]
    history.loc[history["step"] > 30, looks] = np.nan  # no look after that
    verdicts = {
        row.seconds: diagnose(history[history["step"] <= row.step], values, **SPREAD) for row in history.itertuples()
    }
    first = next(seconds for seconds, verdict in verdicts.items() if verdict)
    verdict = verdicts[first]
    assert verdict.name == "complete collapse"
    assert verdict.cure == {"predictor": True}
    assert verdict.evidence.startswith("loss 0.0")
    assert "output std 0.0108, positive cosine 0.985 at step 132" in verdict.evidence
    assert "mean cosine" not in verdict.evidence  # of an old look
    assert first <= 25


@pytest.mark.parametrize("dimension", [64, None])
def test_a_spread_that_is_small_from_the_start_or_still_large_is_no_collapse(dimension):
    values = RunSettings(method="byol").values()
    for spread, ill in (((0.1, 0.015), True), ((0.1, 0.05), False), (0.02, False), ((0.02, 0.1), False)):
        history = run(80, 10.0, every=100, loss=(4.0, 1.0), output_std=spread)
        history.loc[60:, "output_std"] = history["output_std"].iloc[-1]
        assert bool(diagnose(history, values, dimension=dimension)) == ill
    early = history.assign(output_std=[0.1] * 3 + [0.01] * 78)
    assert diagnose(early, values, dimension=dimension)
    assert diagnose(early[early["step"] < 50], values, dimension=dimension) is None  # nobody can know yet


def test_partners_that_agree_and_cannot_be_told_from_others():
    history = run(80, 10.0, every=100, loss=-0.9, positive_cosine=0.99, contrastive_accuracy=0.01)
    verdict = examine("simclr", history, negatives=0.0)
    assert verdict.name == "complete collapse"
    assert verdict.cure == {"negatives": 1.0}
    assert "contrastive accuracy 0.01" in verdict.evidence
    assert examine("simclr", history.assign(contrastive_accuracy=0.9)) is None  # two views that are nearly one


def test_a_score_above_random_weights_is_no_objection_where_there_is_a_projector():
    survivor = collapsed(knn=0.3)
    verdict = examine("byol", survivor, predictor=False)
    assert "h, the encoder's output before the projector" in verdict.aside
    assert examine("byol", collapsed(knn=0.15), predictor=False).aside == ""
    assert examine("simclr", survivor, negatives=0.0, projector="none").aside == ""  # z is h


@pytest.mark.parametrize(
    "example", sorted(path.parent for path in GALLERY.glob("*/settings.json")), ids=lambda p: p.name
)
def test_every_recorded_example_is_healthy_at_every_moment(example):
    folder = RunFolder(example)
    history, values, steps = folder.metrics(), folder.values(), folder.snapshot_steps()
    spread = folder.exhibit(steps[0], "channel_std")
    for step in steps:
        known = METHODS[folder.settings().method].ignorance(values)
        dimension = None if spread is None else len(spread)
        assert diagnose(history[history["step"] <= step], values, ignorance=known, dimension=dimension) is None, step


def test_there_are_recorded_runs_of_both_kinds():
    kinds = {"healthy" in path.stem for path in RECORDED}
    assert kinds == {True, False}
    assert all(path.stat().st_size < 10_000 for path in RECORDED)


@pytest.mark.parametrize("method", METHODS)
def test_a_run_that_does_well_gets_no_verdict(method):
    levels = METHODS[method].ignorance(RunSettings(method=method).values())
    start = levels[1] if levels else 1.0
    more = {"teacher_entropy": 2.5, "mean_output_entropy": 5.0, "prototypes_used": 0.5, "accuracy": (0.25, 0.7)}
    for steps, seconds in ((3, 0.5), (40, 4.0), (400, 40.0), (3000, 300.0)):
        history = run(steps, seconds, **{**HEALTHY, "loss": (start, 0.6 * start), **more, "output_std": 0.12})
        assert examine(method, history) is None


@pytest.mark.parametrize("method", ["mae", "rotation", "jigsaw", "colorization"])
def test_weak_neighbours_are_no_illness_of_those_that_do_not_compare_views(method):
    level = (METHODS[method].ignorance(RunSettings(method=method).values()) or ("", 1.0))[1]
    slow = run(
        2000, 200.0, loss=(level, 0.9 * level), mean_cosine=0.97, std=0.01, rank=3.0, knn=0.15, knn_random_init=0.2
    )
    assert examine(method, slow) is None
    early = run(100, 20.0, loss=level, mean_cosine=0.97, std=0.01, rank=3.0, knn=0.15, knn_random_init=0.2)
    assert examine(method, early) is None


def test_nothing_is_said_about_nothing():
    values = RunSettings().values()
    assert diagnose(pd.DataFrame(), values) is None
    assert diagnose(pd.DataFrame({"step": [0], "seconds": [0.0], "std": [0.01], "mean_cosine": [0.99]}), values) is None
    assert diagnose(run(300, 30.0), values, ignorance=("ln(2N − 1)", 6.2)) is None  # no column but step and seconds


@pytest.mark.parametrize(
    ("method", "knobs", "word", "cure"),
    [
        ("simsiam", {"stop_gradient": False}, "stop-gradient", {"stop_gradient": True}),
        ("simsiam", {"predictor": False}, "predictor", {"predictor": True}),
        ("simsiam", {"predictor": False, "stop_gradient": False}, "; and", {"predictor": True, "stop_gradient": True}),
        ("simsiam", {"batch_norm": False}, "batchNorm", {"batch_norm": True}),
        ("byol", {"predictor": False}, "predictor", {"predictor": True}),
        ("byol", {"target": False}, "no target", {"target": True}),
        ("byol", {"target": False, "predictor": False}, "; and", {"target": True, "predictor": True}),
        ("byol", {"momentum": 0.0}, "m is 0", {"momentum": 0.97}),
        ("simclr", {"negatives": 0.0}, "negatives", {"negatives": 1.0}),
        ("swav", {"equipartition": False}, "equipartition", {"equipartition": True}),
        ("dino", {"centring": False}, "centring", {"centring": True}),
        ("simsiam", {"learning_rate": 0.02}, "learning rate", {"learning_rate": 1e-3}),
        ("simsiam", {"learning_rate": 0.02, "predictor": False}, "predictor", {"predictor": True}),
        ("barlow_twins", {"weight_decay": 0.5}, "weight decay", {"weight_decay": 1e-4}),
    ],
)
def test_a_complete_collapse_is_blamed_on_the_switch_that_is_off(method, knobs, word, cure):
    verdict = examine(method, collapsed(), **knobs)
    assert verdict.name == "complete collapse"
    assert word.lower() in verdict.sentence.lower()
    assert verdict.cure == cure
    assert verdict.restart
    assert verdict.evidence == "loss -0.99, std 0.002, mean cosine 0.998, rank 1.5, live k-NN 0.15 at step 400"
    assert "1/√d = 0.125" in verdict.constant
    RunSettings(method=method).change(**{**knobs, **verdict.cure})  # values that the knobs take


def test_negatives_acquit_a_missing_predictor():
    verdict = examine("byol", collapsed(), predictor=False, target=False, negatives=1.0)
    assert verdict.cure == {}
    assert "does not come back" in verdict.sentence


def test_a_collapse_without_a_guilty_switch_is_still_told():
    verdict = examine("simsiam", collapsed())
    assert verdict.name == "complete collapse"
    assert verdict.cure == {}
    assert verdict.restart
    assert "No switch is off now" in verdict.sentence


def test_one_look_is_enough_when_the_batches_say_the_same():
    batches = collapsed(every=400, output_std=(0.125, 0.01))
    assert examine("simsiam", batches).name == "complete collapse"
    assert examine("simsiam", collapsed(every=400, output_std=0.125)) is None


def test_batches_that_shrink_and_few_directions_in_one_look_are_enough_too():
    odd = collapsed(every=400, output_std=(0.088, 0.03), mean_cosine=0.7, rank=3.0)
    assert examine("simsiam", odd).name == "dimensional collapse"
    assert examine("simsiam", odd.assign(rank=12.0)) is None


def test_few_directions_are_a_collapse_of_their_own():
    history = run(**{**HEALTHY, "rank": 3.5, "mean_cosine": 0.6, "loss": -0.6})
    verdict = examine("simsiam", history, learning_rate=5e-3)
    assert verdict.name == "dimensional collapse"
    assert verdict.cure == {"learning_rate": 1e-3}
    assert "rank 3.5" in verdict.evidence
    assert examine("dino", history.assign(teacher_entropy=2.0, mean_output_entropy=4.0)) is None


@pytest.mark.parametrize(("steps", "seconds"), [(40, 40.0), (400, 4.0)])
def test_a_collapse_is_not_called_before_a_network_had_its_chance(steps, seconds):
    history = run(steps, seconds, every=5, mean_cosine=0.99, std=0.01, rank=1.2, loss=-0.9, positive_cosine=0.9)
    assert examine("simsiam", history) is None


@pytest.mark.parametrize(
    ("knobs", "word", "cure"),
    [
        ({"sharpening": False}, "Sharpening is off", {"sharpening": True}),
        ({"teacher_temperature": 0.2}, "softer", {"teacher_temperature": 0.04}),
        ({}, "nothing to learn", {}),
    ],
)
def test_a_teacher_without_an_opinion(knobs, word, cure):
    history = run(
        **HEALTHY, loss=math.log(256), teacher_entropy=0.999 * math.log(256), mean_output_entropy=math.log(256)
    )
    verdict = examine("dino", history, **knobs)
    assert verdict.name == "uniform teacher"
    assert verdict.constant == "ln K = 5.545 if it has no opinion (K = 256)"
    assert word in verdict.sentence
    assert verdict.cure == cure


@pytest.mark.parametrize(
    ("knobs", "cure"), [({"centring": False}, {"centring": True}), ({"center_momentum": 1.0}, {"center_momentum": 0.9})]
)
def test_one_class_wins_every_picture(knobs, cure):
    history = run(**HEALTHY, loss=0.01, teacher_entropy=0.01, mean_output_entropy=0.02)
    verdict = examine("dino", history, **knobs)
    assert verdict.name == "dominant output"
    assert verdict.cure == cure
    assert "ln K = 5.545" in verdict.constant


def test_few_prototypes_take_all():
    verdict = examine("swav", run(**HEALTHY, loss=1.0, prototypes_used=0.03), equipartition=False)
    assert verdict.name == "few prototypes"
    assert verdict.cure == {"equipartition": True}


@pytest.mark.parametrize("method", ["byol", "moco", "dino"])
def test_a_teacher_that_never_moves(method):
    idle = run(**{**HEALTHY, "knn": 0.25}, loss=(4.0, 1.0))
    verdict = examine(method, idle, momentum=1.0)
    assert verdict.name == "frozen teacher"
    assert 0 < verdict.cure["momentum"] < 1
    assert not verdict.restart
    assert examine(method, idle.assign(knn=0.7), momentum=1.0) is None  # frozen late, after it had learnt
    assert examine(method, idle, momentum=0.99) is None


def test_a_teacher_whose_momentum_has_risen_to_one_too_soon():
    history = run(600, 60.0, every=1, **HEALTHY, loss=3.0)
    moment = np.minimum(0.99 + history["step"] / 40_000, 1.0)  # 1 at step 400
    verdict = examine("dino", history.assign(momentum=moment), momentum_steps=400)
    assert verdict.name == "frozen teacher"
    assert "since step 399" in verdict.sentence
    assert verdict.cure == {"momentum_steps": 0}
    assert not verdict.restart
    RunSettings(method="dino").change(**verdict.cure)
    early = history[history["step"] < 480]
    assert examine("dino", early.assign(momentum=moment), momentum_steps=400) is None
    assert examine("dino", history.assign(momentum=moment.clip(upper=1 - 1e-9))) is None


@pytest.mark.parametrize(
    ("method", "level", "constant"),
    [("simclr", math.log(511), "ln(2N − 1), N = 256: 6.236"), ("moco", math.log(4097), "ln(K + 1), K = 4096: 8.318")],
)
def test_a_loss_that_stays_where_ignorance_is(method, level, constant):
    verdict = examine(method, run(**{**HEALTHY, "knn": 0.2}, loss=0.995 * level), learning_rate=1e-6)
    assert verdict.name == "knows nothing"
    assert verdict.constant == constant
    assert verdict.cure == {"learning_rate": 2e-3}
    assert examine(method, run(**HEALTHY, loss=0.9 * level), learning_rate=1e-6) is None
    assert examine(method, run(150, 60.0, **HEALTHY, loss=level), learning_rate=1e-6) is None


def test_a_slow_pretext_task_has_time():
    _name, level = METHODS["jigsaw"].ignorance(RunSettings(method="jigsaw").values())
    assert examine("jigsaw", run(500, 50.0, loss=level, accuracy=0.02)) is None
    assert examine("jigsaw", run(1000, 100.0, loss=level, accuracy=0.02)).name == "knows nothing"


@pytest.mark.parametrize(("tau", "name"), [(1.0, "temperature too large"), (0.01, "temperature too small")])
def test_an_extreme_temperature_is_named_only_if_nothing_is_learnt(tau, name):
    history = run(**{**HEALTHY, "knn": 0.22}, loss=(5.5, 5.0))
    verdict = examine("simclr", history, temperature=tau)
    assert verdict.name == name
    assert verdict.cure == {"temperature": 0.2}
    assert examine("simclr", history.assign(knn=0.6), temperature=tau) is None
    assert examine("simclr", history, temperature=0.2) is None
    assert examine("byol", history, temperature=tau) is None  # there it is idle


@pytest.mark.parametrize(
    ("method", "knobs", "cure"),
    [
        ("rotation", {"caption": True}, {"caption": False}),
        ("jigsaw", {"gaps": False}, {"gaps": True}),
        ("jigsaw", {"normalise_tiles": False}, {"normalise_tiles": True}),
    ],
)
def test_a_task_that_is_too_easy(method, knobs, cure):
    history = run(loss=(1.0, 0.01), accuracy=0.995, knn=0.2, knn_random_init=0.2)
    verdict = examine(method, history, **knobs)
    assert verdict.name == "shortcut"
    assert verdict.cure == cure
    assert examine(method, history.assign(accuracy=0.9), **knobs) is None


def test_who_has_labels_may_be_right():
    assert examine("supervised", run(loss=(2.3, 0.5), accuracy=0.999, knn=0.2, knn_random_init=0.2)) is None


def test_a_loss_that_falls_while_the_score_falls_too():
    history = run(**{**HEALTHY, "knn": (0.2, 0.12)}, loss=(6.0, 2.0))
    verdict = examine("simclr", history, jitter=0.0, gray=0.0)
    assert verdict.name == "loss misleads"
    assert "colours" in verdict.sentence
    assert verdict.cure == {"jitter": 0.8}
    assert verdict.constant == "live k-NN of random weights = 0.200"
    assert examine("simclr", history.assign(knn=history["knn"] + 0.1)) is None


def test_a_run_with_an_absurd_learning_rate_is_told_so_even_if_nothing_else_is_left():
    verdict = examine("simclr", run(1, 0.1, std=0.1), learning_rate=1e6)
    assert verdict.name == "diverged"
    assert verdict.cure == {"learning_rate": 2e-3}
    assert verdict.restart
    assert verdict.evidence == "learning rate 1e+06"
    assert examine("simclr", run(20, 2.0, loss=(6.0, 9.0)), learning_rate=0.1).name == "diverged"
    assert examine("simclr", run(20, 2.0, loss=(6.0, 5.0)), learning_rate=0.1) is None
    assert examine("moco", run(20, 2.0, loss=(6.96, 7.29))) is None  # MoCo's loss rises while its queue fills
    assert examine("simclr", run(20, 2.0, loss=np.inf)).name == "diverged"


def test_an_earlier_moment_is_judged_by_what_was_known_then():
    history = collapsed(mean_cosine=(0.0, 1.0), rank=10.0, knn=0.3)
    early, late = history[history["step"] <= 200], history
    assert examine("simsiam", early, predictor=False) is None
    assert examine("simsiam", late, predictor=False) is None  # one look above 0.95
    steeper = collapsed(mean_cosine=(0.8, 1.0), rank=10.0, knn=0.3)
    assert examine("simsiam", steeper, predictor=False).name == "complete collapse"


def test_rules_do_not_change_what_they_are_given():
    history = collapsed()
    before, values = history.copy(), RunSettings(method="simsiam").values()
    diagnose(history, values)
    pd.testing.assert_frame_equal(history, before)


def test_every_rule_is_tested_here():
    tested = {"diverged", "uniform_teacher", "dominant_output", "few_prototypes", "collapsed", "frozen_teacher"}
    tested |= {"knows_nothing", "wrong_temperature", "shortcuts", "misleading_loss"}
    assert {rule.__name__ for rule in RULES} == tested
