"""BYOL's card. Its loss chooses among nothing: it is an angle. (arXiv:2006.07733, equation 2.)"""

import numpy as np

from sslviz.lessons.card import PREDICTIONS, SLOW, TEACHER, TWICE, Card, Part, Place, Question, Row, SlowMotion, Twins
from sslviz.lessons.suspects import MOMENTUM, PREDICTOR, STOP_GRADIENT, Suspect, held_by_negatives
from sslviz.lessons.terms import Exhibits, Terms, Values, log_sum_exp, meetings


def terms(x: Exhibits, values: Values) -> Terms:
    """ℓ = 2 − 2 cos(q, z′) + 2αβ ln Σ exp(s/α): one row per prediction; β is 0 in the paper."""
    s = x["prediction_similarity"]
    alpha, crowd = values["temperature"], s / values["temperature"]
    np.fill_diagonal(crowd, -np.inf)
    return Terms(2 - 2 * meetings(s) + values["negatives"] * 2 * alpha * log_sum_exp(crowd), 2.0)


def formula(values: Values) -> str:
    return "ℓ = 2 − 2 cos(q, z′)" + (" + 2αβ ln Σ exp(s/α)" if values["negatives"] > 0 else "")


CARD = Card(
    icon=":material/school:",
    place=Place(TEACHER, "one view predicts what a slow copy makes of the other view", TWICE),
    zoo=Row(SLOW, "none", "small MLP", "the view that predicts", "cosine", "predictor, slow copy, stop-gradient"),
    panels={"gap": ("teacher_cosine", "positive_cosine")},
    stage=(("views", "similarity", "gap"), ("map", "loss", "score")),
    extra="switchboard",
    twins=(Twins("BYOL: with | without predictor", "predictor", True, False),),
    sweeps={
        "momentum": Question(
            "EMA momentum",
            "How slowly should the target follow? 0: without delay, 1: it never moves.",
            {"momentum": "0, 0.9, 0.97, 0.99, 1"},
        ),
        "switches": Question(
            "Predictor × target",
            "Which of its two asymmetries keeps BYOL from collapsing?",
            {"predictor": "on, off", "target": "on, off"},
        ),
    },
    idle={"temperature": "negatives"},
    suspects={
        "collapse": (
            STOP_GRADIENT,
            Suspect(
                "target",
                lambda on, v: on is False and not held_by_negatives(v),
                "there is no target network, and no stop-gradient without it: the goal comes to meet the prediction",
                True,
                "bring the target network back",
            ),
            PREDICTOR,
            MOMENTUM,
        ),
    },
    slow_motion=SlowMotion(
        parts={
            "predictor": Part("Predictor", "q", "The student predicts what the teacher makes of the *other* view."),
            "target": Part(
                "Target", "z′", "The teacher, a slow copy of encoder and projector, looks at the same views."
            ),
        },
        tables=PREDICTIONS,
        terms=terms,
        formula=formula,
    ),
)
