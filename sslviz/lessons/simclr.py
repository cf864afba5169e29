"""SimCLR's card. Its loss asks of every view: which of all the others is my partner? (arXiv:2002.05709, equation 1.)"""

import numpy as np

from sslviz.lessons.card import SAME, TWICE, Card, Place, Question, Row, SlowMotion, Twins, softmax_formula
from sslviz.lessons.suspects import Suspect
from sslviz.lessons.terms import Exhibits, Terms, Values, log_sum_exp, partners


def terms(x: Exhibits, values: Values) -> Terms:
    """ℓ_i = −s_ij/τ + β ln Σ_k≠i exp(s_ik/τ): one row per view, the candidates are all views."""
    logits = x["similarity"] / values["temperature"]
    np.fill_diagonal(logits, -np.inf)  # k is not i
    partner = partners(len(logits))
    pulled = -logits[np.arange(len(logits)), partner]
    return Terms(pulled + values["negatives"] * log_sum_exp(logits), 1.0, logits, partner)


def formula(values: Values) -> str:
    """With β = 1 the two parts are one logarithm."""
    return "ℓ = −s/τ of the partner + β ln Σ exp(s/τ)" if values["negatives"] < 1 else softmax_formula(values)


CARD = Card(
    icon=":material/compare_arrows:",
    place=Place(TWICE, "two views find each other among all views of the batch"),
    zoo=Row(SAME, "rest of the batch", "none", "both views", "softmax over all views", "negatives"),
    twins=(
        Twins("SimCLR: τ 0.07 | 0.5", "temperature", 0.07, 0.5),
        Twins("SimCLR: hue jitter 0.5 | 0", "hue", 0.5, 0.0),
    ),
    sweeps={
        "temperature": Question(
            "Temperature × batch size",
            "Does a larger batch help, and does it need another temperature?",
            {"temperature": "0.05, 0.1, 0.2, 0.5", "batch_size": "64, 128, 256"},
        ),
        "pairs": Question(
            "Augmentation pairs",
            "Which two augmentations together close the shortcuts that each alone leaves open?",
        ),
        "hue": Question(
            "Hue jitter",
            "The augmentation becomes the invariance: what happens to the class, and what to the hue?",
            {"hue": "0, 0.05, 0.1, 0.25, 0.5"},
        ),
    },
    suspects={
        "collapse": (
            Suspect(
                "negatives",
                lambda weight, v: weight < 0.5 and "predictor" not in v,
                "the negatives are off: partners attract, and nothing keeps the others away",
                1.0,
                "switch the negatives on",
            ),
        ),
    },
    slow_motion=SlowMotion(
        similarity_in_loss=True,
        terms=terms,
        formula=formula,
        right_one="The right one is the other view of the same picture.",
    ),
)
