"""The numbers of several runs together: curves over a common axis, scores by every evaluation, where they differ."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from sslviz.figures.compare import Line, smooth
from sslviz.measures.scores import EVALUATED, FINAL, LIVE
from sslviz.training.probes import NEIGHBOURS
from sslviz.views.controls.measuring import EVALUATIONS
from sslviz.views.controls.runs_here import AXES, Shown, family
from sslviz.views.method.curves import MOST_POINTS, chance
from sslviz.views.plot import recorded

GRID = 200  # places at which the curves of several seeds are averaged
FIRST = ("knn", "loss", "knn_hue")  # of the metrics
SHARES = ("knn", "accuracy")  # metrics whose names begin or end so are shares of 1
SHOTS = (1, 10, 50)


def metrics_of(runs: list[Shown]) -> list[str]:
    """Everything that was recorded over time by one of them, the score first."""
    names = {str(c) for each in runs for c in each.history.columns if each.history[c].notna().any()}
    return [n for n in FIRST if n in names] + sorted(names - {*AXES, *FIRST, "live_pictures"})


def curve(each: Shown, metric: str, axis: str) -> tuple[np.ndarray, np.ndarray]:
    if metric not in each.history:
        return np.empty(0), np.empty(0)
    rows = each.history[list(dict.fromkeys((axis, metric)))].dropna()
    rows = rows.iloc[:: max(1, len(rows) // MOST_POINTS)]
    return rows[axis].to_numpy(dtype=float), rows[metric].to_numpy(dtype=float)


def lines(runs: list[Shown], metric: str, axis: str, *, smoothing: float = 0.0, seeds: bool = False) -> list[Line]:
    """One line per run; with `seeds`, one per group of runs that differ in nothing but their seed: mean ± std."""
    groups = grouped(runs) if seeds else [[each] for each in runs]
    return [line for group in groups if (line := _line(group, metric, axis, smoothing)) is not None]


def grouped(runs: list[Shown]) -> list[list[Shown]]:
    found: dict[str, list[Shown]] = {}
    for each in runs:
        found.setdefault(family(each.run), []).append(each)
    return list(found.values())


def _line(group: list[Shown], metric: str, axis: str, smoothing: float) -> Line | None:
    known = [(x, y) for each in group if len((found := curve(each, metric, axis))[0]) for x, y in [found]]
    if not known:
        return None
    first = group[0]
    if len(known) == 1:
        x, y = known[0]
        raw = y if smoothing > 0 else None
        return Line(first.name, x, smooth(y, smoothing), first.number, raw=raw)
    start, end = max(x.min() for x, _ in known), min(x.max() for x, _ in known)
    x = np.linspace(start, end, GRID)
    each_y = np.stack([np.interp(x, at, smooth(y, smoothing)) for at, y in known])
    mean, std = each_y.mean(0), each_y.std(0, ddof=1)
    return Line(f"{first.name}: {len(known)} seeds", x, mean, first.number, low=mean - std, high=mean + std)


def references(runs: list[Shown], metric: str) -> dict[str, float]:
    """What a live k-NN must be compared with: the untrained network, of each kind, and chance."""
    if metric != "knn":
        return {}
    found: dict[str, float] = {}
    for each in runs:
        if each.status.knn_random_init is not None:
            found.setdefault(f"random {each.run.settings().encoder}", each.status.knn_random_init)
    levels = {tuple(chance(each.run).items()) for each in runs if recorded.probe(each.run) is not None}
    return found | (dict(levels.pop()) if len(levels) == 1 else {})


def is_share(metric: str) -> bool:
    return metric.startswith(SHARES) or metric.endswith(SHARES)


def long(runs: list[Shown], metrics: list[str]) -> pd.DataFrame:
    """The curves as recorded: run, name, step, images, seconds, and the metrics."""
    tables = []
    for each in runs:
        wanted = ["step", *(axis for axis in AXES if axis != "step"), *(m for m in metrics if m in each.history)]
        table = each.history[wanted].dropna(subset=[m for m in metrics if m in each.history], how="all")
        tables.append(table.assign(run=each.run.id, name=each.name))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def scores(runs: list[Shown]) -> pd.DataFrame:
    """Runs x evaluations, shares of 1, NaN where it was not measured; columns known of two runs first."""
    table = pd.DataFrame({each.name: dict(_scores(each)) for each in runs}).T
    return table.reindex(index=[each.name for each in runs]).astype(float).dropna(axis="columns", how="all")


def _scores(each: Shown) -> Iterator[tuple[str, float | None]]:
    yield LIVE.name, each.status.knn
    yield FINAL.name, each.status.exam
    yield "linear probe, at the end", each.status.linear
    for name in EVALUATIONS:
        steps = each.run.evaluation_steps(name)
        table = each.run.evaluation(steps[-1], name) if steps else None
        if table is not None and {"encoder", "score", "target"} <= set(table.columns):
            yield from _evaluated(name, table[table["encoder"] == "trained"])


def _evaluated(name: str, table: pd.DataFrame) -> Iterator[tuple[str, float]]:
    """The rows that say one thing about a run each: of h, at the usual k; the mean over the draws; the best head."""
    if "features" in table:
        table = table[table["features"].isna() | (table["features"] == "h")]
    if name == "knn" and "k" in table:
        table = table[table["k"] == NEIGHBOURS]
    if name == "fewshot":
        for shots in SHOTS:
            of = table[table["labels"] == shots]["score"] if "labels" in table else table["score"][:0]
            if len(of):
                yield f"few-shot, {shots} a class", float(of.mean())
        return
    for target, rows in table.groupby("target"):
        best = rows["score"].max() if name == "attention" else rows["score"].mean()
        word = {"knn": EVALUATED.name, "linear": "linear probe", "finetune": "fine-tuned"}.get(name, name)
        yield f"{word}, {target}", float(best)


def noise(runs: list[Shown]) -> float:
    """The difference of two scores that chance alone makes in one of twenty cases: 2 standard errors at 50 %, with so
    many test pictures. (That both runs see the same pictures makes it smaller: this is on the careful side.)
    """
    counts = [len(p.labels) for each in runs if (p := recorded.probe(each.run)) is not None and p.labels is not None]
    return 2 * float(np.sqrt(2 * 0.25 / min(counts))) if counts else 0.0


def flips(table: pd.DataFrame, least: float) -> list[tuple[str, str, str, str]]:
    """(ahead, behind, by, but not by): two runs that two evaluations order differently, each by at least `least`."""
    found = []
    score, runs, names = table.to_numpy(dtype=float), list(table.index), list(table.columns)
    for a, b in combinations(range(len(names)), 2):
        for one, other in combinations(range(len(runs)), 2):
            first, second = (score[one] - score[other])[[a, b]]
            if min(abs(first), abs(second)) >= least and first * second < 0:
                ahead, behind = (one, other) if first > 0 else (other, one)
                found.append((runs[ahead], runs[behind], names[a], names[b]))
    return found
