"""The page that judges one run: what do its representation's neighbours, a probe, few labels and fine-tuning say?

Nothing is measured in this process: the launcher's evaluator works in the background, and this page reads what it
leaves in the run's folder.
"""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sslviz.exhibits.judge import figures, neighbours, take_away
from sslviz.figures import evaluation
from sslviz.foreign import SENTENCE, in_markdown
from sslviz.lessons.supervised import REFERENCE
from sslviz.measures.interval import doubt
from sslviz.measures.scores import EVALUATED
from sslviz.runs.folder import RunFolder
from sslviz.training.probes import NEIGHBOURS
from sslviz.views.controls import choose_run, measuring, own_pictures, server
from sslviz.views.method import live
from sslviz.views.plot.plot import plot
from sslviz.views.plot.recorded import BY_PATH, stamped

PICTURES = {  # key -> what stands in for the picture where it cannot be seen
    "linear": "Linear probes on h and z for each factor",
    "knn": f"{EVALUATED.title} on h and z for each factor",
    "few": "Accuracy over labels per class",
    "over_k": "Accuracy over the number of neighbours",
    "others_linear": "Linear probes on this run and on reference encoders",
    "others_knn": f"{EVALUATED.title} on this run and on reference encoders",
}
COUNTED = ("knn", "linear", "finetune", "fewshot")  # the evaluations whose scores are shares of the test pictures


def show() -> None:
    with st.container(key="heading"):
        st.header("Judge a run", anchor=False)
        st.markdown(
            "Four evaluations ask the same network in four ways, and they **disagree**: neighbours trust distances, "
            "a linear probe finds what is there but hidden, few labels reward what is easy to learn, fine-tuning "
            "what is easy to change."
        )
        run = choose_run.run()
        if run is None:
            st.info("There is no run yet: train one, or install the recorded examples.")
            return
        own_pictures.of_runs(run)
        step = choose_run.moment(run)
        if step is None:
            st.info("No weights of this run were kept, so it cannot be evaluated.")
            return
    busy = measuring.is_busy(run)
    live.refreshed(results, live.EVERY, busy, run.id, step, busy)
    take_away.buttons(run)


def results(run_id: str, step: int, was_busy: bool) -> None:
    """One refresh: the buttons, how far it is, and all that has been measured."""
    run = server.find(run_id)
    if run is None:
        st.warning("This run has been removed.")
        return
    if measuring.is_busy(run) != was_busy or st.session_state.pop("_asked", False):
        st.rerun()
    tables = {name: run.evaluation(step, name) for name in measuring.EVALUATIONS}
    buttons(run, step, tables)
    overview(tables, run.tested())
    known = tuple((name, len(table)) for name, table in tables.items() if table is not None)
    drawn = pictures(run, step, known)
    with st.container(key="pairs"):  # two in a row, one where it is narrow
        for pair in (drawn[i : i + 2] for i in range(0, len(drawn), 2)):
            for column, (key, figure, how_to_read) in zip(st.columns(2, gap="medium"), pair, strict=False):
                with column:
                    plot(figure, key=key, alt=PICTURES[key])
                    st.caption(how_to_read)
        neighbours.show(run, step)
    everything = [table for table in tables.values() if table is not None and len(table)]
    if everything:
        table = pd.concat(everything)
        st.download_button("Numbers as CSV", table.to_csv(index=False), f"{run.id}-{step}.csv", "text/csv")


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_PATH)
def pictures(run: RunFolder, step: int, known: tuple[tuple[str, int], ...]) -> list[tuple[str, bytes, str]]:
    """Key, encoded figure and how to read it, of the evaluations in `known`: a table of so many rows never changes."""
    found: list[tuple[str, go.Figure, str]] = []
    there = dict(known)
    tables = {name: run.evaluation(step, name) if name in there else None for name in measuring.EVALUATIONS}
    measured = {name: pd.DataFrame() if table is None else table for name, table in tables.items()}
    linear, knn, few = measured["linear"], measured["knn"], measured["fewshot"]
    if len(linear):
        figure = evaluation.factors(linear, title="Linear probe: what can be read off h and z?")
        found.append(("linear", figure, evaluation.HOW_TO_READ_FACTORS))
    if len(knn):
        usual = knn[knn["k"] == NEIGHBOURS]
        figure = evaluation.factors(usual, title=f"{EVALUATED.title}: what lies close together?")
        found.append(("knn", figure, f"{evaluation.HOW_TO_READ_FACTORS_KNN} {EVALUATED.meaning}"))
    if len(few):
        found.append(("few", figures.few_shot(few), figures.HOW_TO_READ_FEW))
    if len(knn) and (knn["target"] == "class").any():
        some = knn[(knn["target"] == "class") & (knn["features"] == "h")]
        found.append(("over_k", figures.over_k(some), figures.HOW_TO_READ_NEIGHBOURS))
    others = measured["references"]
    for probe, name in (("linear", "Linear probe"), ("knn", EVALUATED.title)):
        if len(others) and (others["probe"] == probe).any():
            figure = figures.references(others[others["probe"] == probe], title=f"{name}: beside other encoders")
            found.append((f"others_{probe}", figure, figures.HOW_TO_READ_REFERENCES))
    return [(key, stamped(figure, run, step), how_to_read) for key, figure, how_to_read in found]


def buttons(run: RunFolder, step: int, tables: dict[str, pd.DataFrame | None]) -> None:
    """What has not been measured can be asked for; recorded examples are only read."""
    missing = [name for name, table in tables.items() if table is None or measuring.notes(table)]
    busy, references = measuring.is_busy(run), tables["references"]
    if missing or busy:
        measuring.progress(run, step)
    for note in [] if references is None or busy else measuring.notes(references):
        st.warning(in_markdown(note, SENTENCE), icon=":material/cloud_off:")
    if missing and server.is_ours(run) and not busy:
        with st.container(horizontal=True, vertical_alignment="center"):
            usual = tuple(name for name in missing if name not in measuring.BY_NAME)
            if usual:
                st.button("Measure everything", type="primary", on_click=measuring.ask, args=(run.id, step, usual))
            for name in missing:
                title, _, time_needed = measuring.EVALUATIONS[name]
                st.button(
                    f"{title} ({time_needed})",
                    key=f"ask_{name}",
                    help=measuring.BY_NAME.get(name),
                    on_click=measuring.ask,
                    args=(run.id, step, (name,)),
                )


def overview(tables: dict[str, pd.DataFrame | None], tested: int | None) -> None:
    """One line per evaluation: the score for the class beside its references, and what was frozen. tested: on how many
    pictures.
    """
    rows = []
    others = tables["references"]
    for name, table in tables.items():
        if table is None or not len(table) or name == "references":
            continue
        title, frozen, _ = measuring.EVALUATIONS[name]
        scores = {encoder: score_of(table, encoder) for encoder in ("trained", "random", "pixels", "scratch")}
        if others is not None and len(others) and (others["probe"] == name).any():
            some = others[others["probe"] == name].dropna(axis="columns", how="all")  # a linear probe has no k
            scores |= {encoder: score_of(some, encoder) for encoder in ("pixels", REFERENCE, "resnet18", "dinov2")}
        if name == "fewshot":
            title += f", {table['labels'].max():.0f} per class"
        scores |= {column: score_of(table, "trained", column) for column in ("balanced", "chance")}
        rows.append({"evaluation": title, "what is frozen": frozen, **scores})
    if rows:
        counted = [table for name, table in tables.items() if name in COUNTED and table is not None and len(table)]
        if few := doubt(tested, *(score_of(table, "trained") for table in counted)):
            st.markdown(f":orange-badge[{few}]", help="a 95 % interval: how far such a score may be off by chance")
        names = {"trained": "this run", "random": "random weights", "pixels": "raw pixels", "scratch": "from scratch"}
        names |= {REFERENCE: REFERENCE, "resnet18": "ResNet-18", "dinov2": "DINOv2"}
        names |= {"balanced": "this run, balanced", "chance": "chance"}
        table = pd.DataFrame(rows).dropna(axis="columns", how="all").rename(columns=names)
        shown = [name for name in names.values() if name in table]
        table[shown] = table[shown].map(lambda score: "" if pd.isna(score) else f"{score:.1%}")
        balanced = st.column_config.Column(help="The mean over the classes: each counts as much, however many pictures")
        chance = st.column_config.Column(help="What always giving the most frequent answer would score")
        columns = {names["balanced"]: balanced, names["chance"]: chance}
        st.dataframe(table, hide_index=True, width="stretch", column_config=columns)


def score_of(table: pd.DataFrame, encoder: str, column: str = "score") -> float | None:
    """The one number that stands for an evaluation: of h, for the class; k = 20, most labels (mean over the draws), or
    the best head. None where it was not measured.
    """
    if column not in table:
        return None
    some = table[(table["encoder"] == encoder) & table["target"].isin(["class", "figure"])]
    if "features" in some:
        some = some.loc[some["features"] == "h"]
    if "k" in some:
        some = some.loc[some["k"] == NEIGHBOURS]
    if "labels" in some and len(some):
        some = some.loc[some["labels"] == some["labels"].max()]
    if not len(some):
        return None
    return float(some[column].max() if "head" in some else some[column].mean())
