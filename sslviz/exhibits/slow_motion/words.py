"""The words of the slow-motion room: what happens in each stage of a step.

A key is the name of a part or of an exhibit. What only one method needs stands on its card (lessons/).
"""

from typing import Any

from sslviz.figures import matrix
from sslviz.lessons.card import Part, SlowMotion

# what is done with the views; {k}: how many there are of each picture
SEVERAL = "Each picture is seen in {k} random views: the network is to ignore what differs between them."
ONE = "Each picture is seen in one random view."

PARTS = {  # of several methods
    "encoder": Part("Encoder", "h", "One encoder looks at every view by itself. What it has seen is h: this is kept."),
    "projector": Part(
        "Projector", "z", "A small head maps h to z. When training is over it is thrown away: h is kept."
    ),
}


def part(card: SlowMotion, name: str) -> Part:
    """Also of a part that nobody has described."""
    plain = Part(name.replace("_", " ").capitalize(), name[0], "What comes next puts out.")
    return card.parts.get(name) or PARTS.get(name) or plain


def views(card: SlowMotion, kinds: int) -> str:
    return card.views or (ONE if kinds == 1 else SEVERAL.format(k=kinds))


COSINES = "z of every view is compared with z of every other: s is their cosine."
LOOKED = " The loss is made of something else; this shows what z has become."


def similarity(card: SlowMotion, values: dict[str, Any]) -> str:
    if not values.get("normalise", True):
        return "z of every view is compared with z of every other: s is their dot product."
    return (card.similarity or COSINES) + ("" if card.similarity_in_loss else LOOKED)


def similarity_read(all_count: bool) -> str:
    """all_count: the loss asks for all cells, those of partners alike, all others not."""
    return matrix.HOW_TO_READ if all_count else HOW_TO_READ_SIMILARITY


HOW_TO_READ_SIMILARITY = (
    "Each cell compares two views (3a and 3b are two views of picture 3): yellow = alike, dark blue = opposite. The "
    "diagonal, a view with itself, is left out."
)
PUSHED = " (β > 0: the others are pushed away as well.)"

HOW_TO_READ_SOFTMAX = (
    "Each row sums to 1: yellow where the network is sure. The right one should be the brightest of its row."
)
