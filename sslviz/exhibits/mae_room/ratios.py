"""Which mask ratio learns best: our own runs, measured by benchmarks/mask_ratio.py, and apart from them the paper's."""

import pandas as pd
import streamlit as st

from sslviz.exhibits.mae_room import figures_ratio as figures
from sslviz.views.controls import server
from sslviz.views.plot.plot import encode, plot

RECORDED = "mask_ratio.csv"  # in the gallery; benchmarks/mask_ratio.py writes it
PAPER = pd.DataFrame(  # He et al. 2021: ViT-L, ImageNet, top-1
    [
        ("random", 0.10, None, 0.546),
        ("random", 0.75, 0.849, 0.735),
        ("block", 0.50, 0.839, 0.723),
        ("block", 0.75, 0.828, 0.639),
        ("grid", 0.75, 0.840, 0.660),
    ],
    columns=["mask_type", "mask_ratio", "finetune", "linear"],
)


def show() -> None:
    recorded = measured()
    own = ["linear", "error", "common"] if recorded is not None else []
    about = {
        "linear": ("Linear probe of our runs over the mask ratio", figures.HOW_TO_READ),
        "paper": ("The paper's linear probe over the mask ratio", figures.HOW_TO_READ_PAPER),
        "error": ("Error of our runs under their own masks", figures.HOW_TO_READ_OWN),
        "common": ("Error of our runs under one mask for all", figures.HOW_TO_READ_COMMON),
    }
    if recorded is None:
        st.info("Our own runs have not been measured yet: python -m benchmarks.mask_ratio --gallery.")
    shown = [name for name in about if name in (*own, "paper")]
    for pair in (shown[:2], shown[2:]):
        for column, name in zip(st.columns(2, gap="medium"), pair, strict=False):
            with column:
                plot(picture(name, recorded_bytes()), key=f"ratio_{name}", alt=about[name][0])
                st.caption(about[name][1])
    st.markdown(papers_table())
    st.caption("The paper's numbers (He et al. 2021): ViT-L on ImageNet, top-1; none of them is ours.")


def measured() -> pd.DataFrame | None:
    """What benchmarks/mask_ratio.py has recorded; None if it has not, or it cannot be read."""
    try:
        return pd.read_csv(server.GALLERY / RECORDED)
    except (OSError, ValueError):
        return None


def recorded_bytes() -> int:
    path = server.GALLERY / RECORDED
    return path.stat().st_size if path.exists() else 0


@st.cache_data(max_entries=8, show_spinner=False)
def picture(name: str, size: int) -> bytes:
    """Encoded; anew when another record (of another size) lies there."""
    if name == "paper":
        return encode(figures.paper(PAPER))
    runs = measured()
    assert runs is not None
    return encode({"linear": figures.linear, "error": figures.error, "common": figures.common}[name](runs))


def papers_table() -> str:
    rows = [
        f"| {row['mask_type']} | {row['mask_ratio']:.0%} | {percent(row['finetune'])} | {percent(row['linear'])} |"
        for row in PAPER.to_dict("records")
    ]
    return "| paper's mask | hidden | fine-tuned | linear |\n|---|---:|---:|---:|\n" + "\n".join(rows)


def percent(share: float) -> str:
    return "–" if pd.isna(share) else f"{100 * share:.1f} %"
