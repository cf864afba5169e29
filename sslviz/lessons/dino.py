"""DINO's card."""

from sslviz.lessons.card import SLOW, TEACHER, TWICE, Card, Part, Place, Row, SlowMotion
from sslviz.lessons.suspects import MOMENTUM, Suspect, off

CARD = Card(
    icon=":material/visibility:",
    place=Place(TEACHER, "parts of a picture predict what a slow copy makes of the whole", TWICE),
    zoo=Row(SLOW, "none", "none", "the student's views", "softmax of the outputs", "centring and sharpening"),
    panels={
        "entropy": ("teacher_entropy", "mean_output_entropy", "center"),
        "outputs": ("teacher_logits", "center"),
        "distance": ("teacher_kl",),
        "attention": ("attention",),
    },
    stage=(("views", "similarity", "entropy"), ("map", "curves", "outputs")),
    suspects={
        "collapse": (
            MOMENTUM,
            off("centring", "centring is off, so one class may win every picture", "switch the centring on"),
            off("sharpening", "sharpening is off, so no class can ever win", "switch the sharpening on"),
        ),
        "uniform": (
            off("sharpening", "sharpening is off: centring alone makes all classes alike", "switch the sharpening on"),
            Suspect(
                "teacher_temperature",
                lambda tau, v: tau >= v.get("student_temperature", 1.0),
                "the teacher's temperature is not below the student's: its targets are softer than what they should "
                "teach",
                0.04,
                "a sharper teacher",
            ),
        ),
        "dominance": (
            off("centring", "centring is off: sharpening alone lets the strongest class win", "switch the centring on"),
            Suspect("center_momentum", lambda m, v: m == 1, "the centre never moves", 0.9, "let the centre follow"),
        ),
    },
    slow_motion=SlowMotion(
        parts={
            "encoder": Part(
                "Encoder",
                "h",
                "The student's encoder looks at every view by itself. What it has seen is h. (In the end the "
                "teacher's is kept.)",
            ),
            "head": Part("Head", "z", "A small head maps h to z. When training is over it is thrown away."),
            "last": Part(
                "Last layer", "g", "Cosines with learned directions: one number per class that it has invented."
            ),
            "teacher": Part("Teacher", "g′", "A slow copy of encoder, head and last layer looks at the large crops."),
        },
        similarity="z of the student for every large crop is compared with every other: s is their cosine.",
    ),
)
