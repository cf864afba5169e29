"""How a run went on, read off its folder: the knobs that were turned while it trained, the arithmetic it chose."""

import contextlib
from typing import Any

from sslviz.runs.folder import RunFolder

PRECISIONS = ("float32", "bfloat16", "float16")  # names of torch; whatever else a file says is not believed


def turned(run: RunFolder) -> dict[int, dict[str, Any]]:
    """step -> the knobs that were turned just before it. What was turned after the moment from which the run was
    resumed has been forgotten by the run, too. Only knobs that exist, with values that they take.
    """
    settings = run.settings()
    changes: list[tuple[int, str, Any]] = []
    for event in run.events():
        step = event["step"]
        if event["kind"] == "set":
            with contextlib.suppress(ValueError):
                name = event["name"]
                changes.append((step, name, settings.change(**{name: event["value"]}).values()[name]))
        elif event["kind"] == "resume":
            kept = run.weights(step)
            now = kept[1].get("values") if kept else None
            now = now if isinstance(now, dict) else {}
            changes = [
                (at, name, value)
                for at, name, value in changes
                if at <= step or (at == step + 1 and now.get(name, value) == value)
            ]
    found: dict[int, dict[str, Any]] = {}
    for step, name, value in sorted(changes, key=lambda change: change[0]):
        found.setdefault(step, {})[name] = value
    return found


def elapsed(run: RunFolder) -> dict[int, float]:
    """step -> the share of the run's seconds that was over just before it, at each step at which it was another one.
    Empty for a run that ended at a step, and for what was trained before schedules followed the clock.
    """
    metrics = run.metrics()
    known = metrics[["step", "elapsed"]].dropna() if "elapsed" in metrics else metrics.iloc[:0]
    found, before = {}, 0.0
    for step, share in known.itertuples(index=False):
        if share != before and 0 <= share <= 1:
            found[int(step)] = before = float(share)
    return found


def arithmetic(run: RunFolder) -> tuple[str, bool | None]:
    """The name of the encoder's precision, and whether pictures lay in memory with the channels last; None: nobody
    wrote it down.
    """
    settings, kept = run.settings(), run.weights_steps()
    about = next((found[1] for found in map(run.weights, [*kept[-1:], *kept[:1]]) if found), {})
    asked = settings.training.precision
    said = (about.get("precision"), asked, run.status().precision)
    fixed = True if asked != "auto" and settings.parent is None else None  # see Trainer.choose_precision
    last = about.get("channels_last", fixed)
    return next((each for each in said if each in PRECISIONS), "float32"), None if last is None else bool(last)
