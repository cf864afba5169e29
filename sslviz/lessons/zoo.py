"""The zoo of methods that compare views: the same six parts, and which of them each method changes.

In our own words, not the lecture's; where a paper has variants, the one that our code follows.
"""

import pandas as pd

SAME = "the same network"
SLOW = "a slow copy of it"
PARTS = ["second view goes through", "negatives", "predictor", "gradient flows into", "views are compared by"]
PARTS.append("what keeps it from collapse")
ZOO = pd.DataFrame(
    {
        "simclr": (SAME, "rest of the batch", "none", "both views", "softmax over all views", "negatives"),
        "moco": (SLOW, "queue of earlier batches", "none", "one view", "softmax over the queue", "negatives"),
        "swav": (SAME, "none", "none", "the view that predicts", "soft groups", "groups of equal size (Sinkhorn)"),
        "byol": (SLOW, "none", "small MLP", "the view that predicts", "cosine", "predictor, slow copy, stop-gradient"),
        "simsiam": (SAME, "none", "small MLP", "the view that predicts", "cosine", "predictor, stop-gradient"),
        "barlow_twins": (SAME, "none", "none", "both views", "correlation of channels", "channels must differ"),
        "emp_ssl": (SAME, "none", "none", "all views", "cosine with their mean", "pictures must spread out"),
        "dino": (SLOW, "none", "none", "the student's views", "softmax of the outputs", "centring and sharpening"),
    },
    index=PARTS,
).T


def changed(base: str) -> pd.DataFrame:
    """True where a method's part is another one than that of `base`."""
    return ZOO.ne(ZOO.loc[base], axis="columns")


def written(base: str, titles: dict[str, str]) -> pd.DataFrame:
    """The zoo for reading: changed parts in bold, equal ones as dots; first `base` itself in full."""
    differs = changed(base)
    shown = ZOO.map(lambda text: f"**{text}**").where(differs, "·")
    shown.loc[base] = ZOO.loc[base]
    shown.insert(0, "method", [titles.get(name, name) for name in shown.index])
    shown["changed"] = differs.sum(axis="columns").map(lambda n: f"{n} of {len(PARTS)}")
    order = [base, *(name for name in shown.index if name != base)]
    return shown.loc[order].reset_index(drop=True)
