"""The blackboard page on masking: what MAE's encoder gets of a picture, and what that saves: tokens, FLOPs, time."""

import numpy as np
import pandas as pd
import streamlit as st
import torch

from sslviz.data.augment import Augment, AugmentKnobs
from sslviz.figures import masking as figures
from sslviz.knobs import describe
from sslviz.measures import masking
from sslviz.measures.masking import PAPER, Net
from sslviz.methods.mae import MAE
from sslviz.nets.vit import PATCH, ViT
from sslviz.views import address
from sslviz.views.controls import by_hand
from sslviz.views.method import masking_cost
from sslviz.views.plot.plot import plot

WHOLE = {"crop_scale": 1.0, "flip": 0.0, "jitter": 0.0, "gray": 0.0, "blur": 0.0, "solarize": 0.0}
SIZE = 32  # pixels of a picture's side


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
            seen = visible(kind, ratio, draw)
            plot(
                figures.patches(chosen.transpose(1, 2, 0), seen, PATCH),
                key="patches",
                alt=f"The picture, its {len(seen)} visible patches, and those as the encoder gets them",
            )
            st.caption(figures.HOW_TO_READ)
            recorded = masking_cost.measured()
            masking_cost.sentence(ours(), ratio, recorded)
        masking_cost.curves(ours(), ratio, recorded)
        masking_cost.table(ours(), ratio, recorded)
    with st.expander("Where do these FLOPs come from?", icon=":material/calculate:"):
        for net in (ours(), PAPER):
            st.markdown(f"**{net.name}**")
            st.latex(masking.formulae(net, ratio))
        st.caption(
            "A multiplication and its addition count as two. L patches of P numbers; d, n: width and blocks of the "
            "encoder; d′, n′: of the decoder. The same formula, on our own network, agrees to the last operation with "
            "what PyTorch counts (tests/measures/test_masking.py)."
        )
    both = pd.concat([masking.curve(net).assign(network=net.name) for net in (ours(), PAPER)])
    if recorded is not None:
        both = pd.concat([both, recorded.assign(network=f"measured: {ours().name}")])
    latex = "\n\n".join(f"% {net.name}\n\\[\n{masking.formulae(net, ratio)}\n\\]" for net in (ours(), PAPER))
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


@st.cache_resource
def ours() -> Net:
    """The sizes of the network that the page on MAE trains, read off itself."""
    mae = method(0.75, "random")
    decoder = sum(hasattr(part, "qkv") for part in mae.decoder)
    return Net(
        f"our ViT at {SIZE} × {SIZE}",
        patches=(SIZE // PATCH) ** 2,
        pixels=3 * PATCH**2,
        width=mae.encoder.dim,
        depth=len(mae.encoder.blocks),
        decoder_width=mae.narrow.out_features,
        decoder_depth=decoder,
    )


def method(ratio: float, kind: str) -> MAE:
    """The method itself, with its usual network, on pictures as they are."""
    augment = Augment(AugmentKnobs(**WHOLE), torch.zeros(3))
    return MAE(ViT(), MAE.Knobs(mask_ratio=ratio, mask_type=kind), augment)


@st.cache_data(max_entries=512, show_spinner=False)
def visible(kind: str, ratio: float, draw: int) -> np.ndarray:
    """The numbers of the visible patches, as the method draws them in training."""
    mae = method(ratio, kind)
    mae.augment.seed(draw, 0)
    _, found = mae.views(torch.zeros(1, 3, SIZE, SIZE, dtype=torch.uint8))
    return found[0].numpy()
