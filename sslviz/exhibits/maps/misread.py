"""How not to misread a map: three sentences, each with a button that shows it on the maps above."""

import streamlit as st

from sslviz.exhibits.maps import picture
from sslviz.exhibits.maps.colours import TRUE
from sslviz.exhibits.maps.side import Side
from sslviz.methods import FIRST
from sslviz.views.controls import server
from sslviz.views.plot import recorded

CASES: tuple[tuple[str, str, dict[str, tuple[str, str]], str | None], ...] = (
    (
        "**Sizes and gaps are made by the map.** The same h with 5 and with 100 neighbours: clusters grow, merge "
        "and change places.",
        "Show 5 against 100 neighbours",
        {"map": ("UMAP", "UMAP"), "neighbours": ("5", "100"), "step": ("999999999", "999999999")},
        None,
    ),
    (
        "**Untrained weights cluster too.** A random network already puts pictures of similar colours together: a "
        "cluster need not be something learnt.",
        "Show before and after training",
        {"map": ("UMAP", "UMAP"), "step": ("0", "999999999")},
        "hue",
    ),
    (
        "**A plane is too small for h.** The table above says how many neighbours on a map are true neighbours; "
        "some places are far worse than the mean.",
        "Colour the points by it",
        {},
        TRUE,
    ),
)
USUAL = {"map": "UMAP", "space": False, "neighbours": "15", "apart": "0.1", "perplexity": "30"}


def show(side: Side | None) -> None:
    st.subheader("How not to misread it", anchor=False)
    run = side.run.id if side is not None else FIRST
    with st.container(key="misread"):
        for number, (column, case) in enumerate(zip(st.columns(3, gap="medium"), CASES, strict=True)):
            words, label, both, color = case
            with column:
                st.markdown(words)
                st.button(label, key=f"misread_{number}", on_click=turn_to, args=(run, both, color))


def turn_to(run: str, both: dict[str, tuple[str, str]], color: str | None) -> None:
    """Sets the controls of both maps. What is not named gets its usual value, if anything of a map is."""
    state = st.session_state
    for number in (1, 2) if both else ():
        for part, usual in USUAL.items():
            state[f"{part}{number}"] = both[part][number - 1] if part in both else usual
        # these two are in the address, but not bound to it
        state[f"run{number}"] = st.query_params[f"run{number}"] = run
        st.query_params[f"step{number}"] = both["step"][number - 1]
        for slider in [key for key in state if str(key).startswith(f"_step{number}_")]:
            del state[slider]
    found = server.find(run)
    probe = recorded.probe(found) if found is not None else None
    if color == TRUE or (probe is not None and color is not None and picture.has(probe, color)):
        state["colour"] = color
