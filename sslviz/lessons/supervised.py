"""The card of the supervised reference. Its loss asks which class a person has given."""

from sslviz.lessons.card import Card, Part, SlowMotion, softmax_formula
from sslviz.lessons.terms import Exhibits, Terms, Values, choices

REFERENCE = "supervised"  # this method, as its registry and every table of scores call it


def terms(x: Exhibits, values: Values) -> Terms:
    """One row per picture, the candidates are the classes."""
    return choices(x["class_logits"], x["labels"].astype(int), values["label_smoothing"])


def formula(values: Values) -> str:
    if values["label_smoothing"] > 0:
        return "ℓ = −(1 − ε) ln p of the right one − ε × mean of all ln p"
    return softmax_formula(values)


CARD = Card(
    icon=":material/label:",
    panels={"classes": ("class_logits", "labels")},
    stage=(("classes", "map"), ("loss", "score")),
    slow_motion=SlowMotion(
        views="One random view of each picture: the network is to name what is in it, whatever the view.",
        parts={"head": Part("Head", "o", "A linear layer maps h to one number for each class.")},
        terms=terms,
        formula=formula,
        right_one="The right one is the class that a person has given.",
    ),
)
