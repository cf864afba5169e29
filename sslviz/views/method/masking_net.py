"""The network that the page on MAE trains, as it is before training: its sizes, and which patches it would see."""

import numpy as np
import streamlit as st
import torch

from sslviz.data.augment import OFF, Augment, AugmentKnobs
from sslviz.measures.masking import Net
from sslviz.methods.mae import MAE
from sslviz.nets.vit import PATCH, ViT

SIZE = 32  # pixels of a picture's side


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
    augment = Augment(AugmentKnobs(**OFF), torch.zeros(3))
    return MAE(ViT(), MAE.Knobs(mask_ratio=ratio, mask_type=kind), augment)


@st.cache_data(max_entries=512, show_spinner=False)
def visible(kind: str, ratio: float, draw: int) -> np.ndarray:
    """The numbers of the visible patches, as the method draws them in training."""
    mae = method(ratio, kind)
    mae.augment.seed(draw, 0)
    _, found = mae.views(torch.zeros(1, 3, SIZE, SIZE, dtype=torch.uint8))
    return found[0].numpy()
