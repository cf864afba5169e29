"""The blackboard page on the slow teacher: the lecture's example as a table, and a teacher that trails its student."""

import numpy as np
import pandas as pd
import streamlit as st

from sslviz.exhibits.ema import figures, maths
from sslviz.views import address
from sslviz.views.notches import MOMENTA, notched
from sslviz.views.plot.plot import plot

LARGEST = 1e6  # of a weight, either sign
MOST_STEPS = 12  # rows of the table
TEACHERS = ("0", "0.5", "0.9", "0.99", "0.996", "0.999", "1")
SHOWN = ("0.9", "0.99", "1")
CONSTANT, RISING = "constant m", "m rises to 1"


def show() -> None:
    with st.container(key="heading"):
        heading()
        example()
        trailing()


def heading() -> None:
    left, right = st.columns([1.2, 1], gap="medium", vertical_alignment="center")
    left.header("The slow teacher (EMA)", anchor=False)
    left.markdown(
        "BYOL, MoCo and DINO learn from a **teacher that is not trained**: it is the moving average of its student. "
        "**m = 0**: there is no teacher, the student chases itself. **m = 1**: the teacher never moves, it stays the "
        "random network of the first step. Between the two is a target that is steady and still improves."
    )
    right.latex(r"\xi_t = m\,\xi_{t-1} + (1 - m)\,\theta_t \qquad t_{1/2} = \frac{\ln \tfrac12}{\ln m}")


def example() -> None:
    """The worked example: the student's weights can be edited, the teacher follows, every line with its numbers."""
    left, right = st.columns([1, 1.1], gap="medium")
    with left:
        momentum = notched("Momentum m", "m", MOMENTA, f"{maths.EXAMPLE_MOMENTUM:g}")
        student = edited()
    with right:
        figure = figures.plane(student, maths.teacher(student, momentum))
        plot(figure, key="plane", alt="Student and teacher in the plane of two weights")
        st.caption(figures.HOW_TO_READ_PLANE)
    st.latex(maths.formulae(student, momentum))  # the whole width: its lines are long
    address.export("ema", maths.table(student, momentum), f"\\[\n{maths.formulae(student, momentum)}\n\\]\n")


def edited() -> np.ndarray:
    """θ_0, θ_1 …, T+1 x 2: from the URL (`theta=10,2,12,3`) into the table, and from the table back into the URL."""
    if "theta_table" not in st.session_state or "_theta" not in st.session_state:
        flat = address.numbers("theta", sum(maths.EXAMPLE, ()), -LARGEST, LARGEST, most=2 * MOST_STEPS)
        if len(flat) % 2 or len(flat) < 4:
            address.note("theta", st.query_params.get("theta", ""), "the example")
            flat = list(sum(maths.EXAMPLE, ()))
        st.session_state["_theta"] = pd.DataFrame(
            np.reshape(flat, (-1, 2)), columns=["θ first weight", "θ second weight"]
        )
    weight = st.column_config.NumberColumn(min_value=-LARGEST, max_value=LARGEST, required=True, format="%.6g")
    table = st.data_editor(
        st.session_state["_theta"],
        key="theta_table",
        num_rows="dynamic",
        column_config=dict.fromkeys(["θ first weight", "θ second weight"], weight),
        width="stretch",
        hide_index=False,
        alt="The student's two weights at each step; can be edited",
    )
    student = sensible(table)
    if student is None:
        st.warning(f"A start and at least one step are needed: the example is shown. (At most {MOST_STEPS} rows.)")
        student = np.array(maths.EXAMPLE)
    address.remember("theta", student.ravel().tolist())
    return student


def sensible(table: pd.DataFrame) -> np.ndarray | None:
    """The complete rows of the table, as far as they go; None if they are too few."""
    values = table.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    values = values[np.isfinite(values).all(1) & (np.abs(values) <= LARGEST).all(1)][:MOST_STEPS]
    return values if len(values) >= 2 else None


def trailing() -> None:
    """A student on a noisy way, and one teacher for each chosen m."""
    st.subheader("A student that moves, teachers that follow", anchor=False)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        chosen = several()
        with st.container(width="content"):
            schedule = address.choice(
                *("Schedule", "schedule", [CONSTANT, RISING], CONSTANT),
                help="BYOL and DINO let m rise along a cosine.",
                idle="" if chosen else "Choose a teacher first.",
            )
        with st.container(width=150):
            steps = int(address.number("Steps", "steps", 400, 50, 2000))
        with st.container(width=150):
            noise = address.number("Noise per step", "noise", 0.1, 0.0, 0.5, step=0.01)
        with st.container(width=150):
            seed = int(address.number("Seed", "seed", 0, 0, 99, idle="" if noise else "No noise: nothing is random."))
    student = maths.walk(steps, noise, seed)
    plan = {m: maths.rising(float(m), steps) if schedule == RISING else float(m) for m in chosen}
    names = {m: f"m = {m}" + (" → 1" if schedule == RISING else "") for m in chosen}
    figure = figures.trail(student, [(names[m], maths.teacher(student, plan[m])) for m in chosen])
    plot(figure, key="trail", alt="One weight of a student and of its teachers over the steps")
    st.caption(
        figures.HOW_TO_READ + " The student's path is made up, to show lag and smoothing; no network is trained here."
    )
    if schedule == RISING:
        st.latex(r"m_t = 1 - (1 - m_0)\,\tfrac12\left(\cos\frac{\pi t}{T} + 1\right)")
    st.markdown(markdown(maths.facts([float(m) for m in chosen])))
    st.caption(
        "Half-life ln ½ / ln m and memory 1/(1 − m), in steps; behind a student that moves steadily: m/(1 − m) steps; "
        "noise that is left: √((1 − m)/(1 + m)). "
        + ("For a rising m these hold at the start. " if schedule == RISING else "")
        + "Last column: the paper's number, BYOL Table 5a, top-1 on ImageNet; not measured here."
    )
    momenta = [float(m) for m in chosen]
    if momenta:
        address.export("half_life", maths.facts(momenta), maths.half_lives(momenta))


def several() -> list[str]:
    """Which teachers are drawn; any number of them, in the URL as `ms`."""
    unknown = [m for m in st.query_params.get_all("ms") if m not in TEACHERS]
    if unknown and "ms" not in st.session_state:
        address.check("ms", lambda _: False, ", ".join(SHOWN))
    chosen = st.pills(
        "Teachers: m =", TEACHERS, selection_mode="multi", default=list(SHOWN), key="ms", bind="query-params"
    )
    return [m for m in TEACHERS if m in chosen]


def markdown(table: pd.DataFrame) -> str:
    """A small table that is only read."""
    lines = [table.columns.tolist(), ["---:"] * len(table.columns)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in [*lines, *table.to_numpy().tolist()])
