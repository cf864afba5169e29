"""What the MAE room says to one mask: four pictures, the error beside two trivial answers, and what normalised pixels
change.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from sslviz.exhibits.mae_room.paint import Painted
from sslviz.figures import mae
from sslviz.methods.mae import MAE
from sslviz.views.method import masking_cost, masking_net
from sslviz.views.plot.plot import plot

TRIVIAL = {"patch_mean_error": "each patch's own mean (cheats)", "one_colour_error": "one colour, the visible mean"}


@dataclass(frozen=True)
class Asked:
    """truth: uint8 3 x H x W; hidden: bool L; pasted: the visible patches are put over the prediction."""

    truth: np.ndarray
    hidden: np.ndarray
    pasted: bool

    @property
    def upright(self) -> np.ndarray:
        """H x W x 3."""
        return np.ascontiguousarray(self.truth.transpose(1, 2, 0))

    def shown(self, found: Painted) -> np.ndarray:
        """The prediction as it is to be looked at: uint8 H x W x 3."""
        prediction = found.prediction[0].permute(1, 2, 0).numpy()
        return mae.pasted(prediction, self.upright, self.hidden) if self.pasted else prediction


def show(network: MAE, asked: Asked, found: Painted, *, of: str) -> None:
    """of: the run."""
    hidden, patches = int(asked.hidden.sum()), len(asked.hidden)
    error = found.error[0].numpy()
    plot(
        mae.answer(asked.upright, asked.hidden, asked.shown(found), error),
        key="answer",
        alt=f"Visible, prediction, truth and error of a picture of which {hidden} of {patches} patches are hidden",
        of=of,
    )
    st.caption(mae.HOW_TO_READ)
    st.markdown(verdict(found, hidden))
    st.markdown(normalised(network, found))
    st.caption(
        f"The encoder saw {1 + patches - hidden} of {1 + patches} tokens; encoder and decoder took "
        f"{found.milliseconds:.1f} ms just now, on this server, for this one picture."
    )
    table = pd.DataFrame(
        {"patch": range(patches), "hidden": asked.hidden, "error": error, "variance": found.variance[0].numpy()}
    )
    st.download_button("Errors as CSV", table.to_csv(index=False), "mae.csv", "text/csv", key="errors_csv")


def cheats(found: Painted) -> dict[str, float]:
    """The errors of the two trivial answers, as far as they make sense."""
    return {name: found.means[key] for key, name in TRIVIAL.items() if math.isfinite(found.means[key])}


def verdict(found: Painted, hidden: int) -> str:
    """The mean error on the hidden patches beside that of two answers that need no network."""
    if not hidden:
        return "**Nothing is hidden**, so nothing can be wrong."
    mine = found.means["masked_error"]
    parts = [f"**Mean error of hidden patches {mine:.4f}**"]
    parts += [f"{name} {value:.4f}" for name, value in cheats(found).items()]
    sentence = " · ".join(parts) + ". "
    colour = found.means["one_colour_error"]
    if not math.isfinite(colour):
        return sentence + "Nothing is visible: this is what the network believes of *any* picture."
    better = colour / mine if mine else math.inf
    return sentence + (
        f"The network is **{better:.1f} times** closer than one colour." if better > 1 else "One colour is as good."
    )


def normalised(network: MAE, found: Painted) -> str:
    """Normalised pixels, in two sentences, with the numbers of the hidden patches on the page."""
    hidden = found.hidden[0]
    if not hidden.any():
        return ""
    std, error = found.variance[0][hidden].sqrt(), found.error[0][hidden]
    strong = error.sort(descending=True).values[: max(1, len(error) // 4)].sum() / error.sum().clamp(min=1e-12)
    scaled = float(found.normalised[0][hidden].mean())
    spread = f"its standard deviation runs from {std.min():.3f} to {std.max():.3f} here"
    if network.knobs.normalised_pixels:
        return (
            f"**Normalised pixels: on.** Each patch was predicted in its own mean and standard deviation ({spread}): "
            f"faint texture counts as much as an edge, the loss is {scaled:.2f}, and 1 for whoever paints each "
            "patch's mean. The picture borrows both from the truth: the network has not predicted them."
        )
    return (
        f"**Normalised pixels: off.** The loss counts plain pixels: the worst quarter of the hidden patches makes "
        f"{strong:.0%} of it. Normalised, the error of each patch would be divided by its variance ({spread}): this "
        f"prediction would cost {scaled:.3g}, and painting each patch's mean 1."
    )


def cost(ratio: float) -> None:
    """What hiding so much saves: the measured numbers and formulae of the page "MAE by hand"."""
    recorded = masking_cost.measured()
    st.markdown(f"**With your mask, {ratio:.0%} hidden**, in our usual network and in the paper's:")
    masking_cost.sentence(masking_net.ours(), ratio, recorded)
    masking_cost.curves(masking_net.ours(), ratio, recorded)
    masking_cost.table(masking_net.ours(), ratio, recorded)
