"""What the commands say of a run: `python -m sslviz list`, and the lines that all of them print."""

import argparse
import json
import sys
from typing import Any

from tqdm import tqdm

from sslviz.measures.interval import doubt
from sslviz.measures.scores import FINAL, LIVE
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.shelf import list_runs, unreadable_runs

OF_STATUS = ["state", "step", "images", "seconds", "images_per_second", "loss", "knn", "knn_random_init"]
OF_STATUS += ["device", "precision", "reason"]


def show(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    folders = list_runs(options.runs)
    rows = [summary(folder) for folder in folders]
    say_remarks(*folders)
    for name, reason in unreadable_runs(options.runs).items():
        print(f"{name} cannot be read by this version: {reason}", file=sys.stderr)
    if options.json:
        print(json.dumps(rows))
    for row in [] if options.json else rows:
        which, value = (FINAL, row["final"]) if row["final"] is not None else (LIVE, row["live"])
        few = doubt(row["tested"], value)
        score = "" if value is None else f"{which.name} {value:.1%}{few and f' ({few})'}"
        print(f"{row['run']:34} {row['state']:12} {row['method']:14} {row['data']:20} step {row['step']:<7} {score}")
    return 0


def asked_for(options: argparse.Namespace, parser: argparse.ArgumentParser) -> RunFolder:
    """The run that was named, or the end of the command with a sentence."""
    folder = RunFolder(options.runs / options.run)  # an absolute path stands for itself
    if not folder.exists:
        parser.error(f"there is no run {options.run!r} in {options.runs}")
    if reason := folder.unreadable():
        parser.error(f"{options.run!r} cannot be read by this version: {reason}")
    say_remarks(folder)
    return folder


def say_remarks(*folders: RunFolder) -> None:
    """What another version recorded otherwise: a line each, beside the results."""
    for folder in folders:
        for remark in folder.remarks():
            print(f"{folder.id}: {remark}", file=sys.stderr)


class Told:
    """Says what was understood of the pictures, where there is something to say: once for all runs that share them."""

    def __init__(self) -> None:
        self.done = False

    def once(self, *folders: RunFolder) -> None:
        if self.done:
            return
        self.done = True
        for remark in filter(None, dict.fromkeys(folder.remark() for folder in folders)):
            tqdm.write(remark, file=sys.stderr)
        for found in dict.fromkeys(folder.contents() for folder in folders):
            if found is not None and found.notes:
                tqdm.write("\n".join([f"{found.name}: {found.summary}", *found.notes]), file=sys.stderr)


def describe(status: Status, folder: RunFolder | None = None) -> str:
    """loss 4.31, final k-NN 54.1 % (random 17.3 %), 2400 images/s; the live one as long as there is no final one.
    folder: knows on how many pictures it was measured, which is said where these are few.
    """
    parts = [] if status.loss is None else [f"loss {status.loss:.3f}"]
    final = (FINAL, status.exam, status.exam_random_init)
    which, score, start = final if status.exam is not None else (LIVE, status.knn, status.knn_random_init)
    if score is not None and start is not None:
        few = doubt(folder.tested(live=which is LIVE), score) if folder is not None else ""
        parts.append(f"{which.name} {score:.1%} (random {start:.1%}{few and '; ' + few})")
    return ", ".join([*parts, f"{status.images_per_second:.0f} images/s"])


def summary(folder: RunFolder, ended: Status | None = None) -> dict[str, Any]:
    """One run as one flat object. `live` and `final` are the live and the final k-NN (measures/scores.py); `knn` is the
    final one if there is one, else the live one. `scores` are those of the last look at it. ended: how it has just
    ended, which a full disk may not have taken.
    """
    settings, status = folder.settings(), ended or folder.status()
    steps = folder.snapshot_steps()
    last = folder.snapshot(steps[-1]) if steps else None
    exam = {} if status.exam is None else {"knn": status.exam, "knn_random_init": status.exam_random_init}
    return {
        "run": folder.id,
        "method": settings.method,
        "data": settings.data,
        "seed": settings.seed,
        **{name: value for name, value in status.model_dump().items() if name in OF_STATUS},
        **exam,
        "live": status.knn,
        "live_random_init": status.knn_random_init,
        "final": status.exam,
        "final_random_init": status.exam_random_init,
        "linear": status.linear,
        "linear_random_init": status.linear_random_init,
        "tested": folder.tested(live=status.exam is None),
        "scores": last.scores if last else {},
    }
