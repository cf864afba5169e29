"""EMP-SSL's card."""

from sslviz.lessons.card import SAME, TWICE, Card, Place, Row, SlowMotion
from sslviz.lessons.suspects import off

CARD = Card(
    icon=":material/filter_none:",
    place=Place(TWICE, "many views agree with their mean, and pictures spread out"),
    zoo=Row(SAME, "none", "none", "all views", "cosine with their mean", "pictures must spread out"),
    panels={"room": ("coding_rate_share", "agreement")},
    stage=(("views", "similarity", "room"), ("map", "loss", "score")),
    suspects={
        "collapse": (
            off(
                "expand",
                "the coding rate does not count, so all pictures may share one place",
                "let the pictures spread",
            ),
        ),
    },
    slow_motion=SlowMotion(similarity="The first two views of each picture are compared: s is the cosine of their z."),
)
