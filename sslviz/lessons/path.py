"""Three ways in, and the lecture's path through the pages: what one does there, and what there is to see."""

from typing import NamedTuple


class Stop(NamedTuple):
    """One line of the path: its pages, what one does there, and what there is to see."""

    pages: tuple[str, ...]
    do: str
    see: str


class Way(NamedTuple):
    """A way in: who comes, with what they begin, and the pages for that."""

    who: str
    begin: str
    pages: tuple[str, ...]


FRONT_DOOR = "simclr"  # the method that plays on the first page
WAYS = (
    Way(
        "I am a student",
        "Train SimCLR and turn its temperature. Then take the loss apart, and break BYOL.",
        ("simclr", "infonce", "byol"),
    ),
    Way(
        "I teach",
        "Walk through one training step, show what a small τ does, and paint a mask with the class.",
        ("slow_motion", "temperature", "mae_room"),
    ),
    Way(
        "I compare methods on my own pictures",
        "Under *Pictures* on a method's page, type the path of a folder or a .zip. Then judge and compare the runs.",
        ("sweep", "judge", "compare"),
    ),
)

LECTURE = (  # in the lecture's order
    Stop(("labels",), "Pick a kind of label and a number of images.", "Labelling everything costs millions."),
    Stop(("pretext_room",), "Turn, shuffle or grey a picture.", "The network that answers has never seen a label."),
    Stop(("infonce",), "Point at a cell, then change a similarity.", "The loss is a choice: which view is my partner?"),
    Stop(("temperature",), "Move τ under the same scores.", "A small τ decides sharply, pushing the nearest hardest."),
    Stop(("simclr",), "Press **Start**.", "Two bright diagonals appear, then clusters without labels."),
    Stop(("projection_head",), "Compare h with z.", "h, in front of the head, keeps what z has to forget."),
    Stop(
        ("byol", "ema"),
        "Take a part of BYOL away; slow its teacher.",
        "Without negatives, a missing part means collapse.",
    ),
    Stop(("mae_room",), "Paint a mask over a picture.", "The network fills in what it cannot see."),
)
AFTERWARDS = (
    Stop(("compare",), "Choose runs and drag one clock.", "Two methods learn side by side, moment by moment."),
    Stop(("judge",), "Put a run through four tests.", "The tests do not agree on which method is best."),
    Stop(("landscape",), "Look up a method.", "Four ideas are behind all of them."),
)
