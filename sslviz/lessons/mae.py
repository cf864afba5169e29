"""The card of MAE."""

from sslviz.lessons.card import MISSING, Card, Part, Place, Question, SlowMotion, Twins

CARD = Card(
    icon=":material/dashboard:",
    place=Place(MISSING, "most patches are hidden and filled in again"),
    panels={"reconstruction": ("mask", "prediction", "patch_error"), "attention": ("attention",)},
    stage=(("reconstruction", "map"), ("attention", "loss", "score")),
    twins=(Twins("MAE: hide 50 % | 75 %", "mask_ratio", 0.5, 0.75),),
    sweeps={
        "masking": Question(
            "Mask ratio × mask type",
            "How much must be hidden, and in which form, before filling it in teaches anything?",
            {"mask_ratio": "0.25, 0.5, 0.75, 0.9", "mask_type": "random, block, grid"},
        ),
    },
    slow_motion=SlowMotion(
        views="One random view of each picture, cut into patches. Most of them are hidden, and the network is to "
        "predict their pixels.",
        parts={
            "encoder": Part(
                "Encoder",
                "h",
                "The encoder sees the visible patches, each with its position, and a class token: nothing of what is "
                "hidden. When training is over, the mean of h over all patches of a whole picture is kept.",
            ),
            "narrow": Part(
                "Narrowing", "u", "A linear layer reduces the encoder's tokens to the width of the decoder."
            ),
            "decoder": Part("Decoder", "v", "A small transformer: all tokens, visible or mask, attend to each other."),
            "paint": Part(
                "Pixels", "x̂", "A linear layer turns every patch's token into pixels: 3 colours of 4 × 4 pixels."
            ),
        },
        pixels="Visible patches matter because they are given, hidden ones because they are to be predicted.",
    ),
)
