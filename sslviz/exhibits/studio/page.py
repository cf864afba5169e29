"""The augmentation studio: one picture, many views, every operation alone and all together; and the colour shortcut.

The views come from the very code that training uses (data/augment.py). It throws the same dice whatever the knobs say,
so an operation alone and all together show the same crop, the same hue, the same blur, column by column.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
import torch

from sslviz.data.augment import AugmentKnobs, Drawn
from sslviz.data.operations import crop_matrix
from sslviz.exhibits.studio.shortcut import SHARP, augmented, shortcut
from sslviz.figures import tiles
from sslviz.knobs import describe
from sslviz.views import address
from sslviz.views.controls import by_hand
from sslviz.views.plot.plot import plot

VIEWS = 8
DRAW = 15  # a throw in which every operation happens to some views and not to others
OFF = AugmentKnobs(
    crop_scale=1, flip=0, jitter=0, brightness=0, contrast=0, saturation=0, hue=0, gray=0, blur=0, solarize=0
)
ALONE = {  # operation -> the knobs that it needs
    "crop": ("crop_scale",),
    "flip": ("flip",),
    "brightness": ("jitter", "brightness"),
    "contrast": ("jitter", "contrast"),
    "saturation": ("jitter", "saturation"),
    "hue": ("jitter", "hue"),
    "gray": ("gray",),
    "blur": ("blur", "blur_sigma"),
    "solarize": ("solarize",),
}
STUDIO = {"blur": 0.5, "solarize": 0.2}  # off in training unless asked for; here everything is to be seen
PLACE = {"crop_scale": 1.0, "flip": 0.0}
PRESETS = {
    "Everything": STUDIO,
    "Our training's defaults": {},
    "Crop and flip only": {"jitter": 0.0, "gray": 0.0} | SHARP,
    "Colours only": PLACE | SHARP,
}
HOW_TO_READ = (
    "Each column is one random draw: the first row applies at once what the rows below apply one by one, with the "
    "same numbers. A dash: this view was left as it was."
)


def show() -> None:
    with st.container(key="heading"):
        left, right = st.columns([1.3, 1], gap="medium", vertical_alignment="center")
        left.header("Augmentation studio", anchor=False)
        left.markdown(
            "Two random views of a picture must get the same representation: **whatever is varied here, the network "
            "learns to ignore**. These are the views that training sees, made by the same code."
        )
        right.latex(r"x_1 = t_1(x),\quad x_2 = t_2(x),\qquad t_1, t_2 \sim \mathcal{T}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for name, preset in PRESETS.items():
                st.button(name, on_click=put, args=(preset,))
        with st.container(key="bench"):
            left, right = st.columns([1, 1.5], gap="medium")
        with left:
            seed = st.container()
            name, some = by_hand.pictures()
            chosen = by_hand.upload(by_hand.picture(some))
            knobs = sliders()
        with seed:
            why = "" if switched_on(knobs) else "Everything is switched off: nothing is random."
            draw = int(address.number("Dice (seed of the views)", "draw", DRAW, 0, 99, idle=why))
        with right:
            table = views(chosen, knobs, draw)
        shortcut(chosen, name, knobs, draw)
    address.export("studio", table, LATEX)


def sliders() -> AugmentKnobs:
    """All knobs of the augmentation, as the training has them."""
    values: dict[str, Any] = {}
    places = {}
    for i, (name, knob) in enumerate(describe(AugmentKnobs).items()):
        if i % 2 == 0:
            columns = st.columns(2, gap="medium")
        places[name] = columns[i % 2]
        with places[name]:
            knob = replace(knob, default=STUDIO.get(name, knob.default))
            values[name] = by_hand.turn(knob, idle=idle(name, values))
    amounts = [needed[1] for needed in ALONE.values() if needed[0] == "jitter"]
    if values["jitter"] and not any(values[name] for name in amounts):
        places["jitter"].caption(f"Changes nothing while {', '.join(amounts)} are all 0.")
    return AugmentKnobs(**values)


def idle(name: str, values: dict[str, Any]) -> str:
    """Why an amount changes nothing: it never happens. values: of the knobs before it."""
    for happens, *amount in ALONE.values():
        if amount == [name] and not values[happens]:
            return f"Changes nothing while {happens} is 0."
    return ""


def put(preset: dict[str, float]) -> None:
    """A preset, into the widgets and so into the URL; what it does not name goes back to training's default."""
    st.session_state.update(AugmentKnobs(**preset).model_dump())


def views(picture: np.ndarray, knobs: AugmentKnobs, draw: int) -> pd.DataFrame:
    """The rows of views; returns what was drawn, one row per view."""
    images = torch.from_numpy(picture).expand(VIEWS, -1, -1, -1)
    everything, drawn = augmented(images, knobs, draw)
    rows = [tiles.Row("all together", pictures=everything)]
    for name in switched_on(knobs):
        changed, own = augmented(images, alone(name, knobs), draw)
        rows.append(tiles.Row(name, pictures=changed, captions=captions(own)[name]))
    figure = tiles.figure(rows, title="One picture, eight views", x_title="view", width=620)
    plot(figure, key="views", alt="Eight views of the picture: all operations together, then each of them alone")
    off = [name for name in ALONE if name not in switched_on(knobs)]
    st.caption(
        HOW_TO_READ
        + " Crop: share of the picture's area; brightness, contrast, saturation: factor; hue: turn of the colour "
        "circle in degrees; blur: σ in pixels." + (f" Switched off: {', '.join(off)}." if off else "")
    )
    return parameters(drawn)


def switched_on(knobs: AugmentKnobs) -> list[str]:
    """The operations that can happen at all under these knobs."""
    values = knobs.model_dump()
    return [
        name
        for name, needed in ALONE.items()
        if (values["crop_scale"] < 1 if name == "crop" else all(values[one] > 0 for one in needed))
    ]


def alone(operation: str, knobs: AugmentKnobs) -> AugmentKnobs:
    """These knobs with every other operation switched off."""
    return OFF.model_copy(update={name: getattr(knobs, name) for name in ALONE[operation]})


def parameters(drawn: Drawn) -> pd.DataFrame:
    """What was drawn, one row per view; what is switched off has the value that changes nothing."""
    found: dict[str, Any] = {"view": np.arange(1, VIEWS + 1)}
    share, aspect, left, top, flip = drawn.crop or (torch.ones(VIEWS), *torch.zeros(4, VIEWS))
    matrix = crop_matrix(share, aspect, left, top, flip.bool())
    width, height = matrix[:, 0, 0].abs(), matrix[:, 1, 1]
    found |= {
        "crop (share of area)": share,
        "width of crop": width,
        "height of crop": height,
        "left edge": (1 + matrix[:, 0, 2] - width) / 2,
        "top edge": (1 + matrix[:, 1, 2] - height) / 2,
        "flipped": flip.bool(),
    }
    bright, contrast, saturation, turn = drawn.colour or (*torch.ones(3, VIEWS), torch.zeros(VIEWS))
    gray = saturation == 0
    found |= {"brightness": bright, "contrast": contrast, "saturation": saturation, "hue (degrees)": 360 * turn}
    found |= {"gray": gray, "blur sigma (pixels)": torch.zeros(VIEWS) if drawn.sigma is None else drawn.sigma}
    found["solarized"] = torch.zeros(VIEWS).bool() if drawn.inverted is None else drawn.inverted
    return pd.DataFrame({name: np.asarray(values) for name, values in found.items()}).round(4)


def captions(drawn: Drawn) -> dict[str, list[str]]:
    """What stands below each view of each operation."""
    table = parameters(drawn)

    def said(column: str, neutral: float, text: str) -> list[str]:
        return ["–" if value == neutral else text.format(value) for value in table[column]]

    return {
        "crop": said("crop (share of area)", 1, "{:.0%}"),
        "flip": said("flipped", 0, "yes"),
        "brightness": said("brightness", 1, "× {:.2f}"),
        "contrast": said("contrast", 1, "× {:.2f}"),
        "saturation": said("saturation", 1, "× {:.2f}"),
        "hue": said("hue (degrees)", 0, "{:+.0f}°"),
        "gray": said("gray", 0, "yes"),
        "blur": said("blur sigma (pixels)", 0, "σ {:.1f}"),
        "solarize": said("solarized", 0, "yes"),
    }


LATEX = r"""% two views of a picture, and what two colour histograms h, h' have in common
\[
x_1 = t_1(x), \quad x_2 = t_2(x), \qquad t_1, t_2 \sim \mathcal{T}
\]
\[
\cap(h, h') = \frac{1}{3} \sum_{c \in \{R, G, B\}} \sum_{k=1}^{16} \min(h_{c,k}, h'_{c,k})
\]
"""
