"""The card of Barlow Twins."""

from sslviz.lessons.card import SAME, TWICE, Card, Place, Row

CARD = Card(
    icon=":material/grid_on:",
    place=Place(TWICE, "each number in z says the same about both views"),
    zoo=Row(SAME, "none", "none", "both views", "correlation of channels", "channels must differ"),
    panels={"correlation": ("cross_correlation",)},
)
