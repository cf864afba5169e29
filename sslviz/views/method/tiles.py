"""What may stand on the stage of a method's page: each picture as a tile, by the name that cards call it."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from sslviz.figures import curves as curve_figures
from sslviz.figures import map as map_figures
from sslviz.figures import matrix, softmax
from sslviz.lessons import card_of
from sslviz.measures.scores import FINAL, LIVE
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.views.method import curves, panel, panels, similarity, state
from sslviz.views.method import map as run_map
from sslviz.views.method.moment import Moment
from sslviz.views.method.stage import Tile
from sslviz.views.plot import recorded
from sslviz.views.plot.plot import plot

CURVES = ("loss", "score", "curves")  # which need no recorded moment
PANELS = {each.name: each for each in panels.OWN + panels.HEALTH}
LONG = {
    "similarity": f"{matrix.HOW_TO_READ} Click a cell to choose the row of the softmax.",
    "softmax": softmax.HOW_TO_READ,
    "map": f"{map_figures.HOW_TO_READ} Draw a loop around points, or click one, to see their pictures below.",
    "loss": f"{curve_figures.HOW_TO_READ} A loss can fall while nothing is learnt: believe the score.",
    "score": f"{curve_figures.HOW_TO_READ} {LIVE.meaning} {FINAL.meaning}",
}
LONG["curves"] = f"{LONG['loss']} {LIVE.meaning} {FINAL.meaning}"
SHORT = {
    "views": "Random views of each picture: a above, b below.",
    "similarity": "Framed pairs should turn yellow: alike.",
    "softmax": "Orange, the positive, should take it all.",
    "map": "Near: alike to the network.",
    "loss": "It can fall while nothing is learnt.",
    "score": "Believe this rather than the loss.",
    "curves": "The loss may fall for nothing: believe the score.",
    "reconstruction": "Compare the second row with the third where the first is grey.",
    "attention": "Yellow: where the class token looks.",
    "rotation": "Framed: wrong. Enlarged: how sure it was.",
    "angles": "Right answers lie on the diagonal.",
    "jigsaw": "Shuffled, as the network restores it, and the truth; framed: wrong place.",
    "colorization": "The network sees only the grey picture. Compare its colours with the truth.",
    "classes": "Yellow: sure of it; framed: the true class.",
    "queue": "Solid: mean, dotted: nearest. Level is good.",
    "usage": "Near the dashed line: all used alike.",
    "assignments": "Rows a and b of a picture should agree.",
    "entropy": "Apart: healthy. On one wall: collapse.",
    "outputs": "Near the dashed line: all used alike.",
    "gap": "Both at 1 may be a collapse.",
    "distance": "0: the student says what the teacher says.",
    "output_std": "Near 1/√d: spread out. 0: collapse.",
    "room": "Both high: pictures apart, views agreed.",
    "correlation": "Wanted: a diagonal of ones, zeros elsewhere.",
    "spectrum": "Near the dashed line: every dimension is used.",
}


@dataclass(frozen=True)
class Now:
    """What is shown: a run at its newest moment (None before there is one); at rest, the clock moves it from there.

    rests: the step at which the clock rests.
    """

    run: RunFolder
    status: Status
    found: Moment | None
    clocked: bool
    rests: int


def rows(now: Now) -> list[list[Tile]]:
    """The stage as the method's card has it, without what this run has not recorded."""
    wanted = card_of(now.run.settings().method).stage
    return [row for names in wanted if (row := [found for name in names if (found := tile(now, name)) is not None])]


def rest(now: Now) -> list[panel.Panel]:
    """The method's own pictures for which the stage has no room."""
    staged = {name for row in card_of(now.run.settings().method).stage for name in row}
    own = panel.available(now.found, panels.OWN) if now.found is not None else []
    return [each for each in own if each.name not in staged]


def tile(now: Now, name: str) -> Tile | None:
    """None for what was not recorded. Before the first moment the place is kept free."""
    wide = name in PANELS and PANELS[name].wide
    share = 2 if wide and name != "attention" else 1
    one = Tile(name, SHORT.get(name, ""), _waits, LONG.get(name, ""), share)
    if name in CURVES:
        words = "" if name == "loss" else said(now)
        return replace(one, how=words or one.how, draw=lambda _: DRAWN[name](now))
    if now.found is None:
        return one
    if name in PANELS:
        return of_panel(one, PANELS[name], now.found)
    return OTHERS[name](one, now, now.found)


def _waits(_: Any) -> None:
    st.caption("The first picture comes in a moment.")


def of_panel(one: Tile, each: panel.Panel, found: Moment) -> Tile | None:
    if not panel.available(found, [each]):
        return None
    return replace(one, words=each.how_to_read, draw=lambda _: panel.draw(each, found, "fill"))


def loss(now: Now) -> None:
    drawn = curves.loss_curve(now.run, now.status.step, len(now.run.events()), now.clocked)
    plot(drawn, key="loss", height="fill", alt="Loss over training steps")


def score(now: Now) -> None:
    drawn = curves.score_curve(now.run, now.status.step, now.status.heartbeat, now.clocked)
    plot(drawn, key="score", height="fill", alt=f"{LIVE.title} over training steps")


def both(now: Now) -> None:
    drawn = curves.both_curves(now.run, now.status.step, now.status.heartbeat, len(now.run.events()), now.clocked)
    plot(drawn, key="curves", height="fill", alt=f"Loss, and {LIVE.title}, over training steps")


def said(now: Now) -> str:
    """When the next score comes; at rest, what the run was worth in the end."""
    return next_score(now.status, time.time()) if now.status.at_work else state.scores(now.run)


def next_score(status: Status, now: float) -> str:
    """When the live score comes that is not there yet. now: Unix time."""
    if status.state == "paused":
        return "Paused: the next score comes with the next step."
    if status.next_score is None:
        return "The first score is measured before the first step." if status.knn is None else ""
    left = max(0, math.ceil(status.heartbeat + status.next_score - now))
    return f"Next score in {left} s." if left else "Next score: now."


def views(one: Tile, now: Now, found: Moment) -> Tile | None:
    if found.snapshot.views is None or "similarity" not in found.snapshot.exhibits:
        return None
    number = len(found.snapshot.views)
    more = f"{number} random views of each picture; the matrix compares the first two." if number > 2 else one.how
    return replace(one, how=more, draw=lambda _: similarity.draw_views(now.run, now.rests))


def matrix_of_views(one: Tile, now: Now, found: Moment) -> Tile | None:
    if "similarity" not in found.snapshot.exhibits:
        return None
    draw = similarity.draw_matrix
    return replace(
        one, choose=similarity.choose, draw=lambda choice: draw(now.run, found.snapshot, choice, now.clocked)
    )


def row_of_it(one: Tile, now: Now, found: Moment) -> Tile | None:
    temperature = similarity.temperature_of(now.run)
    if temperature is None or "similarity" not in found.snapshot.exhibits:
        return None
    return replace(one, draw=lambda _: similarity.draw_softmax(now.run, found.snapshot, temperature, now.clocked))


def map_of_pictures(one: Tile, now: Now, found: Moment) -> Tile | None:
    run, step = now.run, found.snapshot.step
    if recorded.probe(run) is None:
        return None
    return replace(
        one,
        choose=lambda: run_map.choose(run),
        draw=lambda choice: run_map.draw(run, step, choice, now.clocked, now.rests),
    )


DRAWN: dict[str, Callable[[Now], None]] = {"loss": loss, "score": score, "curves": both}
OTHERS: dict[str, Callable[[Tile, Now, Moment], Tile | None]] = {
    "views": views,
    "similarity": matrix_of_views,
    "softmax": row_of_it,
    "map": map_of_pictures,
}
