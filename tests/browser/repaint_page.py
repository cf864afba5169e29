"""Charts that differ from one state to the next only in cells, pictures and words."""

import numpy as np
import streamlit as st

from sslviz.figures import matrix, tiles
from sslviz.views.plot.plot import plot

st.set_page_config(layout="wide")
state = 0 if not st.toggle("the other state") else 1
rng = np.random.default_rng(state)
numbers = rng.uniform(-1, 1, (4, 8, 8)).astype(np.float32)
numbers[3] = np.nan
rows = [
    tiles.Row("map", numbers=numbers),
    tiles.Row("picture", rng.integers(0, 255, (4, 16, 16, 3), np.uint8), captions=[f"J {state}.{i}" for i in range(3)]),
]
left, right = st.columns(2)
with left:
    plot(tiles.figure(rows, title="Tiles", subtitle=f"state {state}", x_title="number", scale=(-1, 1)), key="tiles")
with right:
    plot(matrix.similarity(rng.uniform(-1, 1, (16, 16))), key="matrix")
