"""Both futures of a fork: what its parent did from the same moment on, and what became of it with one change."""

from urllib.parse import quote

import streamlit as st

from sslviz.foreign import in_markdown
from sslviz.knobs import written
from sslviz.runs.folder import RunFolder
from sslviz.views.controls import server
from sslviz.views.method import overlaid


def show(run: RunFolder) -> None:
    """One chart of parent and child; nothing for a run that is no fork, a sentence if the parent is gone."""
    origin = run.settings().parent
    if origin is None:
        return
    parent = server.find(origin.run)
    if parent is None:
        st.caption(f"Forked at step {origin.step:,} from {in_markdown(origin.run)}, which is not here any more.")
        return
    with st.expander(
        f"Both futures: forked at step {origin.step:,}", icon=":material/call_split:", expanded=True, key="futures"
    ):
        changed = difference(parent, run)
        names = ("parent", "this fork")
        pins = ((origin.step, f"fork: {changed}"), *(pin for pin in overlaid.changes((parent, run), names)))
        overlaid.show((parent, run), names, tuple(pin for pin in pins if "forked from" not in pin[1]), key="futures")
        st.caption(
            f"{overlaid.HOW_TO_READ} Up to the fork both are one. Without a change the fork repeats its parent; here: "
            f"{changed}. [Put them side by side](compare?runs={quote(parent.id)},{quote(run.id)}&axis=step) · "
            f"[parent](?run={quote(parent.id)})"
        )


def difference(parent: RunFolder, child: RunFolder) -> str:
    """temperature 0.2 → 0.5, from the parent as it stands now to the child as it was started."""
    before, after = parent.values(), child.settings().values()
    turned = [f"{n.replace('_', ' ')} {written(before[n])} → {written(v)}" for n, v in after.items() if before[n] != v]
    return ", ".join(turned) or "nothing was changed"
