"""VICReg's card."""

from sslviz.lessons.card import SAME, TWICE, Card, Place, Row, SlowMotion, Table
from sslviz.lessons.suspects import Suspect

CARD = Card(
    icon=":material/balance:",
    place=Place(TWICE, "both views agree, and each number in z varies in its own way"),
    zoo=Row(SAME, "none", "none", "both views", "squared distance", "channels must vary, and differ"),
    panels={"correlation": ("cross_correlation",)},
    stage=(("views", "similarity", "correlation"), ("map", "loss", "score")),
    suspects={
        "collapse": (
            Suspect(
                "variance_weight",
                lambda weight, _: weight == 0,
                "μ is 0, so no number in z need vary",
                25.0,
                "a weight for the variance",
            ),
        ),
    },
    slow_motion=SlowMotion(
        tables={
            "cross_correlation": Table(
                "How each channel of one view's z goes with each channel of the other's, averaged over recent training "
                "batches: of these few pictures alone it would be mostly chance. The loss is made of something else: "
                "how far the views are apart, and how the channels of one view vary and go together.",
                "channel of view a",
                "channel of view b",
            ),
        },
    ),
)
