"""SimSiam's card. Its loss chooses among nothing: it is an angle. (arXiv:2011.10566, equation 1.)"""

from sslviz.lessons.card import PREDICTIONS, SAME, TEACHER, TWICE, Card, Part, Place, Row, SlowMotion, Twins
from sslviz.lessons.suspects import PREDICTOR, STOP_GRADIENT, off
from sslviz.lessons.terms import Exhibits, Terms, Values, meetings


def terms(x: Exhibits, values: Values) -> Terms:
    """One row per prediction."""
    return Terms(-meetings(x["prediction_similarity"]))


def formula(values: Values) -> str:
    return "ℓ = −cos(p, z)"


CARD = Card(
    icon=":material/content_copy:",
    place=Place(TWICE, "one view predicts the other; its only teacher is the network itself, held still", TEACHER),
    zoo=Row(SAME, "none", "small MLP", "the view that predicts", "cosine", "predictor, stop-gradient"),
    panels={"output_std": ("output_std", "channel_std")},
    stage=(("views", "similarity", "output_std"), ("map", "loss", "score")),
    twins=(Twins("SimSiam: stop-gradient | none", "stop_gradient", True, False),),
    suspects={
        "collapse": (
            STOP_GRADIENT,
            PREDICTOR,
            off("batch_norm", "BatchNorm is off, and nothing else centres z", "BatchNorm in projector and predictor"),
        ),
    },
    slow_motion=SlowMotion(
        parts={"predictor": Part("Predictor", "p", "It predicts the network's own z of the *other* view.")},
        tables=PREDICTIONS,
        terms=terms,
        formula=formula,
    ),
)
