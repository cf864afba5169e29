"""The colour shortcut: two crops of one picture are alike in colour, until jitter changes it; seen, and measured."""

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from sslviz.data.augment import Augment, AugmentKnobs, Drawn
from sslviz.exhibits.studio import figures
from sslviz.exhibits.studio import maths as colours
from sslviz.figures import style, tiles
from sslviz.views.controls import by_hand
from sslviz.views.plot.plot import encode, plot

COLOUR = {"jitter": 0.0, "gray": 0.0, "brightness": 0.0, "contrast": 0.0, "saturation": 0.0, "hue": 0.0}
SHARP = {"blur": 0.0, "blur_sigma": 1.0, "solarize": 0.0}
CHANCE = 0  # the dice of the measurement: always the same, so that only a knob changes it


def shortcut(picture: np.ndarray, name: str, knobs: AugmentKnobs, draw: int) -> None:
    """Two crops of one picture and one of another: what their colours give away, with and without jitter."""
    st.subheader("The shortcut: two crops of one picture share their colours", anchor=False)
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
    with left:
        st.markdown(
            "A network that only counts colours could tell which two crops belong together, and would never learn a "
            "shape. **Colour jitter closes this shortcut.**"
        )
    with right:
        other = by_hand.picture(by_hand.pool(name), "other", "Another picture")
    plain, jittered = (knobs.model_copy(update=off) for off in (COLOUR | SHARP, SHARP))
    three = torch.from_numpy(np.stack([picture, picture, other]))
    pictured, counted = [], []
    for title, setting in (("no jitter", plain), ("jitter", jittered)):
        crops, _ = augmented(three, setting, draw, 1)
        shares = colours.histograms(crops.transpose(0, 3, 1, 2))
        both, apart = colours.intersections(shares[:1], shares[1:])[0].tolist()
        pictured.append(tiles.Row(title, pictures=crops))
        counted.append(figures.Crops(title.capitalize(), shares, (both, apart)))
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
    with left:
        names = ["A", "B", "other"]
        shown = tiles.figure(pictured, title="Three crops", x_title="crop", columns=names, width=380)
        plot(shown, key="crops", alt="Two crops of the picture and one of another, without and with colour jitter")
    with right:
        plot(figures.histograms(counted), key="histograms", alt="Red, green and blue histograms of the three crops")
        st.caption(figures.HOW_TO_READ)
    measured(name, plain, jittered)


def measured(name: str, plain: AugmentKnobs, jittered: AugmentKnobs) -> None:
    """The same question for all pictures of the set: how often is the nearest histogram the right one?"""
    without, with_jitter = (matched(name, setting.model_dump_json()) for setting in (plain, jittered))
    total = len(without)
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
    with left:
        st.markdown(
            f"Measured on {total} pictures of the set: a crop of each, and the one of {total} second crops "
            f"with the most similar histogram. It is the right one in **{without[-1]:.0%}** of the cases without "
            f"jitter, in **{with_jitter[-1]:.0%}** with it; by chance in {1 / total:.1%}."
        )
        if not jittered.jitter and not jittered.gray:
            st.info("The colour jitter is switched off above: both lines are the same.")
    with right:
        curves = matching(name, plain.model_dump_json(), jittered.model_dump_json())
        plot(curves, key="found", alt="Share matched by colour over the number of candidates")
        st.caption(figures.HOW_TO_READ_FOUND)


@st.cache_data(max_entries=32, show_spinner=False)
def matching(name: str, plain: str, jittered: str) -> bytes:
    """The two curves of `matched`, drawn. Knobs: as JSON."""
    settings = {"without colour jitter": (plain, style.POSITIVE), "with colour jitter": (jittered, style.CLASSES[0])}
    return encode(figures.found([figures.Found(k, matched(name, knobs), c) for k, (knobs, c) in settings.items()]))


@st.cache_data(max_entries=128, show_spinner=False)
def matched(name: str, knobs: str) -> np.ndarray:
    """The share that colour alone matches rightly among 1, 2 … all pictures of a set. knobs: as JSON."""
    some, setting = torch.from_numpy(by_hand.pool(name)), AugmentKnobs.model_validate_json(knobs)
    a, b = (colours.histograms(augmented(some, setting, CHANCE, step)[0].transpose(0, 3, 1, 2)) for step in (2, 3))
    return colours.found(colours.better(colours.intersections(a, b)), len(some))


def augmented(images: Tensor, knobs: AugmentKnobs, draw: int, step: int = 0) -> tuple[np.ndarray, Drawn]:
    """uint8 N x 3 x H x W -> one view of each, uint8 N x H x W x 3, and the numbers that made them."""
    augment = Augment(knobs, torch.zeros(3))
    augment.seed(draw, step)
    size = images.shape[-1]
    drawn = augment.draw(images, size, (knobs.crop_scale, 1.0))
    return augment.display(augment.apply(images, drawn, size)).permute(0, 2, 3, 1).contiguous().numpy(), drawn
