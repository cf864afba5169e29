"""One clock for all runs: at the chosen moment, what each of them makes of the same pictures, side by side."""

from typing import Any

import numpy as np
import streamlit as st

from sslviz.figures import compare as figures
from sslviz.figures import map as maps
from sslviz.figures import matrix as matrices
from sslviz.figures import style
from sslviz.runs.folder import RunFolder
from sslviz.views import panel, panels, picked, recorded, similarity, worksheet
from sslviz.views.compare_runs import Shown
from sslviz.views.map import CYCLIC, LAYOUTS
from sslviz.views.moment import last_embedding, moment
from sslviz.views.plot import image_url, plot
from sslviz.views.recorded import load, stamped

PER_CLASS, MOST_PICTURES = 4, 40  # pictures in the matrix of likeness
POINTS = 600  # on each map, of 2,000: six maps of all would keep a browser busy for seconds
VIEWS = 8  # pictures in the matrix of views
HEIGHT = 340
UNITS = {"seconds": "seconds", "images": "images", "step": "steps"}
PICTURES = ("own", "likeness")
HOW_TO_READ_OWN = (
    "Cosine similarity of the views, from −1 (dark blue) to 1 (yellow): the two views of a picture (outlined) should "
    "be alike, all others not; dotted: another picture of the same class."
)
HELP = "own: the similarity of the views, or what the method shows instead; likeness: of h of the same test pictures"


def slider(runs: list[Shown], axis: str) -> float:
    """The moment, in units of the axis: the same seconds, images or steps for every run."""
    longest = max((each.end(axis) for each in runs), default=0.0)
    label = f"Moment (% of the longest run, which has {longest:,.0f} {UNITS[axis]})"
    amount = worksheet.number(label, "moment", 100.0, 0.0, 100.0, step=0.5) / 100 * longest
    st.markdown(f"After **{amount:,.0f} {UNITS[axis]}** of each run")
    return amount


def show(runs: list[Shown], axis: str, amount: float) -> None:
    """Matrix and map of each run at its last recorded moment before it had spent `amount`."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = worksheet.choice("Picture", "picture", PICTURES, "own", help=HELP)
        kind = worksheet.choice("Map", "map", list(LAYOUTS), "umap")
        color = color_of(runs)
    across = len(runs) if len(runs) <= 4 else 3
    with st.container(key="side"):
        for start in range(0, len(runs), across):
            for column, each in zip(st.columns(across, gap="small"), runs[start : start + across], strict=False):
                with column:
                    one(each, axis, amount, which, kind, color)
    classes = next((p.classes for each in runs if (p := recorded.probe(each.path)) is not None), ())
    if color == "class" and classes:
        plot(class_legend(classes), key="classes", alt="Colours and symbols of the classes")
    picked.grids([(each.path, image_key(each)) for each in runs], POINTS)
    if which == "own":
        for each in runs:
            instead(each, axis, amount)
    how = figures.HOW_TO_READ_LIKENESS if which == "likeness" else HOW_TO_READ_OWN
    st.caption(
        f"{how} {maps.HOW_TO_READ} Every map shows the same {POINTS} test pictures. Maps and h are recorded now "
        "and then: each title names its step."
    )


def color_of(runs: list[Shown]) -> str | None:
    """Class or a factor that the pictures of every run have."""
    probes = [found for each in runs if (found := recorded.probe(each.path)) is not None]
    names = [
        name
        for name in (
            "class",
            *dict.fromkeys(factor for probe in probes for factor in probe.factors if factor != "shape"),
        )
        if all(probe.labels is not None if name == "class" else name in probe.factors for probe in probes)
    ]
    if not probes or not names:
        return None
    worksheet.check("colour", lambda text: text in names, names[0])
    return st.selectbox("Colour", names, key="colour", bind="query-params", width=200)


def one(each: Shown, axis: str, amount: float, which: str, kind: str, color: str | None) -> None:
    """The pictures of one run."""
    step = each.step_at(axis, amount)
    st.markdown(f"**{each.name}**")
    if step is None:
        st.info("Nothing recorded yet.", icon=":material/hourglass_empty:")
        return
    st.caption(moment_in_words(each, step, axis, amount))
    matrix(each, step, which)
    laid_out = at(each.run, kind, step)
    probe = recorded.probe(each.path)
    if laid_out is None or probe is None:
        st.info(f"No {LAYOUTS[kind]} of this run by then.", icon=":material/map:")
        return
    tiles = image_url(probe.sheet, key=image_key(each))
    picture = small_map(each.path, laid_out, kind, color, tiles)
    plot(picture, key=f"map_{each.number}", height=HEIGHT, alt=f"{LAYOUTS[kind]} map of {each.name}")


def image_key(each: Shown) -> str:
    """The name under which the test pictures of a run are served."""
    return f"probe_{each.number}"


def moment_in_words(each: Shown, step: int, axis: str, amount: float) -> str:
    """Three short lines, so that what is below them stands at one height for all runs."""
    now = each.row(step)
    score = f"**k-NN {now['knn']:.1%}**" if "knn" in now else "k-NN not measured yet"
    ended = ", ended" if not each.status.at_work and each.end(axis) < 0.95 * amount else ""
    return f"step {step:,}{ended}  \n{now.get('images', 0):,.0f} images, {now.get('seconds', 0):,.0f} s  \n{score}"


def matrix(each: Shown, step: int, which: str) -> None:
    """The similarity of the views, or what the method shows instead; or the likeness of the same pictures' h."""
    key, snapshot = f"picture_{each.number}", load(each.path, step)
    if snapshot is None:
        st.info("This moment cannot be read.")
    elif which == "likeness":
        seen = last_embedding(each.run, step)
        if seen is None:
            st.info("No h of this run was kept by then.", icon=":material/grid_off:")
        else:
            plot(likeness(each.path, seen), key=key, height=HEIGHT, alt=f"Likeness of test pictures, {each.name}")
    elif "similarity" in snapshot.exhibits and snapshot.views is not None:
        tiles = image_url(similarity.view_tiles(each.path, step), key=f"views_{each.number}")
        drawn = small_matrix(each.path, step, tiles)
        plot(drawn, key=key, height=HEIGHT, alt=f"Similarity of the views, {each.name}")
    else:
        st.info("It compares no two views: what it shows instead stands below.", icon=":material/south:")


def instead(each: Shown, axis: str, amount: float) -> None:
    """What a method that compares no two views shows of this moment: it needs the whole width."""
    step = each.step_at(axis, amount)
    found = moment(each.path, step) if step is not None else None
    own = panel.available(found, panels.OWN) if found is not None else []
    if found is not None and "similarity" not in found.snapshot.exhibits and own:
        drawn = panel.picture(each.path, found.snapshot.step, own[0].name, len(found.history), own[0], found)
        plot(drawn, key=f"instead_{each.number}", alt=f"{own[0].name}, {each.name}")
        st.caption(f"**{each.name}, step {step:,}.** {own[0].how_to_read}")


@st.cache_data(max_entries=512, show_spinner=False)
def small_matrix(path: str, step: int, tiles: str) -> bytes:
    """The similarity of the views as everywhere else, with less around it."""
    snapshot = load(path, step)
    assert snapshot is not None
    s = snapshot.exhibits["similarity"].astype(np.float32)
    total = len(s) // 2
    figure = matrices.similarity(
        s,
        images=VIEWS,
        labels=similarity.exhibit_labels(path, total),
        sprite=similarity.view_sprite(tiles, path, total),
        title=f"Views, step {step}",
        height=HEIGHT,
    )
    figure.update_traces(showscale=False)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 40, "b": 4})
    figure.update_xaxes(title_text="view k (a, then b)", showticklabels=False)
    figure.update_yaxes(title_text="view i (a, then b)", showticklabels=False)
    return stamped(figure, path, step)


def cosines(path: str, step: int) -> tuple[np.ndarray, list[str]]:
    """N x N cosines of h of a few pictures of every class, in the order of the classes; and their classes' names."""
    snapshot, probe = load(path, step), recorded.probe(path)
    assert snapshot is not None
    assert snapshot.embedding is not None
    labels = probe.labels if probe is not None else None
    if labels is None or probe is None:
        rows, names = np.arange(min(MOST_PICTURES, len(snapshot.embedding))), []
    else:
        rows = np.concatenate([np.flatnonzero(labels == c)[:PER_CLASS] for c in np.unique(labels)])[:MOST_PICTURES]
        names = [probe.classes[label] if label < len(probe.classes) else f"class {label}" for label in labels[rows]]
    h = snapshot.embedding[rows].astype(np.float32)
    h /= np.maximum(np.linalg.norm(h, axis=1, keepdims=True), 1e-12)
    return h @ h.T, names


@st.cache_data(max_entries=512, show_spinner=False)
def likeness(path: str, step: int) -> bytes:
    found, names = cosines(path, step)
    return stamped(figures.likeness(found, names, title=f"Likeness, step {step}"), path, step)


@st.cache_data(max_entries=512, show_spinner=False)
def small_map(path: str, step: int, kind: str, color: str | None, tiles: str) -> bytes:
    """The map as everywhere else, of fewer pictures, and with less around it: the classes are named once for all."""
    layout, probe = recorded.folder(path).projection(step, kind), recorded.probe(path)
    assert layout is not None
    assert probe is not None
    few = slice(0, POINTS)  # the pictures were drawn at random, so the first are as good as any
    known: dict[str, Any] = {}
    if color == "class" and probe.labels is not None:
        known = {"labels": probe.labels[few], "classes": probe.classes}
    elif color in probe.factors:
        factor = {"factor": probe.factors[color][few], "factor_name": color.replace("_", " ")}
        known = {**factor, "cyclic": color in CYCLIC}
    figure = maps.scatter(
        layout[few],
        **known,
        sprite=style.sprite(tiles, len(layout), tile=probe.tile, columns=probe.columns, kind="point"),
        title=f"{LAYOUTS[kind]}, step {step}",
        axes=(f"{LAYOUTS[kind]} 1 (no unit)", f"{LAYOUTS[kind]} 2 (no unit)"),
        height=HEIGHT,
    )
    figure.update_layout(showlegend=False, margin={"l": 4, "r": 4, "t": 36, "b": 4})
    figure.update_xaxes(constrain="domain")  # square
    figure.update_traces(marker_size=6)
    figure.update_layout(meta={**figure.layout.meta, "link": picked.group(probe)})
    return stamped(figure, path, step)


@st.cache_data(max_entries=8, show_spinner=False)
def class_legend(classes: tuple[str, ...]) -> bytes:
    return bytes(figures.legend(classes).to_json(), "utf-8")


def at(run: RunFolder, kind: str, step: int) -> int | None:
    """The step of the layout nearest before `step`."""
    return max((each for each in run.projection_steps(kind) if each <= step), default=None)


def numbers(each: Shown, axis: str, amount: float, kind: str) -> dict[str, Any]:
    """What is seen of one run at this moment, as plain numbers."""
    step = each.step_at(axis, amount)
    if step is None:
        return {}
    found: dict[str, Any] = {"step": step, "known": each.row(step)}
    snapshot, laid_out, seen = load(each.path, step), at(each.run, kind, step), last_embedding(each.run, step)
    if seen is not None:
        likely, names = cosines(each.path, seen)
        found |= {"likeness_step": seen, "likeness": likely.round(4).tolist(), "likeness_classes": names}
    if snapshot is not None and "similarity" in snapshot.exhibits:
        found["similarity_of_views"] = snapshot.exhibits["similarity"].astype(float).round(4).tolist()
    layout = each.run.projection(laid_out, kind) if laid_out is not None else None
    if layout is not None:
        found |= {"map": kind, "map_step": laid_out, "map_positions": layout.astype(float).round(4).tolist()}
    return found
