"""What hiding patches saves, on the page: in words, as curves and as a table; computed, measured, and as reported."""

import numpy as np
import pandas as pd
import streamlit as st

from sslviz.figures import masking as figures
from sslviz.figures import style
from sslviz.measures import masking
from sslviz.measures.masking import PAPER, PUBLISHED_FLOPS, PUBLISHED_RATIO, PUBLISHED_SPEEDUP, Net
from sslviz.views.controls import server
from sslviz.views.plot.plot import plot

RECORDED = "mae_cost.csv"  # in the gallery; benchmarks/masking.py writes it
MEASURED = {"encoder": "measured: encoder", "step": "measured: training step"}


def measured() -> pd.DataFrame | None:
    """What benchmarks/masking.py has recorded; None if it has not."""
    try:
        return pd.read_csv(server.GALLERY / RECORDED)
    except (OSError, ValueError):
        return None


def nearest(recorded: pd.DataFrame, ratio: float) -> dict[str, float]:
    """The measured row whose mask ratio is nearest to the chosen one."""
    row = int((recorded["mask ratio"] - ratio).abs().to_numpy().argmin())
    return {str(name): value for name, value in recorded.iloc[row].items()}


def sentence(ours: Net, ratio: float, recorded: pd.DataFrame | None) -> None:
    """Why it is about so many times, in words, with the numbers of the chosen ratio."""
    found, paper = masking.cost(ours, ratio), masking.cost(PAPER, ratio)
    st.markdown(
        f"**{ratio:.0%} hidden:** {found['encoder tokens']} of {found['decoder tokens']} tokens are left, "
        f"**{found['times fewer tokens']:.1f}× fewer**. Nearly all arithmetic grows with T, not with T²: attention's "
        f"share is {found['attention share']:.1%} here and {paper['attention share']:.1%} in ViT-L. So the encoder "
        f"saves {found['times fewer encoder FLOPs']:.1f}× (ViT-L: {paper['times fewer encoder FLOPs']:.1f}×); the "
        f"decoder, which sees all tokens, brings it down to {found['times fewer FLOPs']:.1f}× "
        f"({paper['times fewer FLOPs']:.1f}×)."
    )
    if recorded is not None:
        row = nearest(recorded, ratio)
        st.markdown(
            f"**Measured**, at {row['mask ratio']:.0%} on the machine named below: the encoder is "
            f"{row['encoder faster']:.1f}× "
            f"faster, a whole training step **{row['step faster']:.1f}×**. The paper reports {PUBLISHED_SPEEDUP}× for "
            f"ViT-L at {PUBLISHED_RATIO:.0%}."
        )


def curves(ours: Net, ratio: float, recorded: pd.DataFrame | None) -> None:
    """Relative cost over the mask ratio: our network, computed and measured; the paper's, computed and as reported."""
    left, right = st.columns(2, gap="medium")
    reported = [
        reported_dot("paper: FLOPs", PUBLISHED_FLOPS, style.CLASSES[1], "diamond"),
        reported_dot("paper: wall-clock", PUBLISHED_SPEEDUP, style.POSITIVE, "star"),
    ]
    own = [] if recorded is None else [dots(recorded, "encoder"), dots(recorded, "step")]
    for column, net, points, key in ((left, ours, own, "ours"), (right, PAPER, reported, "paper")):
        with column:
            title = net.name[0].upper() + net.name[1:]
            figure = figures.cost(lines(net), points, ratio, title=title)
            plot(figure, key=f"cost_{key}", alt=f"Cost over the mask ratio: {net.name}")
    if recorded is None:
        st.info("Nothing has been measured yet: python -m benchmarks.masking --gallery.")
    st.caption(figures.HOW_TO_READ_COST + " " + provenance(recorded))


def lines(net: Net) -> list[figures.Line]:
    table = masking.curve(net)
    ratio = table["mask ratio"].to_numpy()
    return [
        figures.Line(name, ratio, table[column].to_numpy(), color, dash)
        for name, column, color, dash in (
            ("encoder tokens", "times fewer tokens", style.FAINT, "dot"),
            ("encoder FLOPs", "times fewer encoder FLOPs", style.CLASSES[0], "solid"),
            ("encoder + decoder FLOPs", "times fewer FLOPs", style.CLASSES[1], "dash"),
        )
    ]


def reported_dot(name: str, times: float, color: str, symbol: str) -> figures.Dots:
    value = np.array([times])
    return figures.Dots(name, np.array([PUBLISHED_RATIO]), value, value, value, color, symbol)


def dots(recorded: pd.DataFrame, what: str) -> figures.Dots:
    usual = float(recorded[what].iloc[0])
    value, low, high = (usual / recorded[name].to_numpy() for name in (what, f"{what} highest", f"{what} lowest"))
    color, symbol = (style.CLASSES[0], "circle") if what == "encoder" else (style.CLASSES[1], "diamond")
    return figures.Dots(MEASURED[what], recorded["mask ratio"].to_numpy(), value, low, high, color, symbol)


def provenance(recorded: pd.DataFrame | None) -> str:
    paper = (
        "The paper's numbers (He et al. 2021, ViT-L, 75 %, against mask tokens inside the encoder) are the paper's; "
        "its network was not run here."
    )
    if recorded is None:
        return paper
    row = recorded.iloc[0]
    return (
        f"Measured with benchmarks/masking.py on {row['machine']}: float32, {row['batch']} pictures, "
        f"{row['rounds']} rounds; 1× is the median time with one patch hidden. {paper}"
    )


def table(ours: Net, ratio: float, recorded: pd.DataFrame | None) -> None:
    """All numbers of the chosen ratio, our network beside the paper's."""
    nets = (ours, PAPER)
    costs = [masking.cost(net, ratio) for net in nets]
    rows = [
        ("tokens the encoder sees", [f"{c['encoder tokens']} of {c['decoder tokens']}" for c in costs]),
        ("encoder", [masking.written(c["encoder FLOPs"]) for c in costs]),
        ("decoder (all tokens)", [masking.written(c["decoder FLOPs"]) for c in costs]),
        ("fewer tokens", [f"{c['times fewer tokens']:.2f}×" for c in costs]),
        ("fewer encoder FLOPs", [f"{c['times fewer encoder FLOPs']:.2f}×" for c in costs]),
        ("fewer FLOPs, encoder and decoder", [f"**{c['times fewer FLOPs']:.2f}×**" for c in costs]),
    ]
    if recorded is not None:
        row = nearest(recorded, ratio)
        for what, name in MEASURED.items():
            took = f"{row[what]:.1f} ms, **{row[f'{what} faster']:.2f}×** faster"
            rows.append((f"{name}, at {row['mask ratio']:.0%} hidden", [took, "–"]))
    rows += [
        (f"paper's FLOPs, at {PUBLISHED_RATIO:.0%}", ["–", f"{PUBLISHED_FLOPS}× fewer"]),
        (f"paper's wall-clock, at {PUBLISHED_RATIO:.0%}", ["–", f"{PUBLISHED_SPEEDUP}× shorter"]),
    ]
    head = f"| {ratio:.0%} hidden, one picture | {nets[0].name} | {nets[1].name} |\n|---|---:|---:|\n"
    st.markdown(head + "\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in rows))
