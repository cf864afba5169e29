"""A teacher that follows its student: two weights in the plane, and one weight over many steps."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sslviz.figures import style

HOW_TO_READ_PLANE = (
    "The student jumps from dot to dot; the teacher, from diamond to diamond, covers the share 1 − m of the way to it."
)
HOW_TO_READ = (
    "The thin line is one weight of the student, each thick line a teacher: the nearer m is to 1, the calmer the "
    "teacher is and the later it follows."
)


def plane(student: np.ndarray, teacher: np.ndarray, *, height: int = 340) -> go.Figure:
    """Student and teacher, T+1 x 2 each, as two paths in the plane of their two weights."""
    paths = [
        ("student θ", student, style.NEGATIVE, "circle", "top center"),
        ("teacher ξ", teacher, style.POSITIVE, "diamond", "bottom center"),
    ]
    traces = [
        go.Scatter(
            x=path[:, 0].astype(np.float32),
            y=path[:, 1].astype(np.float32),
            name=name,
            mode="lines+markers+text",
            line={"color": color, "width": 2.5},
            marker={"size": 11, "symbol": symbol},
            text=[f"{name[-1]}<sub>{t}</sub>" for t in range(len(path))],
            textposition=position,
            textfont={"size": 14, "color": style.INK},
            cliponaxis=False,
            hovertemplate="%{text} = (%{x:.6~g}, %{y:.6~g})<extra></extra>",
        )
        for name, path, color, symbol, position in paths
    ]
    return style.figure(
        *traces,
        title="The example in the plane",
        height=height,
        hovermode="closest",
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 8, "r": 24, "t": 84, "b": 8},
        xaxis={"title": {"text": "first weight (no unit)"}},
        yaxis={"title": {"text": "second weight (no unit)"}},
    )


def trail(student: np.ndarray, teachers: Sequence[tuple[str, np.ndarray]], *, height: int = 380) -> go.Figure:
    """One weight over steps. student: T+1; teachers: name and T+1 each, at most ten."""
    steps = np.arange(len(student), dtype=np.int32)
    traces = [
        go.Scatter(
            x=steps,
            y=student.astype(np.float32),
            name="student θ",
            mode="lines",
            line={"color": style.NEGATIVE, "width": 1},
            hovertemplate="student: %{y:.3f}<br>step %{x}<extra></extra>",
        )
    ]
    dashes = ("solid", "dash", "dashdot", "longdash", "dot")
    for i, (name, values) in enumerate(teachers):
        traces.append(
            go.Scatter(
                x=steps,
                y=values.astype(np.float32),
                name=name,
                mode="lines",
                line={"color": style.CLASSES[i % 10], "width": 3, "dash": dashes[i % 5]},
                hovertemplate=f"{name}: %{{y:.3f}}<br>step %{{x}}<extra></extra>",
            )
        )
    return style.figure(
        *traces,
        title="The teacher trails its student",
        height=height,
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 8, "r": 16, "t": 92, "b": 8},
        xaxis={"title": {"text": "training step"}},
        yaxis={"title": {"text": "one weight (no unit)"}},
    )
