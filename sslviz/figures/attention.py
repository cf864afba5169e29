"""Where the class token looks: the attention of each head over the patches of a picture."""

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import tiles

HOW_TO_READ = (
    "Below each picture, one map per head of the last block: yellow = the patch that the class token looks at "
    "most, dark blue = least; every map has its own scale, so compare places, not maps."
)


def attention(pictures: np.ndarray, maps: np.ndarray, *, images: int = 8, height: int | None = None) -> go.Figure:
    """pictures: uint8 N x H x W x 3; maps: N x heads x h x w, one number per patch, of any positive scale."""
    found = np.asarray(maps[:images], np.float32)  # n x heads x h x w
    low, high = found.min((2, 3), keepdims=True), found.max((2, 3), keepdims=True)
    shown = (found - low) / np.where(high > low, high - low, 1)
    heads = found.shape[1]
    return tiles.figure(
        [
            tiles.Row("picture", pictures[:images]),
            *(tiles.Row(f"head {head + 1}", numbers=shown[:, head]) for head in range(heads)),
        ],
        title="Attention of the class token",
        subtitle=f"{heads} heads · {found.shape[2]}×{found.shape[3]} patches · every map on its own scale",
        x_title="picture",
        scale_title="0 = least, 1 = most attention",
        height=height,
    )
