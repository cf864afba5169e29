"""The card of jigsaw: a pretext task. Its loss asks in which order the tiles are."""

from sslviz.lessons.card import MISSING, Card, Part, Place, PretextTask, SlowMotion
from sslviz.lessons.suspects import off
from sslviz.lessons.terms import Exhibits, Terms, Values, choices


def terms(x: Exhibits, values: Values) -> Terms:
    """One row per picture, the candidates are the orders that it knows."""
    return choices(x["permutation_logits"], x["permutation"].astype(int))


CARD = Card(
    icon=":material/extension:",
    place=Place(MISSING, "the places of the tiles are taken away"),
    panels={"jigsaw": ("shuffled", "permutation_logits", "permutation", "permutations")},
    stage=(("jigsaw", "map"), ("loss", "score")),
    suspects={
        "shortcut": (
            off("gaps", "lines that continue in the next tile give it away", "gaps between the tiles"),
            off(
                "normalise_tiles",
                "colours that fade across the picture give it away",
                "tiles without their mean colour",
            ),
        ),
    },
    slow_motion=SlowMotion(
        views="One random view of each picture, enlarged. It is cut into tiles, the tiles are shuffled, and the "
        "network is to predict their order.",
        parts={
            "encoder": Part(
                "Encoder",
                "h",
                "One encoder looks at every tile by itself. What it has seen is h; of a whole picture, h is kept.",
                row="tile",
            ),
            "head": Part(
                "Head",
                "o",
                "A small head sees the h of all tiles of a picture side by side: one number for each order that it "
                "knows.",
                row="picture",
            ),
        },
        row="picture",
        terms=terms,
        right_one="The right one is the order that was drawn.",
    ),
    pretext=PretextTask(
        "The picture is cut and **shuffled**: which tile belongs where? Click two of them to swap them.",
        "Each picture as the network put it together; below, how sure it was of that.",
    ),
)
