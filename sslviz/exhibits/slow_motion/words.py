"""The words of the slow-motion room: what happens in each stage of a step, where methods differ in it.

A key is the name of a part or of an exhibit, with the method in front where only this method needs other words.
"""

from typing import Any

from sslviz.figures import matrix

# what is done with the views; {k}: how many there are of each picture
VIEWS = {
    "rotation": "One random view of each picture, in all four turns: the network is to predict by how much each was "
    "turned.",
    "jigsaw": "One random view of each picture, enlarged. It is cut into tiles, the tiles are shuffled, and the "
    "network "
    "is to predict their order.",
    "colorization": "One random view of each picture. The network is given its lightness and is to predict its "
    "colours.",
    "supervised": "One random view of each picture: the network is to name what is in it, whatever the view.",
    "mae": "One random view of each picture, cut into patches. Most of them are hidden, and the network is to predict "
    "their pixels.",
}
SEVERAL = "Each picture is seen in {k} random views: the network is to ignore what differs between them."
ONE = "Each picture is seen in one random view."

# part of a method -> title, letter, what happens here
PARTS = {
    "encoder": ("Encoder", "h", "One encoder looks at every view by itself. What it has seen is h: this is kept."),
    "moco.encoder": (
        "Encoder",
        "h",
        "The encoder looks at the first view of each picture. What it has seen is h: this is kept.",
    ),
    "dino.encoder": (
        "Encoder",
        "h",
        "The student's encoder looks at every view by itself. What it has seen is h. (In the end the teacher's is "
        "kept.)",
    ),
    "jigsaw.encoder": (
        "Encoder",
        "h",
        "One encoder looks at every tile by itself. What it has seen is h; of a whole picture, h is kept.",
    ),
    "colorization.encoder": (
        "Encoder",
        "h",
        "The encoder sees the lightness alone and answers with maps. Their mean over all places is h: this is kept.",
    ),
    "mae.encoder": (
        "Encoder",
        "h",
        "The encoder sees the visible patches, each with its position, and a class token: nothing of what is hidden. "
        "When training is over, the mean of h over all patches of a whole picture is kept.",
    ),
    "projector": ("Projector", "z", "A small head maps h to z. When training is over it is thrown away: h is kept."),
    "byol.predictor": ("Predictor", "q", "The student predicts what the teacher makes of the *other* view."),
    "simsiam.predictor": ("Predictor", "p", "It predicts the network's own z of the *other* view."),
    "target": ("Target", "z′", "The teacher, a slow copy of encoder and projector, looks at the same views."),
    "key_network": ("Key network", "k", "A slow copy of encoder and projector turns the second views into keys."),
    "teacher": ("Teacher", "g′", "A slow copy of encoder, head and last layer looks at the large crops."),
    "rotation.head": ("Head", "o", "A small head maps h to four numbers, one for each turn."),
    "jigsaw.head": (
        "Head",
        "o",
        "A small head sees the h of all tiles of a picture side by side: one number for each order that it knows.",
    ),
    "supervised.head": ("Head", "o", "A linear layer maps h to one number for each class."),
    "dino.head": ("Head", "z", "A small head maps h to z. When training is over it is thrown away."),
    "last": ("Last layer", "g", "Cosines with learned directions: one number per class that it has invented."),
    "mae.narrow": ("Narrowing", "u", "A linear layer makes the encoder's tokens as narrow as the decoder is."),
    "mae.decoder": ("Decoder", "v", "A small transformer: all tokens, visible or mask, attend to each other."),
    "mae.paint": ("Pixels", "x̂", "A linear layer turns every patch's token into pixels: 3 colours of 4 × 4 pixels."),
    "colorization.decoder": (
        "Decoder",
        "o",
        "A small decoder gives each place one number for each colour to choose from. Shown is the mean over all "
        "places.",
    ),
}
ONE_ROW = {"jigsaw.encoder": "tile", "jigsaw.head": "picture"}  # what a row is, if it is no view


def part(method: str, name: str) -> tuple[str, str, str]:
    """Title, letter and words; also of a part that nobody has described."""
    plain = (name.replace("_", " ").capitalize(), name[0], "What comes next puts out.")
    return PARTS.get(f"{method}.{name}") or PARTS.get(name) or plain


def views(method: str, kinds: int) -> str:
    return VIEWS.get(method) or (ONE if kinds == 1 else SEVERAL.format(k=kinds))


COSINES = "z of every view is compared with z of every other: s is their cosine."
LOOKED = " The loss is made of something else; this shows what z has become."
SIMILARITY = {
    "simclr": COSINES,
    "moco": "Every query (a, z of a first view) and key (b) is compared with every other: s is their cosine. Of these, "
    "only those of a picture's own query and key enter the loss.",
    "dino": "z of the student for every large crop is compared with every other: s is their cosine." + LOOKED,
    "swav": "z of every large crop is compared with every other: s is their cosine." + LOOKED,
    "emp_ssl": "z of the first two views of each picture: s is their cosine." + LOOKED,
}


def similarity(method: str, values: dict[str, Any]) -> str:
    if method == "simclr" and not values.get("normalise", True):
        return "z of every view is compared with z of every other: s is their dot product."
    return SIMILARITY.get(method, COSINES + LOOKED)


def similarity_read(method: str) -> str:
    """Only SimCLR's loss asks for all cells: its partners alike, all others not."""
    return matrix.HOW_TO_READ if method == "simclr" else HOW_TO_READ_SIMILARITY


HOW_TO_READ_SIMILARITY = (
    "Each cell compares two views (3a and 3b are two views of picture 3): yellow = alike, dark blue = opposite. The "
    "diagonal, a view with itself, is left out."
)
# exhibit -> what happens, what a row and a column are, how to read it
TABLES = {
    "prediction_similarity": (
        "Every prediction is compared with every goal; only a prediction and the *other* view of its picture enter the "
        "loss.",
        "prediction",
        "goal",
        "Green: alike; brown: opposite. The loss wants green in each row at the other view of the same picture, and "
        "asks nothing of the rest.",
    ),
    "queue_similarity": (
        "Each query is compared with the keys of earlier batches, which wait in the queue. Eight queries and 256 keys "
        "are shown at most.",
        "query",
        "key in the queue",
        "Green: alike; brown: opposite. All of these are negatives: the loss wants them small.",
    ),
    "prototype_similarity": (
        "Every large crop is compared with the prototypes: s is the cosine.",
        "large crop",
        "prototype",
        "Green: alike; brown: opposite.",
    ),
    "assignments": (
        "Every large crop is shared among the prototypes so that all of them are used alike. This is the goal of the "
        "other views of its picture.",
        "large crop",
        "prototype",
        "Each row sums to 1; yellow is most.",
    ),
    "cross_correlation": (
        "How each channel of one view's z goes with each channel of the other's, averaged over recent training "
        "batches: "
        "of these few pictures alone it would be mostly chance. The loss of this step is made of theirs.",
        "channel of view a",
        "channel of view b",
        "",
    ),
}
PUSHED = " (β > 0: the others are pushed away as well.)"

SOFTMAX = {
    "simclr": "The right one is the other view of the same picture.",
    "moco": "The right one is the picture's own key, in column 0; the others wait in the queue.",
    "rotation": "The right one is the turn that was made.",
    "jigsaw": "The right one is the order that was drawn.",
    "supervised": "The right one is what a person has said.",
}
HOW_TO_READ_SOFTMAX = (
    "Each row sums to 1: yellow where the network is sure. The right one should be the brightest of its row."
)


def of_row(method: str, values: dict[str, Any]) -> str:
    """The loss of one row, as a formula; `exhibits.slow_motion.terms` computes it."""
    if method == "simclr" and values["negatives"] < 1:
        return "ℓ = −s/τ of the partner + β ln Σ exp(s/τ)"
    if method == "supervised" and values["label_smoothing"] > 0:
        return "ℓ = −(1 − ε) ln p of the right one − ε × mean of all ln p"
    if method == "byol":
        return "ℓ = 2 − 2 cos(q, z′)" + (" + 2αβ ln Σ exp(s/α)" if values["negatives"] > 0 else "")
    return "ℓ = −cos(p, z)" if method == "simsiam" else "ℓ = −ln p of the right one"


PIXELS = {
    "mae": "Visible patches matter as what is given, hidden ones as what is to be predicted.",
    "colorization": "Lightness matters as what is given, colours as what is to be predicted.",
}
