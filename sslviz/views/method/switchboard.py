"""BYOL's switchboard: predictor, target and negatives, each on and off, all eight cells run here, beside the paper."""

from pathlib import Path

import pandas as pd
import streamlit as st

from sslviz.measures.scores import FINAL
from sslviz.views.controls import server

RECORDED = "byol_switchboard.csv"  # in the gallery; benchmarks/collapse.py writes it

# Grill et al. 2020, Table 5b: (predictor, target, negatives) -> top-1 accuracy on ImageNet, ResNet-50, 300 epochs
PUBLISHED = {
    (True, True, False): 72.5,
    (True, True, True): 70.9,
    (False, True, True): 70.7,
    (False, False, True): 69.4,
    (True, False, True): 69.1,
    (True, False, False): 0.3,
    (False, True, False): 0.2,
    (False, False, False): 0.1,
}
SWITCHES = ["predictor", "target", "negatives"]


def show() -> None:
    """The table, if it has been recorded."""
    path = server.GALLERY / RECORDED
    if not path.exists():
        return
    with st.expander("The switchboard: which of its parts does BYOL need?", icon=":material/toggle_on:"):
        st.dataframe(
            beside_the_paper(path),
            hide_index=True,
            width="stretch",
            column_config={
                "ours": st.column_config.ProgressColumn(
                    f"ours: {FINAL.name} on shapes", format="percent", min_value=0, max_value=1
                ),
                "std": st.column_config.NumberColumn("ours: std of z × √d", format="%.2f"),
                "doctor": "our doctor says",
                "paper": st.column_config.NumberColumn("paper: top-1 on ImageNet", format="%.1f %%"),
                "name": "",
            },
        )
        st.caption(
            "Left: our own runs of 60 seconds on drawn shapes, one seed (random weights: "
            f"{pd.read_csv(path)['random'].mean():.0%}). Right: Table 5b of the paper, another data set and another "
            "scale; compare the pattern, not the numbers. A std × √d of 1 is an even spread, 0 one point."
        )


def beside_the_paper(path: Path) -> pd.DataFrame:
    """One row per cell, in the paper's order."""
    ours = {tuple(bool(row[name]) for name in SWITCHES): row for row in pd.read_csv(path).to_dict("records")}
    rows = []
    for cell, paper in PUBLISHED.items():
        row = ours[cell]
        name = {(True, True, False): "BYOL", (False, False, True): "like SimCLR"}.get(cell, "")
        rows.append(
            dict(zip(SWITCHES, cell, strict=True))
            | {"name": name, "ours": row["knn"], "std": row["std"], "doctor": row["doctor"], "paper": paper}
        )
    return pd.DataFrame(rows)
