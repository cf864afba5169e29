"""What the pages say of methods, as data: one card per method, in the file of its name, and the lecture's tables."""

import pkgutil
from importlib import import_module

from sslviz.lessons.card import Card

NO_CARDS = {"card", "landscape", "numerals", "path", "suspects", "terms", "zoo"}  # every other file here is a card

CARDS: dict[str, Card] = {
    module.name: import_module(f"{__name__}.{module.name}").CARD
    for module in pkgutil.iter_modules(__path__)
    if module.name not in NO_CARDS
}


def card_of(method: str) -> Card:
    """An empty card for a method that has none."""
    return CARDS.get(method, Card())
