"""The card of rotation: a pretext task. Its loss asks which of four turns it was."""

import numpy as np

from sslviz.lessons.card import MISSING, Card, Part, Place, PretextTask, SlowMotion
from sslviz.lessons.terms import Exhibits, Terms, Values, choices

TURNS = ("0°", "90°", "180°", "270°")


def terms(x: Exhibits, values: Values) -> Terms:
    """One row per turned picture: first all pictures as they are, then all of them turned once, …"""
    logits = x["angle_logits"]
    return choices(logits, np.arange(4).repeat(len(logits) // 4))


CARD = Card(
    icon=":material/rotate_right:",
    place=Place(MISSING, "which way is up is taken away"),
    panels={"rotation": ("angle_logits",), "angles": ("angle_logits",)},
    stage=(("rotation", "angles", "map"), ("loss", "score")),
    slow_motion=SlowMotion(
        views="One random view of each picture, in all four turns: the network is to predict by how much each was "
        "turned.",
        view_names=TURNS,
        parts={"head": Part("Head", "o", "A small head maps h to four numbers, one for each turn.")},
        terms=terms,
        candidates=TURNS,
        right_one="The right one is the turn that was made.",
    ),
    pretext=PretextTask(
        "By how much was this picture **turned**? Only those who know what is in a picture know which side is up.",
        "Each picture as it was turned; below, the network's answer and how sure it was.",
        {  # methods/rotation.py counts them
            "shapes": "Most of our shapes look the same after a quarter or half turn: no more than 49 % of the answers "
            "can be right."
        },
    ),
)
