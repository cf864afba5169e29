"""One of the two maps of the map room: which run, which moment, which kind. The address holds it all."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from sslviz.methods import FIRST
from sslviz.processes.map_kind import APART, METHODS, NEIGHBOURS, PERPLEXITIES, MapKind
from sslviz.runs.folder import RunFolder
from sslviz.views import address
from sslviz.views.controls import other_versions, run_title, runs_here, server
from sslviz.views.method.layouts import LAYOUTS, h_of, layouts, moments

NONE = "none"  # instead of a second run
USUAL = MapKind()


@dataclass(frozen=True)
class Side:
    """What one map shows. `number`: 1 or 2."""

    number: int
    run: RunFolder
    kind: MapKind
    step: int

    @property
    def place(self) -> RunFolder | None:
        """The folder that holds this layout; None as long as there is none."""
        return layouts(self.run, self.kind.name).get(self.step)

    @property
    def can_be_made(self) -> bool:
        """True if h of this moment was kept, and holds numbers."""
        return h_of(self.run, self.step) is not None

    @property
    def name(self) -> str:
        return f"{run_title.short(self.run).removesuffix(' (recorded)')}, step {self.step:,}"


def choose(number: int) -> Side | None:
    """The controls of one map, and what they say; None (and a sentence) if there is nothing to show."""
    left, right = st.columns([1, 1.3], gap="small")
    with left:
        run = chosen_run(number)
    if run is None:
        return None
    kind = chosen_kind(number)
    steps = moments(run, kind.name)
    with right:
        if steps:
            return Side(number, run, kind, chosen_step(number, run, kind, steps))
    st.info("Nothing was recorded in this run from which a map could be made.", icon=":material/map:")
    return None


def chosen_run(number: int) -> RunFolder | None:
    """A run of this server or a recorded example, by its id in the address; the second may be none."""
    runs = {run.id: run for run in runs_here.every()}
    options = ([NONE] if number == 2 else []) + list(runs)
    key = f"run{number}"
    if not options:
        st.info("There is no run yet: train one, or install the recorded examples.")
        return None
    usual = FIRST if FIRST in runs else options[-1]
    if refusal := other_versions.refused(st.query_params.get(key, "")):
        st.warning(f"{refusal} Another one is shown.")
    else:
        address.check(key, lambda text: text in options, usual)
    asked = st.query_params.get(key, usual)
    # not bound to the URL: a bound selectbox would write there what it shows
    chosen = st.selectbox(
        "Run" if number == 1 else "Second map: run",
        options,
        options.index(asked if asked in options else usual),
        key=key,
        format_func=lambda name: "no second map" if name == NONE else run_title.title(runs[name]),
    )
    address.write(key, chosen)
    return runs.get(chosen)


def chosen_kind(number: int) -> MapKind:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        called = {LAYOUTS[method]: method for method in METHODS}
        method = called[address.choice("Map", f"map{number}", list(called), LAYOUTS[USUAL.method])]
        address.check(f"space{number}", lambda text: text in ("true", "false"), "the plane")
        space = st.toggle("3-D", key=f"space{number}", bind="query-params")
        given: dict[str, Any] = {"method": method, "dimensions": 3 if space else 2}
        if method == "umap":
            many = notch("n_neighbors", f"neighbours{number}", NEIGHBOURS, USUAL.n_neighbors, help=MANY)
            given |= {"n_neighbors": int(many)}
            given |= {"min_dist": notch("min_dist", f"apart{number}", APART, USUAL.min_dist, help=FAR)}
        if method == "tsne":
            wide = notch("perplexity", f"perplexity{number}", PERPLEXITIES, USUAL.perplexity, help=WIDE)
            given |= {"perplexity": int(wide)}
    return MapKind(**given)


MANY = "how many nearest pictures (itself included) are held together: few show detail, many the whole"
FAR = "how tightly points may be packed, in units of the map"
WIDE = "roughly how many neighbours each point takes into account"


def notch(label: str, key: str, values: tuple[float, ...], usual: float, *, help: str) -> float:
    """One of a few numbers; lives in the URL as `key`."""
    options = [f"{value:g}" for value in values]
    address.check(key, lambda text: text in options, f"{usual:g}")
    return float(st.select_slider(label, options, f"{usual:g}", key=key, help=help, bind="query-params", width=104))


def chosen_step(number: int, run: RunFolder, kind: MapKind, steps: list[int]) -> int:
    """The moment: the recorded one nearest to what the address says; at first the last, or, of a second map of the same
    run, the first.
    """
    key = f"step{number}"
    address.check(key, lambda text: address.finite(text) >= 0, "the last moment")
    same = number == 2 and st.query_params.get("run1") == run.id
    asked = float(st.query_params.get(key, steps[0] if same else steps[-1]))
    nearest = min(steps, key=lambda step: abs(step - asked))
    if len(steps) == 1:
        st.caption(
            f"Only step {steps[0]:,}: of a recorded example h is kept at the end only, so this kind of map can be made "
            "of the end only."
            if not server.is_ours(run)
            else f"Only step {steps[0]:,} has been recorded so far."
        )
        return steps[0]
    # another run or kind has other moments, and so is another slider
    step = int(
        st.select_slider("Moment (training step)", steps, nearest, key=f"_{key}_{run.id}_{kind.name}_{len(steps)}")
    )
    address.write(key, str(step))
    return step
