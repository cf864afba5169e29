"""The stage: pictures as tiles that fill the window, two rows of them; `?big=` names the one that fills it alone.

Its looks are in stage.css, under the keys of the containers that are made here: any page may put its pictures on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sslviz.views import address, net

TRACKS = 12  # columns of the grid, of which each tile takes several
STYLE = Path(__file__).with_name("stage.css")


@dataclass(frozen=True)
class Tile:
    """One picture. draw: puts it into its place; it is given what `choose`, its controls behind a click, returns.

    name: in the address; how: one short sentence, how to read it; words: the rest, behind a click; share: how many of
    the places of its row it takes; group: the name in the address of those that are enlarged together.
    """

    name: str
    how: str
    draw: Callable[[Any], object]
    words: str = ""
    share: int = 1
    choose: Callable[[], Any] | None = None
    group: str = ""

    @property
    def address(self) -> str:
        """What `?big=` calls it."""
        return self.group or self.name


@cache
def style() -> str:
    return f"<style>{STYLE.read_text()}</style>"


def head() -> DeltaGenerator:
    """The line above everything."""
    st.html(style())
    return st.container(key="head", horizontal=True, vertical_alignment="center")


def desk(panel: bool) -> list[DeltaGenerator]:
    """Knobs, pictures, and, if it is open, the panel beside them."""
    with st.container(key="desk"):
        return [st.container(key=key) for key in ("side", "main", "panel")[: 2 + panel]]


def helm() -> DeltaGenerator:
    """Start and the main knob: on a narrow window they stay at its lower edge."""
    return st.container(key="helm")


def screen() -> DeltaGenerator:
    """All that stands in the window beside the knobs: bar, notes, stage."""
    return st.container(key="screen")


def bar() -> DeltaGenerator:
    """The line above the stage: how the run stands, and the clock."""
    return st.container(key="bar", horizontal=True, vertical_alignment="center")


def show(rows: Sequence[Sequence[Tile]]) -> None:
    """The tiles of each row share its width; or the group that is enlarged does, and none of the others is drawn."""
    names = list(dict.fromkeys(tile.address for row in rows for tile in row))
    big = enlarged(names)
    shown = [chosen for row in rows if (chosen := [tile for tile in row if big in ("", tile.address)])]
    spans = {tile.name: TRACKS * tile.share // sum(each.share for each in row) for row in shown for tile in row}
    rules = "".join(f".st-key-tile_{name} {{ --span: {span} }}" for name, span in spans.items())
    keys = {name: "Escape" if big else str(number + 1) for number, name in enumerate(names)}
    with st.container(key="stage"):
        st.html(f"<style>{rules}</style>")
        for tile in (tile for row in shown for tile in row):
            place(tile, keys.pop(tile.address, None), bool(big))  # a key belongs to one button


def enlarged(names: Sequence[str]) -> str:
    """What the address says, if there is such a tile."""
    asked = st.query_params.get("big", "")
    if asked and asked not in names:
        address.note("big", asked, "every picture")
        return ""
    return asked


def place(tile: Tile, key: str | None, is_big: bool) -> None:
    """A tile: its picture, and below it how to read it, its controls, and the button that enlarges it or leads back.
    key: of that button.
    """
    with st.container(key=f"tile_{tile.name}"):
        picture = st.container(key=f"picture_{tile.name}")
        with st.container(key=f"foot_{tile.name}", horizontal=True, vertical_alignment="center"):
            st.caption(tile.how, help=tile.words or None, width="stretch")
            chosen = None
            if tile.choose is not None:
                with st.popover("Choose", icon=":material/tune:", type="tertiary", help="what is shown"):
                    chosen = tile.choose()
            st.button(
                "Back" if is_big else "Enlarge",
                icon=":material/close_fullscreen:" if is_big else ":material/open_in_full:",
                key=f"big_{tile.name}",
                type="tertiary",
                on_click=enlarge,
                args=("" if is_big else tile.address,),
                shortcut=key,
                help="back to all pictures" if is_big else f"enlarge (key {key})" if key else "enlarge",
            )
        with picture, net.net(f"The picture “{tile.name}”"):
            tile.draw(chosen)


def enlarge(name: str) -> None:
    if name:
        st.query_params["big"] = name
    else:
        st.query_params.pop("big", None)
