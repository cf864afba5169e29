"""The landscape of self-supervised learning as tables: four ideas, other fields, the 2026 benchmark, evaluations.

Every number here is the lecture's (`BENCHMARK`); none is ours. Names and years of papers are those of the linked pages.
"""

import pandas as pd

from sslviz.lessons import card_of
from sslviz.lessons.card import FUTURE, MISSING, TEACHER, TWICE, Place

IDEAS = {
    FUTURE: "What comes next? The rest of the sentence, sound or film is the answer.",
    MISSING: "Something is taken away and must be put back.",
    TWICE: "Two views of one picture must be recognised as one.",
    TEACHER: "A copy of the network, which follows it slowly, gives the answer.",
}


BY_FAMILY = {  # where a method goes that nobody has placed yet
    "contrastive": TWICE,
    "clustering": TWICE,
    "redundancy reduction": TWICE,
    "self-distillation": TEACHER,
    "masked prediction": MISSING,
    "pretext task": MISSING,
}


def place(name: str, family: str) -> Place | None:
    """Where a method stands; None for what learns from people, and for what nobody can tell."""
    if found := card_of(name).place:
        return found
    return Place(BY_FAMILY[family], f"as other methods of its family ({family})") if family in BY_FAMILY else None


FIELDS = pd.DataFrame(
    [
        ("text", "predict the next word", FUTURE, "GPT-3", "https://arxiv.org/abs/2005.14165"),
        ("text", "predict hidden words", MISSING, "BERT", "https://arxiv.org/abs/1810.04805"),
        (
            "speech",
            "pick the hidden piece of sound from several",
            MISSING,
            "wav2vec 2.0",
            "https://arxiv.org/abs/2006.11477",
        ),
        (
            "speech",
            "predict the cluster of hidden pieces of sound",
            MISSING,
            "HuBERT",
            "https://arxiv.org/abs/2106.07447",
        ),
        ("video", "fill in hidden blocks of space and time", MISSING, "VideoMAE", "https://arxiv.org/abs/2203.12602"),
        ("vision", "fill in hidden patches", MISSING, "MAE", "https://arxiv.org/abs/2111.06377"),
        ("vision", "predict the output of a slow copy", TEACHER, "DINOv2", "https://arxiv.org/abs/2304.07193"),
        ("multimodal", "match pictures with their captions", TWICE, "CLIP", "https://arxiv.org/abs/2103.00020"),
    ],
    columns=["field", "dominant recipe", "idea", "example", "paper"],
)

ACCURACY, DETECTION = "linear, ImageNet (%)", "detection (mAP, %)"
BENCHMARK = pd.DataFrame(
    [
        ("supervised", "ResNet-50", 76.1, 38.0),
        ("SimCLR", "ResNet-50", 69.0, 36.0),
        ("MoCo-v3", "ViT-B", 76.0, 39.0),
        ("MAE", "ViT-H", 76.0, 54.0),
        ("DINOv2", "ViT-L", 86.0, 52.0),
    ],
    columns=["method", "network", ACCURACY, DETECTION],
)


def ranked(column: str) -> pd.DataFrame:
    """The benchmark, best first in `column`; equals stay in the lecture's order."""
    return BENCHMARK.sort_values(column, ascending=False, kind="stable").reset_index(drop=True)


FROZEN, TRAINED, NONE = "❄ frozen", "🔥 trained", "–"
PROTOCOLS = pd.DataFrame(
    [
        ("k-NN", FROZEN, NONE, "labels of the stored pictures", "Do neighbours share a class?"),
        ("linear probe", FROZEN, "🔥 one linear layer", "all labels", "Can straight boundaries separate the classes?"),
        ("few-shot", FROZEN, "🔥 a small head, or class means", "a few per class", "How far do a few labels go?"),
        ("fine-tune", TRAINED, "🔥 one linear layer", "all labels, or some", "Is it a good starting point?"),
    ],
    columns=["evaluation", "encoder", "on top of it", "labels it needs", "what it asks"],
)


TEX = {"&": r"\&", "%": r"\%", "_": r"\_", "≥": r"$\geq$", "≤": r"$\leq$", "❄ ": "", "🔥 ": "", "–": "--"}


def latex(table: pd.DataFrame) -> str:
    """The table as a LaTeX tabular; numbers with the digits that they have."""

    def cell(value: object) -> str:
        text = f"{value:g}" if isinstance(value, float) else str(value)
        for plain, escaped in TEX.items():
            text = text.replace(plain, escaped)
        return text

    rows = [list(table.columns), *table.itertuples(index=False)]
    lines = [" & ".join(map(cell, row)) + r" \\" for row in rows]
    lines.insert(1, r"\hline")
    return "\n".join([rf"\begin{{tabular}}{{{'l' * len(table.columns)}}}", *lines, r"\end{tabular}"])
