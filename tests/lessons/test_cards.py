"""Every method has a card, and what a card says of its method is so."""

import re
from pathlib import Path

import pytest
import torch

from sslviz.data.dataset import Dataset
from sslviz.exhibits.pretext.page import TASKS
from sslviz.exhibits.twins.values import PRESETS as TWINS
from sslviz.lessons import CARDS, card_of
from sslviz.lessons.card import Card
from sslviz.lessons.supervised import REFERENCE
from sslviz.methods import METHODS, name_of
from sslviz.runs.settings import RunSettings, all_knobs
from sslviz.sweeps.presets import PRESETS
from sslviz.training.observer import Observer
from sslviz.training.trainer import Trainer
from sslviz.views.method import page, panels, tiles

SSLVIZ = Path(__file__).parents[2] / "sslviz"
MEASURED = {"channel_std"}  # of every method, by training/observer.py
NAMED = {  # files that name methods all the same, and why
    "exhibits/attention/figures_measured.py": "networks, as a recorded table calls them",
    "exhibits/chooser/rules.py": "first match wins: the order of the rules is what they say",
    "exhibits/pretext/worth.py": "a choice of recorded examples",
    "exhibits/projection_head/page.py": "recorded examples",
    "views/controls/runs_here.py": "a choice of recorded examples",
    "views/method/panels.py": "pictures that are called as their method is",
    "views/method/tiles.py": "the same pictures",
}


def test_every_method_has_a_card() -> None:
    assert set(CARDS) == set(METHODS)
    assert card_of("none of them") == Card()


def test_a_method_is_named_in_its_own_files_alone() -> None:
    name = re.compile("[\"'](" + "|".join(METHODS) + ")[\"']")
    files = {path.relative_to(SSLVIZ).as_posix(): path.read_text() for path in SSLVIZ.rglob("*.py")}
    found = {file for file, text in files.items() if name.search(text)}
    assert {file for file in found if not file.startswith(("methods/", "lessons/"))} == set(NAMED)


def test_the_reference_is_the_labelled_method() -> None:
    assert [name_of(method) for method in METHODS.values() if method.labelled] == [REFERENCE]


@pytest.mark.parametrize("name", METHODS)
def test_panels_and_parts_are_the_methods_own(name: str, tiny: Dataset, quick: RunSettings) -> None:
    emitted, parts = set(MEASURED), set()
    for encoder in METHODS[name].encoders:
        settings = quick.model_copy(update={"method": name, "data": "tiny"}).change(encoder=encoder)
        trainer = Trainer(settings, tiny, torch.device("cpu"))
        emitted |= set(trainer.train_step())
        emitted |= set(Observer(tiny, trainer.device).exhibits(trainer.method, 1).exhibits)
        parts |= {part for part, _ in trainer.method.named_children()}
    card = CARDS[name]
    assert {need for needs in card.panels.values() for need in needs} <= emitted
    assert set(card.slow_motion.tables) <= emitted
    assert set(card.slow_motion.parts) <= parts


@pytest.mark.parametrize("name", METHODS)
def test_the_stage_of_a_method_is_two_rows_of_pictures_that_there_are(name: str) -> None:
    rows = card_of(name).stage
    names = [each for row in rows for each in row]
    assert len(rows) == 2
    assert set(names) <= set(tiles.SHORT)
    assert "map" in names
    assert {"loss", "score"} <= set(names) or "curves" in names
    assert {"views", *card_of(name).panels} & set(names)  # what the network sees
    assert ("softmax" in names) == (METHODS[name].family == "contrastive")


def test_every_panel_stands_on_a_card() -> None:
    drawn = {panel.name: panel.needs for panel in panels.OWN}
    assert {name for card in CARDS.values() for name in card.panels} == set(drawn)
    for card in CARDS.values():
        assert all(drawn[name] == needs for name, needs in card.panels.items())  # where two methods share one


@pytest.mark.parametrize("name", METHODS)
def test_knobs_on_a_card_are_the_methods(name: str) -> None:
    card, knobs = CARDS[name], set(all_knobs(name))
    assert {pair.knob for pair in card.twins} <= knobs
    assert {knob for question in card.sweeps.values() for knob in question.vary} <= knobs
    assert {suspect.knob for suspects in card.suspects.values() for suspect in suspects} <= knobs
    assert {*card.idle, *card.idle.values()} <= knobs


def test_pages_find_what_cards_name() -> None:
    assert {card.extra for card in CARDS.values()} - {""} == set(page.EXTRAS)
    assert {name for name, card in CARDS.items() if card.pretext} == set(TASKS)
    assert set(PRESETS) == {"own"} | {name for card in CARDS.values() for name in card.sweeps}
    assert len(PRESETS) == 1 + sum(len(card.sweeps) for card in CARDS.values())  # no two of one name
    assert [preset.method for preset in TWINS] == [name for name in METHODS for _ in CARDS[name].twins]
