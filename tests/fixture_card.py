"""The card of the thirteenth method, as it would stand in sslviz/lessons/thirteenth.py."""

from sslviz.lessons.card import SAME, TWICE, Card, Part, Place, Row, SlowMotion

CARD = Card(
    icon=":material/casino:",
    place=Place(TWICE, "two views meet, and every number keeps its spread"),
    zoo=Row(SAME, "none", "none", "both views", "squared distance", "every number must keep its spread"),
    slow_motion=SlowMotion(parts={"projector": Part("Expander", "z", "A small head maps h to z, where views meet.")}),
)
