"""The loop: reproducible, obedient, honest about its time."""

import time
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sslviz.data.dataset import Dataset
from sslviz.methods.method import Method
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings
from sslviz.training.course import go_on
from sslviz.training.loop import LOOKS, Budget, Progress, look, train
from sslviz.training.observer import Observer
from sslviz.training.trainer import Diverged, Trainer, learning_rate

CPU = torch.device("cpu")


class Script:
    """Wishes that are spoken at given polls; stops a paused run after a while."""

    def __init__(self, **wishes: list[dict[str, Any]]) -> None:
        self.wishes, self.polls = wishes, 0

    def poll(self) -> list[dict[str, Any]]:
        self.polls += 1
        return self.wishes.get(f"at{self.polls}", [])


def run(settings: RunSettings, data: Dataset, control: Any = None, kept: Any = None) -> tuple[Trainer, list[Progress]]:
    trainer = Trainer(settings, data, CPU)
    if kept is not None:
        trainer.restore(*kept)
    return trainer, list(train(trainer, Observer(data, CPU), control or Script()))


def losses(progress: list[Progress]) -> list[float]:
    return [p.metrics["loss"] for p in progress if "loss" in p.metrics]


def test_one_seed_is_one_run_bit_for_bit(tiny: Dataset, quick: RunSettings) -> None:
    first, one = run(quick, tiny)
    second, two = run(quick, tiny)
    third, three = run(quick.model_copy(update={"seed": 4}), tiny)
    assert losses(one) == losses(two) != losses(three)
    for name, tensor in first.tensors().items():
        assert torch.equal(tensor, second.tensors()[name]), name
    assert len(losses(one)) == 6
    assert third.step == 6


def test_going_on_from_kept_weights_is_as_if_nothing_had_happened(tiny: Dataset, quick: RunSettings) -> None:
    whole, progress = run(quick, tiny)
    half = Trainer(quick, tiny, CPU)
    half.choose_precision()
    for _ in range(3):
        half.train_step()
    rest, after = run(quick, tiny, kept=(half.tensors(), half.about()))
    assert losses(after) == losses(progress)[3:]
    for name, tensor in whole.tensors().items():
        assert torch.equal(tensor, rest.tensors()[name]), name


def test_looking_does_not_change_the_training(tiny: Dataset, quick: RunSettings) -> None:
    watched, _ = run(quick, tiny)
    alone = Trainer(quick, tiny, CPU)
    alone.choose_precision()
    for _ in range(6):
        alone.train_step()
    for name, tensor in watched.tensors().items():
        assert torch.equal(tensor, alone.tensors()[name]), name


def test_the_first_picture_comes_before_any_training(tiny: Dataset, quick: RunSettings) -> None:
    trainer = Trainer(quick, tiny, CPU)
    first = next(iter(train(trainer, Observer(tiny, CPU), Script())))
    assert trainer.step == 0
    assert first.snapshot is not None
    assert first.snapshot.exhibits["similarity"].shape == (64, 64)
    assert first.snapshot.views.shape == (2, 32, 32, 32, 3)


def test_a_turned_knob_acts_on_the_next_step_and_is_written_down(tiny: Dataset, quick: RunSettings) -> None:
    wish = {"do": "set", "name": "temperature", "value": 0.07}
    trainer, turned = run(quick, tiny, Script(at4=[wish]))
    _, untouched = run(quick, tiny)
    assert losses(turned)[:3] == losses(untouched)[:3]
    assert losses(turned)[3] != losses(untouched)[3]
    (event,) = [e for p in turned for e in p.events]
    assert (event.step, event.kind, event.text) == (4, "set", "temperature 0.2 → 0.07")
    assert trainer.settings.values()["temperature"] == 0.07


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("temperature", 9.0, "less than or equal"), ("width", 64, "acts on the next run"), ("colour", 1, "no knob")],
)
def test_what_cannot_be_turned_is_refused_and_training_goes_on(
    tiny: Dataset, quick: RunSettings, name: str, value: Any, says: str
) -> None:
    trainer, progress = run(quick, tiny, Script(at2=[{"do": "set", "name": name, "value": value}]))
    (event,) = [e for p in progress for e in p.events]
    assert event.kind == "refused"
    assert says in event.text
    assert trainer.step == 6
    assert trainer.settings == quick


def test_pause_single_step_and_stop(tiny: Dataset, quick: RunSettings) -> None:
    script = Script(at2=[{"do": "pause"}], at4=[{"do": "step"}], at6=[{"do": "step"}], at8=[{"do": "stop"}])
    trainer, progress = run(quick, tiny, script)
    assert trainer.step == 3
    assert [p.paused for p in progress if "loss" in p.metrics] == [False, True, True]
    assert all(p.snapshot is not None for p in progress if p.paused and "loss" in p.metrics)
    assert progress[-1].snapshot is not None
    assert "knn" in progress[-1].metrics


def test_a_finished_run_ends_with_a_score(tiny: Dataset, quick: RunSettings) -> None:
    trainer, progress = run(quick, tiny)
    assert trainer.over
    assert {"knn", "knn_hue", "std", "rank"} <= progress[-1].metrics.keys()
    assert progress[-1].snapshot.embedding.shape == (80, 64)


def test_pictures_without_labels_train_without_a_score(tiny: Dataset, quick: RunSettings) -> None:
    from dataclasses import replace

    bare = Dataset("bare", replace(tiny.train, labels=None, factors={}), replace(tiny.test, labels=None, factors={}))
    _, progress = run(quick, bare)
    assert len(losses(progress)) == 6
    assert "knn" not in progress[-1].metrics


def test_fewer_pictures_than_a_batch(tiny: Dataset, quick: RunSettings) -> None:
    trainer, _ = run(quick.change(batch_size=1024), tiny)
    assert trainer.images_seen == 6 * 320


def test_a_loss_that_is_no_number_ends_the_run(tiny: Dataset, quick: RunSettings) -> None:
    with pytest.raises(Diverged, match="at step"):
        run(quick.change(learning_rate=1e6, weight_decay=1.0, steps=400, warmup_steps=0), tiny)


def test_the_learning_rate_warms_up_and_falls_along_a_cosine() -> None:
    rates = np.array([learning_rate(t, 1.0, 10, 110) for t in range(111)])
    np.testing.assert_allclose(rates[:10], np.arange(1, 11) / 10)
    np.testing.assert_allclose(rates[60], 0.05 + 0.95 * 0.5, atol=1e-12)
    np.testing.assert_allclose(rates[110], 0.05)
    assert (np.diff(rates[10:]) <= 0).all()


def test_the_learning_rate_follows_whatever_ends_the_run_sooner() -> None:
    assert learning_rate(50, 1.0, 10, 110, 0.9) == pytest.approx(learning_rate(100, 1.0, 10, 110))
    assert learning_rate(100, 1.0, 10, 110, 0.2) == learning_rate(100, 1.0, 10, 110)
    assert learning_rate(4, 1.0, 10, 110, 1.0) == pytest.approx(0.05 / 2)  # amid the warm-up


def with_clock(settings: RunSettings, data: Dataset, each: float = 0.1) -> tuple[Trainer, list[Progress]]:
    """A machine on which every step takes as long."""
    clock, trainer = count(0, each).__next__, Trainer(settings, data, CPU)
    return trainer, list(train(trainer, Observer(data, CPU), Script(), clock=clock))


def recorded(progress: list[Progress], name: str) -> list[float]:
    return [p.metrics[name] for p in progress if name in p.metrics]


def test_a_run_that_ends_after_seconds_comes_down_by_then(tiny: Dataset, quick: RunSettings) -> None:
    """README's first example."""
    short = quick.change(steps=1000).model_copy(update={"seconds": 2.0})
    trainer, progress = with_clock(short, tiny)
    rates = recorded(progress, "learning_rate")
    assert trainer.step == len(rates) == 20
    assert max(rates) > 0.95 * quick.training.learning_rate
    assert rates[-1] < 0.07 * max(rates)
    assert sorted(rates[2:], reverse=True) == rates[2:]
    assert "elapsed" not in run(quick, tiny)[1][-2].metrics


def test_what_followed_the_clock_is_repeated_bit_for_bit(tiny: Dataset, quick: RunSettings) -> None:
    """Also DINO, whose momentum follows the same clock."""
    plain = RunSettings(method="dino", training=quick.training).change(steps=1000)
    trainer, progress = with_clock(plain.model_copy(update={"seconds": 0.5}), tiny)
    again = Trainer(plain, tiny, CPU)
    again.choose_precision()
    passed = recorded(progress, "elapsed")
    assert passed == [0, 0.2, 0.4, 0.6, 0.8]
    for elapsed in passed:
        again.train_step(elapsed)
    for name, tensor in trainer.tensors().items():
        assert torch.equal(tensor, again.tensors()[name]), name
    assert recorded(progress, "momentum")[-1] == pytest.approx(1 - 0.01 * (1 + np.cos(0.8 * np.pi)) / 2)


def test_a_later_end_is_said_where_it_takes_the_rate_back_up(tiny: Dataset, quick: RunSettings) -> None:
    wishes = [{"do": "set", "name": "steps", "value": value} for value in (30, 29)]
    _, progress = run(quick, tiny, Script(at7=wishes[:1], at8=wishes[1:]))
    up, down = (event.text for p in progress for event in p.events)
    assert up.startswith("steps 6 → 30: the learning rate rises again, from 0.0001 to 0.0019")
    assert down == "steps 30 → 29"


def test_looking_keeps_to_its_share_of_the_time() -> None:
    budget, spent, seconds = Budget(), 0.0, 0.0
    cost = {"exhibits": 0.02, "embedding": 0.3, "knn": 1.5}
    while seconds < 300:
        seconds += 0.1
        for kind in budget.due(seconds):
            budget.paid(kind, seconds, cost[kind])
            spent += cost[kind]
            seconds += cost[kind]
    allowed = sum(share for share, _ in LOOKS.values())
    assert allowed == pytest.approx(0.15)
    assert 0.10 < spent / seconds <= allowed


def test_on_an_unsteady_machine_only_pictures_may_cost_more_than_their_share() -> None:
    chance = np.random.default_rng(0)
    budget, spent, seconds = Budget(), dict.fromkeys(LOOKS, 0.0), 0.0
    while seconds < 600:
        seconds += 0.1
        for kind in budget.due(seconds):
            cost = {"exhibits": 0.02, "embedding": 0.3, "knn": 1.5}[kind] * chance.choice([1, 4], p=[0.8, 0.2])
            budget.paid(kind, seconds, cost)
            spent[kind] += cost
            seconds += cost
    assert spent["embedding"] <= 0.05 * seconds + 1.2
    assert spent["knn"] <= 0.08 * seconds + 6
    assert spent["exhibits"] <= 0.03 * seconds  # 1.6 times the cheapest on average, of which 1.2 times are charged


def test_one_slow_look_does_not_silence_those_after_it() -> None:
    budget = Budget()
    budget.begin(0.0)
    budget.paid("exhibits", 50.0, 0.5)
    budget.paid("exhibits", 100.0, 50.0)  # a hundred times as long: something else had the processor
    assert "exhibits" in budget.due(126)  # 1.5 + 1 s at two per cent
    assert "exhibits" not in budget.due(124)


def test_a_score_pays_for_the_embedding_that_it_needs(
    tiny: Dataset, quick: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget, observer = Budget(), Observer(tiny, CPU)
    usual = observer.embedding

    def slow(method: Method, *images: torch.Tensor | None) -> torch.Tensor:
        time.sleep(0.5)
        return usual(method, *images)

    monkeypatch.setattr(observer, "embedding", slow)
    trainer = Trainer(quick, tiny, CPU)
    trainer.chance = {"knn_random_init": 0.1}
    look(trainer, observer, {"embedding", "knn"}, budget)
    assert budget.spent["embedding"] > 0.5 > budget.spent["knn"]
    alone = Budget()
    look(trainer, observer, {"knn"}, alone)
    assert alone.spent["embedding"] == 0
    assert alone.spent["knn"] > 0.5


def test_the_first_three_steps_are_shown_and_not_paid_for(tiny: Dataset, quick: RunSettings) -> None:
    trainer, budget = Trainer(quick, tiny, CPU), Budget()
    for at in train(trainer, Observer(tiny, CPU), Script(), budget=budget):
        if 1 <= at.trainer.step <= 3:
            assert at.snapshot is not None
            assert budget.spent["exhibits"] == 0.0


# -- when it is looked: one run on a clock of our own -----------------------------------------------------------------


def timetable(cost: dict[str, float], step: float, until: float, began: float = 0.0) -> tuple[list[float], float]:
    """Seconds at which a score comes, and what looking cost in all, if a step and each look take as long as given."""
    budget, seconds, spent, scores = Budget(), began, 0.0, [0.0]
    budget.paid("embedding", 0.0, cost["embedding"])
    budget.begin(began)
    while seconds < began + until:
        seconds += step
        looks = budget.due(seconds)
        if "embedding" in looks:  # brings the score along
            looks -= {"knn"}
            scores.append(seconds)
            budget.rest("knn", seconds)
        elif "knn" in looks:
            scores.append(seconds)
        for kind in looks:
            budget.paid(kind, seconds, cost[kind])
            spent += cost[kind]
            seconds += cost[kind]
    return scores, spent


IDLE = {"exhibits": 0.03, "embedding": 0.54, "knn": 0.27}  # convolutional net, one core to itself
BUSY = {kind: 3 * cost for kind, cost in IDLE.items()}
VIT = {"exhibits": 0.1, "embedding": 2.6, "knn": 1.3}


@pytest.mark.parametrize(("cost", "step", "least"), [(IDLE, 0.3, 10), (BUSY, 0.9, 5), (VIT, 0.4, 3)])
def test_scores_come_early_and_half_a_minute_keeps_four_fifths_of_its_speed(
    cost: dict[str, float], step: float, least: int
) -> None:
    scores, spent = timetable(cost, step, 30.0)
    assert len(scores) >= least
    assert scores[1] <= 6
    assert max(np.diff(scores)) <= 18
    assert spent <= 0.2 * 30


@pytest.mark.parametrize("cost", [IDLE, BUSY, VIT])
@pytest.mark.parametrize("began", [0.0, 1000.0])
def test_what_the_early_scores_cost_is_paid_back(cost: dict[str, float], began: float) -> None:
    for until in (45.0, 90.0, 300.0):
        scores, spent = timetable(cost, 0.3, until, began)
        assert spent <= 0.15 * until
        assert len(scores) >= until / 24


@pytest.mark.parametrize("cost", [IDLE, VIT])
def test_it_is_known_when_the_next_score_comes(cost: dict[str, float]) -> None:
    budget = Budget()
    for seconds in (0.5, 7.0, 30.0, 70.0):
        budget.paid("knn", seconds, cost["knn"])
        wait = budget.wait("knn", seconds)
        assert wait > 0
        assert "knn" not in budget.due(seconds + 0.99 * wait)
        assert "knn" in budget.due(seconds + 1.01 * wait)


@pytest.mark.parametrize(("cost", "early"), [(0.3, True), (10.0, False)])
def test_the_second_score_of_a_slow_network_waits_until_it_is_paid_for(cost: float, early: bool) -> None:
    budget = Budget()
    budget.paid("embedding", 0.0, cost)  # of the untrained network
    budget.begin(0.0)
    assert ("knn" in budget.due(3.5)) == early
    assert "knn" in budget.due(1000.0)
    assert "embedding" in budget.due(max(40, cost / 0.05) + 1)


# -- the live score ---------------------------------------------------------------------------------------------------


def test_the_first_score_is_there_before_the_first_step_with_its_reference_and_its_definition(
    tiny: Dataset, quick: RunSettings
) -> None:
    _, progress = run(quick, tiny)
    at = next(p for p in progress if "knn" in p.metrics)
    assert at.snapshot is not None
    assert at.snapshot.step == 0
    assert at.snapshot.embedding is not None  # the map comes not later
    assert at.metrics["live_pictures"] == 80
    assert {"knn_random_init", "knn_hue_random_init"} <= at.metrics.keys()
    assert all("live_pictures" in p.metrics for p in progress if "knn" in p.metrics)
    assert at.next_score is not None
    assert progress[-1].next_score is None


def test_every_live_score_asks_the_same_pictures_whatever_else_is_looked_at(
    tiny: Dataset, quick: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sslviz.training.loop.LIVE", 60)
    monkeypatch.setattr("sslviz.training.observer.LIVE", 60)
    trainer, observer = Trainer(quick, tiny, CPU), Observer(tiny, CPU)
    with_map, alone = (look(trainer, observer, kinds) for kinds in ({"embedding"}, {"knn"}))
    assert with_map is not None
    assert alone is not None
    assert alone.embedding is None
    assert alone.scores["live_pictures"] == 60
    assert {name: with_map.scores[name] for name in alone.scores} == alone.scores


@pytest.mark.parametrize(("encoder", "looks"), [("vit", 1), ("conv", 2)])
def test_random_weights_are_measured_once_and_not_at_all_where_training_begins_with_them(
    tiny: Dataset, quick: RunSettings, encoder: str, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, observer = Trainer(quick.change(encoder=encoder), tiny, CPU), Observer(tiny, CPU)
    usual, asked = observer.embedding, []
    monkeypatch.setattr(observer, "embedding", lambda *given: (asked.append(given[0]), usual(*given))[1])
    for _ in range(2):
        found = look(trainer, observer, {"embedding"})
        assert found is not None
        assert (found.scores["knn"] == found.scores["knn_random_init"]) or encoder == "conv"
    assert len(asked) == looks + 1
    assert asked.count(trainer.untrained) == looks - 1


@pytest.mark.parametrize(("steps", "rises"), [(6, False), (60, True)])
def test_a_fork_with_a_later_end_says_so_too(
    steps: int, rises: bool, tiny: Dataset, quick: RunSettings, tmp_path: Path
) -> None:
    parent = Trainer(quick, tiny, CPU)
    parent.choose_precision()
    for _ in range(6):
        parent.train_step()
    child = RunFolder.create(tmp_path, quick.change(steps=steps))
    child.write_weights(6, parent.tensors(), {**parent.about(), "run": "the-parent"})
    go_on(Trainer(child.settings(), tiny, CPU), child)
    [event] = child.events()
    assert event["text"].startswith("forked from the-parent at step 6")
    assert ("the learning rate rises again" in event["text"]) == rises
