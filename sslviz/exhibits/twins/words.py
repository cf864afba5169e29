"""What can be said about two runs in a line: their names, in what they differ, and since when their losses do."""

from typing import Any

from sslviz.foreign import in_markdown, path_end
from sslviz.knobs import written
from sslviz.lessons import card_of
from sslviz.methods import METHODS
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import all_knobs
from sslviz.views.plot.recorded import metrics

TEMPERATURES = ("temperature", "teacher_temperature", "student_temperature")
MOST_DIFFERENCES = 6  # that are written out
Pair = tuple[RunFolder, RunFolder]


def names(pair: Pair) -> tuple[str, str]:
    """By what they were started with: the value of the one difference if there is one, else method or side."""
    one, other = (run.settings() for run in pair)
    if one.method != other.method:
        return METHODS[one.method].title, METHODS[other.method].title
    turned = [name for name, value in one.values().items() if other.values()[name] != value]
    if one.seed != other.seed and not turned:
        return f"seed {one.seed}", f"seed {other.seed}"
    if len(turned) != 1 or one.seed != other.seed:
        return "left", "right"
    (name,) = turned
    label = all_knobs(one.method)[name].label
    return f"{label} {written(one.values()[name])}", f"{label} {written(other.values()[name])}"


def twins_of(pair: Pair) -> bool:
    other = twins.partner(pair[0])
    return other is not None and other.id == pair[1].id


def in_words(pair: Pair) -> str:
    """In what they differ, and since when their losses do."""
    one, other = pair
    found = differences(pair)
    parts = [
        f"{name} **{in_markdown(path_end(a, 60))} | {in_markdown(path_end(b, 60))}**"
        for name, a, b in found[:MOST_DIFFERENCES]
    ]
    rest = f" and {len(found) - MOST_DIFFERENCES} more" if len(found) > MOST_DIFFERENCES else ""
    if not twins_of(pair):
        what = f"They differ in {', '.join(parts)}{rest}" if found else "Their settings are the same"
        return f":orange-badge[:material/link_off: not in lock-step] {what}."
    only = "Only difference" if len(found) == 1 else "Differences"
    said = f"{only}: {', '.join(parts)}{rest}." if found else "No difference."
    return f":green-badge[:material/link: twins in lock-step] {said} {agreement(one, other)}"


def differences(pair: Pair) -> list[tuple[str, str, str]]:
    """(name, left, right) of all that is not the same now."""
    one, other = (facts(run) for run in pair)
    every = dict.fromkeys([*one, *other])
    rows = [(name, one.get(name, "–"), other.get(name, "–")) for name in every]
    return [(name.replace("_", " "), written(a), written(b)) for name, a, b in rows if a != b]


def losses_unlike(pair: Pair) -> str:
    """Why the two losses cannot be compared, if they cannot: they are not the same function of the embeddings."""
    one, other = (facts(run) for run in pair)
    if one["method"] != other["method"]:
        return f"The losses of {one['method']} and {other['method']} do not compare: each is another function."
    idle = card_of(pair[0].settings().method).idle  # BYOL: without negatives nothing is divided by a temperature
    counts = [name for name in TEMPERATURES if name in one and (name not in idle or one[idle[name]])]
    turned = [name for name in counts if one[name] != other.get(name)]
    if not turned:
        return ""
    a, b = (written(each[turned[0]]) for each in (one, other))
    return (
        f"**The two losses do not compare**: each divides by its own temperature ({a} | {b}), so the same embeddings "
        "have another loss at the other temperature. Compare the scores."
    )


def facts(run: RunFolder) -> dict[str, Any]:
    settings = run.settings()
    known = {"method": METHODS[settings.method].title, "pictures": settings.data, "seed": settings.seed}
    return {**known, **run.values()}


def agreement(one: RunFolder, other: RunFolder) -> str:
    """Up to which step their losses are the same, bit for bit."""
    if one.settings().method != other.settings().method:
        return ""
    tables = [metrics(run) for run in (one, other)]
    if any("loss" not in table for table in tables):
        return ""
    mine, its = (table[["step", "loss"]].dropna() for table in tables)
    both = mine.merge(its, on="step", suffixes=("", "_other"))
    unlike = both["step"][both["loss"] != both["loss_other"]]
    if not len(both):
        return ""
    if not len(unlike):
        return f"Their losses are the same, bit for bit, at all **{len(both):,}** recorded steps."
    return f"Their losses part at step **{int(unlike.iloc[0]):,}**."
