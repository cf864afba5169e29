"""SwAV's card."""

from sslviz.lessons.card import SAME, TWICE, Card, Place, Row, SlowMotion, Table
from sslviz.lessons.suspects import Suspect, off

SINKHORN = Suspect(
    "sinkhorn_iterations",
    lambda n, v: n == 0,
    "there are no rounds of Sinkhorn, so nothing shares out the prototypes",
    3,
    "3 rounds",
)

CARD = Card(
    icon=":material/hub:",
    place=Place(TWICE, "one view predicts the group of the other view"),
    zoo=Row(SAME, "none", "none", "the view that predicts", "soft groups", "groups of equal size (Sinkhorn)"),
    panels={"usage": ("prototype_usage",), "assignments": ("assignments",)},
    stage=(("views", "similarity", "assignments"), ("map", "curves", "usage")),
    suspects={
        "collapse": (
            off(
                "equipartition",
                "the equipartition is off, so one prototype may take all pictures",
                "equal shares for all",
            ),
            SINKHORN,
        ),
        "dominance": (
            off(
                "equipartition",
                "the equipartition is off, so popular prototypes become more popular",
                "equal shares for all",
            ),
            SINKHORN,
        ),
    },
    slow_motion=SlowMotion(
        tables={
            "prototype_similarity": Table(
                "Every large crop is compared with the prototypes: s is the cosine.",
                "large crop",
                "prototype",
                "Green: alike; brown: opposite.",
            ),
            "assignments": Table(
                "Every large crop is shared among the prototypes so that all of them are used alike. This is the goal "
                "of the other views of its picture.",
                "large crop",
                "prototype",
                "Each row sums to 1; yellow is most.",
            ),
        },
        similarity="z of every large crop is compared with every other: s is their cosine.",
    ),
)
