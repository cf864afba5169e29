"""Puts the InfoNCE worksheet on the page: all its numbers are sent at once, and worksheet.js draws and lights them up.

Nothing is asked of the server while somebody points at things; it hears of a changed cell and of a chosen anchor.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sslviz.figures import sheet, style
from sslviz.measures import infonce_views
from sslviz.measures.infonce import InfoNCE, written_exp
from sslviz.views.plot.component import component

_HERE = Path(__file__).parent
_COLORS = {"positive": style.POSITIVE, "negative": style.NEGATIVE, "false-negative": style.FALSE_NEGATIVE}
_COLORS |= {f"class-{i}": color for i, color in enumerate(style.CLASSES)}
_component = component("infonce", _HERE / "worksheet.js", _HERE / "worksheet.css", colors=_COLORS)


@dataclass(frozen=True)
class Example:
    """similarity 2N x 2N; labels N; angles of the views where they are points of a circle; pictures where there are."""

    similarity: np.ndarray
    labels: np.ndarray
    about: str
    angles: np.ndarray | None = None
    views: np.ndarray | None = None


def draw(
    work: InfoNCE,
    example: Example,
    anchor: int,
    same: bool,
    is_edited: bool,
    *,
    key: str,
    edited: Callable[[], None],
    anchored: Callable[[], None],
) -> None:
    """same: mark the false negatives. The callbacks find in st.session_state[key] what the browser has sent:
    `edit`, two codes and a similarity, or `anchor`, a name.
    """
    data = drawing(work, example, anchor, same, is_edited)
    _component(key=key, data=data, on_edit_change=edited, on_anchor_change=anchored)


def drawing(work: InfoNCE, example: Example, anchor: int, same: bool, is_edited: bool) -> dict[str, Any]:
    """Everything that worksheet.js draws. Matrices are lists of rows, one row per anchor, in the order of `work`.

    anchor: a row of `work`.
    """
    n = len(example.labels)
    relation = infonce_views.relations(example.labels)
    relation = relation if same else np.where(relation == "same class", "negative", relation)
    on_circle = None if is_edited else example.angles
    order, cells = work.order, np.ix_(work.order, work.order)
    drawn_at = np.argsort(order)  # where a row stands
    return {
        "names": [work.names[row] for row in order],
        "code": [infonce_views.code(int(row), n) for row in order],
        "needle": None if example.angles is None else short(example.angles),
        "labels": [int(label) for label in np.tile(example.labels, 2)[order]],
        "partner": drawn_at[work.partner[order]].tolist(),
        "relation": relation[cells].tolist(),
        "anchor": int(drawn_at[anchor]),
        "true_circle": on_circle is not None,
        "place": short(infonce_views.positions(work.angle[cells], on_circle)),
        "similarity": short(work.similarity[cells]),
        "angle": short(work.angle[cells]),
        "probability": short(work.probability[cells]),
        "push": short(work.push[cells]),
        "gradient": short(work.gradient[cells]),
        "term": [[written_exp(x) if np.isfinite(x) else "" for x in row] for row in work.logits[cells].tolist()],
        "loss": short(work.loss[order]),
        "entropy": short(work.entropy[order]),
        "effective": short(work.effective[order]),
        "mean_loss": work.mean_loss,
        "ceiling": work.ceiling,
        "tau": work.temperature,
        "sheet": picture_sheet(example.views),
    }


def short(values: np.ndarray) -> Any:
    """Lists of six digits: more cannot be seen, and would have to travel."""
    digits = np.char.mod("%.6g", np.asarray(values, dtype=np.float64))
    return digits.astype(np.float64).tolist()


def picture_sheet(views: np.ndarray | None) -> str:
    """One row of all views as the address of a JPEG, "" without pictures."""
    if views is None:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(sheet.contact_sheet(views, columns=len(views))).decode()
