"""The card of colorization: a pretext task."""

from sslviz.lessons.card import MISSING, Card, Part, Place, PretextTask, SlowMotion

CARD = Card(
    icon=":material/palette:",
    place=Place(MISSING, "the colours are taken away"),
    panels={"colorization": ("gray", "colored")},
    stage=(("colorization", "map"), ("loss", "score")),
    slow_motion=SlowMotion(
        views="One random view of each picture. The network is given its lightness and is to predict its colours.",
        parts={
            "encoder": Part(
                "Encoder",
                "h",
                "The encoder sees the lightness alone and answers with maps. Their mean over all places is h: this is "
                "kept.",
            ),
            "decoder": Part(
                "Decoder",
                "o",
                "A small decoder gives each place one number for each colour to choose from. Shown is the mean over "
                "all places.",
            ),
        },
        pixels="Lightness matters because it is given, colours because they are to be predicted.",
    ),
    pretext=PretextTask(
        "The **colours** are taken away: which were they? Whoever recognises the thing knows its colours.",
        "Each picture as it was painted; below, the probability of the likeliest colours where they are wrong, "
        "averaged over all places.",
    ),
)
