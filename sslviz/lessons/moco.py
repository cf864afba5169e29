"""MoCo's card. Its loss asks of every query: which key is my own picture's? (arXiv:1911.05722, equation 1.)"""

import numpy as np

from sslviz.lessons.card import SLOW, TEACHER, TWICE, Card, Part, Place, Row, SlowMotion, Table
from sslviz.lessons.suspects import MOMENTUM
from sslviz.lessons.terms import Exhibits, Terms, Values, choices


def terms(x: Exhibits, values: Values) -> Terms | None:
    """One row per query. Candidate 0 is the picture's own key, the others wait in the queue."""
    n = len(x["similarity"]) // 2
    if n > len(x["queue_similarity"]):  # it shows eight queries
        return None
    own = np.diagonal(x["similarity"][:n, n:])  # query i and key i
    return choices(np.column_stack([own, x["queue_similarity"]]) / values["temperature"], np.zeros(n, int))


CARD = Card(
    icon=":material/queue:",
    place=Place(TWICE, "two views find each other; a slow copy fills the queue with views", TEACHER),
    zoo=Row(SLOW, "queue of earlier batches", "none", "one view", "softmax over the queue", "negatives"),
    panels={"queue": ("queue_similarity", "queue_age")},
    stage=(("views", "similarity", "softmax"), ("map", "curves", "queue")),
    suspects={"collapse": (MOMENTUM,)},
    slow_motion=SlowMotion(
        parts={
            "encoder": Part(
                "Encoder",
                "h",
                "The encoder looks at the first view of each picture. What it has seen is h: this is kept.",
            ),
            "key_network": Part(
                "Key network", "k", "A slow copy of encoder and projector turns the second views into keys."
            ),
        },
        tables={
            "queue_similarity": Table(
                "Each query is compared with the keys of earlier batches, which wait in the queue. Eight queries and "
                "256 keys are shown at most.",
                "query",
                "key in the queue",
                "Green: alike; brown: opposite. All of these are negatives: the loss wants them small.",
            ),
        },
        similarity="Every query (a, z of a first view) and key (b) is compared with every other: s is their cosine. Of "
        "these, only those of a picture's own query and key enter the loss.",
        similarity_in_loss=True,
        row="query",
        terms=terms,
        right_one="The right one is the picture's own key, in column 0; the others wait in the queue.",
        slow_copy="key network",
        is_goal=False,
    ),
)
