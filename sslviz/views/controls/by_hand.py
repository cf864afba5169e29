"""What pages that play with one picture share: which picture it is, and the training's own knobs, turned by hand."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from sslviz.data import SOURCES, DataError, default_cache, load
from sslviz.data.sources.picture import Unreadable, decode
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.knobs import Knob
from sslviz.views import address
from sslviz.views.controls.controls import makes_sense, slider

SETS = tuple(name for name, source in SOURCES.items() if not source.needs_network)
POOL = 256  # the first test pictures of a set
# Of an upload, which is unpacked in this process: 6000 x 4000 is 24 million. A JPEG is unpacked at 1/8 of its size.
MOST_PIXELS = 25_000_000
MOST_MEGABYTES = 30


@st.cache_data(max_entries=len(SETS), show_spinner="Drawing the pictures (only the first time) …")
def pool(name: str) -> np.ndarray:
    """uint8 256 x 3 x 32 x 32, pictures that no run trains on. Raises DataError."""
    return load(name, cache=default_cache()).test.images[:POOL].numpy().copy()


def pictures() -> tuple[str, np.ndarray]:
    """A data set of the viewer's choice (`?set=`): its name, and uint8 256 x 3 x 32 x 32."""
    name = address.choice("Pictures", "set", SETS, SETS[0], help=SOURCES[SETS[0]].description)
    try:
        return name, pool(name)
    except DataError as error:
        st.warning(f"{in_markdown(error, SENTENCE)} The shapes are shown.")
        return SETS[0], pool(SETS[0])


def picture(some: np.ndarray, key: str = "picture", label: str = "Picture") -> np.ndarray:
    """One of them, by its number in the URL: uint8 3 x 32 x 32."""
    own = st.session_state.get(own_key()) if key == "picture" else None
    idle = "Your own picture is shown instead." if own is not None and read(own.getvalue())[0] is not None else ""
    number = address.number(label, key, 0 if key == "picture" else 1, 0, len(some) - 1, idle=idle)
    found: np.ndarray = some[int(number)]
    return found


def own_key() -> str:
    """The key of the uploader. It changes when the viewer's picture is put away."""
    return f"own_picture_{st.session_state.get('_put_away', 0)}"


def upload(instead: np.ndarray) -> np.ndarray:
    """A picture of the viewer's own, else the one given; what cannot be read gets a sentence."""
    file = st.file_uploader(
        "Or a picture of your own",
        type=["png", "jpg", "jpeg", "webp", "gif", "bmp"],
        key=own_key(),
        max_upload_size=MOST_MEGABYTES,
        help="Its middle, 32 × 32 pixels. It is not kept, and not part of the address.",
    )
    if file is None:
        return instead
    found, trouble = read(file.getvalue())
    if found is None:
        why = in_markdown(trouble)
        st.warning(f"{address.quoted(file.name)} cannot be used: {why}. The picture of the data set is shown.")
        return instead
    return found


def put_away() -> None:
    """The viewer's own picture leaves the room; for callbacks. A file can only be taken out by a new uploader."""
    st.session_state["_put_away"] = st.session_state.get("_put_away", 0) + 1


@st.cache_data(max_entries=16, show_spinner=False)
def read(data: bytes) -> tuple[np.ndarray | None, str]:
    """uint8 3 x 32 x 32, or None and the reason in a few words."""
    try:
        return decode(data, 32, MOST_PIXELS), ""
    except Unreadable as reason:
        return None, str(reason)


def turn(knob: Knob, on_change: Callable[[], None] | None = None, idle: str = "") -> Any:
    """The control of a training knob, with its range and its help; lives in the URL under the knob's name.

    `idle`: why it would change nothing just now, as in worksheet.number.
    """
    if knob.kind == "choice":  # of a few: all of them are seen, and one click is enough
        return address.choice(knob.label, knob.name, knob.choices, knob.default, help=knob.help, on_change=on_change)
    address.check(knob.name, partial(makes_sense, knob), f"{knob.default}")
    slider(knob, on_change=on_change, disabled=bool(idle))
    if idle:
        st.caption(idle)
    return address.value(knob.name, knob.default)
