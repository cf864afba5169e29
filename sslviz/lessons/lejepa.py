"""LeJEPA's card."""

from sslviz.lessons.card import SAME, TWICE, Card, Place, Row, SlowMotion
from sslviz.lessons.suspects import Suspect

CARD = Card(
    icon=":material/blur_on:",
    place=Place(TWICE, "many views agree with their mean, and z is normally distributed from every side"),
    zoo=Row(SAME, "none", "none", "all views", "distance to their mean", "z must be normally distributed"),
    stage=(("views", "similarity", "spectrum"), ("map", "loss", "score")),
    suspects={
        "collapse": (
            Suspect(
                "gaussian_weight",
                lambda weight, _: weight == 0,
                "λ is 0, so z may have any distribution, a single point too",
                0.05,
                "a weight for the normal distribution",
            ),
        ),
    },
    slow_motion=SlowMotion(similarity="The first two views of each picture are compared: s is the cosine of their z."),
)
