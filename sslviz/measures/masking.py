r"""What hiding patches saves: tokens and arithmetic of a masked autoencoder, before anything is run.

L     patches of a picture, P numbers in each
V     patches that stay visible; the encoder sees 1 + V tokens (a class token comes first), the decoder 1 + L
d, n  numbers in a token of the encoder, and how many blocks it has; d', n' the same for the decoder
T     tokens in a block: T = 1 + V or T = 1 + L

FLOPs count a multiplication and its addition as two. One block (Dosovitskiy et al. 2021): 6Td² for queries, keys and
values, 2Td² to put the heads together, 16Td² for the MLP of width 4d, and 2T²d + 2T²d for who looks where and what is
told. Only the last grows with T²; it is the smaller part as long as T < 6d. Norms, softmax and GELU are left out
(under a percent). The encoder cuts all L patches before the hidden ones are dropped, as the paper's own code does.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

GRID = np.arange(0, 96) / 100  # mask ratios of the curves
PUBLISHED_RATIO = 0.75  # the paper's choice, of which the two numbers below speak
PUBLISHED_SPEEDUP = 2.8  # He et al. 2021, ViT-L: wall-clock with mask tokens in the encoder / without
PUBLISHED_FLOPS = 3.3  # the same two, in FLOPs


@dataclass(frozen=True)
class Net:
    """The sizes of an encoder and its decoder, in the letters above."""

    name: str
    patches: int  # L
    pixels: int  # P
    width: int  # d
    depth: int  # n
    decoder_width: int  # d'
    decoder_depth: int  # n'


PAPER = Net("ViT-L/16 at 224 × 224 (the paper's)", 196, 3 * 16 * 16, 1024, 24, 512, 8)


def visible(net: Net, ratio: float) -> int:
    """V: at least one patch is hidden and at least one stays."""
    return net.patches - min(max(round(ratio * net.patches), 1), net.patches - 1)


def linear(tokens: int, width: int) -> int:
    """24 T d²: the part of a block in which every token is alone."""
    return 24 * tokens * width**2


def attention(tokens: int, width: int) -> int:
    """4 T² d: the part in which every token looks at every other."""
    return 4 * tokens**2 * width


def block(tokens: int, width: int) -> int:
    return linear(tokens, width) + attention(tokens, width)


def encoder(net: Net, seen: int) -> int:
    """FLOPs for one picture of which `seen` patches are visible; all of them: the encoder without any hiding."""
    return 2 * net.patches * net.pixels * net.width + net.depth * block(1 + seen, net.width)


def decoder(net: Net, seen: int) -> int:
    """FLOPs to make `seen` patches and the class token narrow, decode 1 + L tokens and paint L patches."""
    narrow = 2 * (1 + seen) * net.width * net.decoder_width
    paint = 2 * net.patches * net.decoder_width * net.pixels
    return narrow + net.decoder_depth * block(1 + net.patches, net.decoder_width) + paint


def cost(net: Net, ratio: float) -> dict[str, float]:
    """Tokens and FLOPs at a mask ratio, and how many times less that is than with mask tokens inside the encoder."""
    v, everything = visible(net, ratio), net.patches
    whole = encoder(net, everything) + decoder(net, everything)
    found = {"encoder": encoder(net, v), "decoder": decoder(net, v)}
    return {
        "mask ratio": ratio,
        "visible patches": v,
        "encoder tokens": 1 + v,
        "decoder tokens": 1 + everything,
        "encoder FLOPs": found["encoder"],
        "attention share": net.depth * attention(1 + v, net.width) / found["encoder"],
        "decoder FLOPs": found["decoder"],
        "FLOPs": sum(found.values()),
        "times fewer tokens": (1 + everything) / (1 + v),
        "times fewer encoder FLOPs": encoder(net, everything) / found["encoder"],
        "times fewer FLOPs": whole / sum(found.values()),
    }


def curve(net: Net) -> pd.DataFrame:
    """One row per mask ratio of GRID."""
    return pd.DataFrame([cost(net, float(ratio)) for ratio in GRID])


def formulae(net: Net, ratio: float) -> str:
    """Tokens, encoder and decoder with their numbers, as the lines of a LaTeX `aligned`."""
    v, full = visible(net, ratio), 1 + net.patches
    t, d, e, patches = 1 + v, net.width, net.decoder_width, net.patches
    lines = [
        rf"T &= 1 + V = 1 + ({patches} - {patches - v}) = {t}"
        rf" \qquad \frac{{1 + L}}{{1 + V}} = \frac{{{full}}}{{{t}}} = {full / t:.2f}",
        r"F_\text{encoder} &= 2LPd + n\,(24\,T d^2 + 4\,T^2 d)",
        rf"&= 2 \cdot {patches} \cdot {net.pixels} \cdot {d} + {net.depth}\,(24 \cdot {t} \cdot {d}^2 + "
        rf"4 \cdot {t}^2 \cdot {d}) = {_flops(encoder(net, v))}",
        r"F_\text{decoder} &= 2\,T d\,d' + n'\,(24\,(1{+}L)\,d'^2 + 4\,(1{+}L)^2 d') + 2LPd'",
        rf"&= 2 \cdot {t} \cdot {d} \cdot {e} + {net.decoder_depth}\,(24 \cdot {full} \cdot {e}^2 + "
        rf"4 \cdot {full}^2 \cdot {e}) + 2 \cdot {patches} \cdot {net.pixels} \cdot {e} = {_flops(decoder(net, v))}",
    ]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def written(flops: float) -> str:
    """12.3 MFLOPs, 30.8 GFLOPs."""
    return f"{flops / 1e9:.4g} GFLOPs" if flops >= 1e9 else f"{flops / 1e6:.4g} MFLOPs"


def _flops(flops: float) -> str:
    return rf"\text{{{written(flops)}}}"
