"""The blackboard page on masking: what MAE's encoder gets of a picture, and what that saves: tokens, FLOPs, time."""

import pandas as pd
import streamlit as st

from sslviz.figures import masking as figures
from sslviz.knobs import describe
from sslviz.measures import masking
from sslviz.measures.masking import PAPER
from sslviz.methods.mae import MAE
from sslviz.nets.vit import PATCH
from sslviz.views import address
from sslviz.views.controls import by_hand
from sslviz.views.method import masking_cost, masking_net
from sslviz.views.plot.plot import plot


def show() -> None:
    with st.container(key="heading"):
        heading()
        with st.container(key="bench"):
            left, right = st.columns([1, 2.2], gap="medium")
        with left:
            knobs = describe(MAE.Knobs)
            ratio = float(by_hand.turn(knobs["mask_ratio"]))
            kind = str(by_hand.turn(knobs["mask_type"]))
            fixed = "The grid is the same for every seed." if kind == "grid" else ""
            draw = int(address.number("Dice (seed of the mask)", "draw", 0, 0, 99, idle=fixed))
            _, some = by_hand.pictures()
            chosen = by_hand.upload(by_hand.picture(some))
        with right:
            seen = masking_net.visible(kind, ratio, draw)
            plot(
                figures.patches(chosen.transpose(1, 2, 0), seen, PATCH),
                key="patches",
                alt=f"The picture, its {len(seen)} visible patches, and those as the encoder gets them",
            )
            st.caption(figures.HOW_TO_READ)
            recorded = masking_cost.measured()
            masking_cost.sentence(masking_net.ours(), ratio, recorded)
        masking_cost.curves(masking_net.ours(), ratio, recorded)
        masking_cost.table(masking_net.ours(), ratio, recorded)
    with st.expander("Where do these FLOPs come from?", icon=":material/calculate:"):
        for net in (masking_net.ours(), PAPER):
            st.markdown(f"**{net.name}**")
            st.latex(masking.formulae(net, ratio))
        st.caption(
            "A multiplication and its addition count as two. L patches of P numbers; d, n: width and blocks of the "
            "encoder; d′, n′: of the decoder. The same formula, on our own network, agrees to the last operation with "
            "what PyTorch counts (tests/measures/test_masking.py)."
        )
    both = pd.concat([masking.curve(net).assign(network=net.name) for net in (masking_net.ours(), PAPER)])
    if recorded is not None:
        both = pd.concat([both, recorded.assign(network=f"measured: {masking_net.ours().name}")])
    latex = "\n\n".join(
        f"% {net.name}\n\\[\n{masking.formulae(net, ratio)}\n\\]" for net in (masking_net.ours(), PAPER)
    )
    address.export("masking", both, latex + "\n")


def heading() -> None:
    left, right = st.columns([1.2, 1], gap="medium", vertical_alignment="center")
    left.header("Hiding patches (MAE)", anchor=False)
    left.markdown(
        "A masked autoencoder hides most of a picture, and its large encoder **never sees what is hidden**, not even "
        "as a blank. A small decoder paints all patches. So the harder the task, the cheaper the step."
    )
    right.latex(
        r"T = 1 + V \qquad F_{\text{block}} = "
        r"\underbrace{24\,T d^2}_{\text{linear}} + \underbrace{4\,T^2 d}_{\text{attention}}"
    )
