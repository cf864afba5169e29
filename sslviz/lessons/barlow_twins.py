"""The card of Barlow Twins."""

from sslviz.lessons.card import SAME, TWICE, Card, Place, Row, SlowMotion, Table

CARD = Card(
    icon=":material/grid_on:",
    place=Place(TWICE, "each number in z says the same about both views"),
    zoo=Row(SAME, "none", "none", "both views", "correlation of channels", "channels must differ"),
    panels={"correlation": ("cross_correlation",)},
    stage=(("views", "similarity", "correlation"), ("map", "loss", "score")),
    slow_motion=SlowMotion(
        tables={
            "cross_correlation": Table(
                "How each channel of one view's z goes with each channel of the other's, averaged over recent training "
                "batches: of these few pictures alone it would be mostly chance. The loss of this step is made of "
                "theirs.",
                "channel of view a",
                "channel of view b",
            ),
        },
    ),
)
