"""The app, and the same runs without a browser.

python -m sslviz [--port 8501]       opens the app on this computer
python -m sslviz train simclr --data shapes --seconds 60 --seed 0 --set temperature=0.1 --runs DIR [--json]
python -m sslviz twin simclr --differ temperature=0.07 --set steps=500 --runs DIR [--json]
python -m sslviz sweep simclr --vary temperature=0.05,0.1,0.2 --vary batch_size=64,256 --seeds 3 --steps 200
python -m sslviz sweep --resume SWEEP
python -m sslviz evaluate RUN --only knn linear [--step 400] --runs DIR [--json]
python -m sslviz export RUN run.zip|run.py|run.ipynb|logdir/ --runs DIR
python -m sslviz import run.zip --runs DIR
python -m sslviz list --runs DIR
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from sslviz.cli import sweep
from sslviz.cli.notes import Told
from sslviz.data import absolute, default_cache
from sslviz.data.dataset import DataError
from sslviz.export.export import FORMS, export
from sslviz.judging.evaluation import EVALUATIONS, USUAL, evaluate
from sslviz.measures.interval import doubt
from sslviz.measures.scores import EVALUATED, FINAL, LIVE
from sslviz.methods import METHODS
from sslviz.place import APP, default_runs
from sslviz.runs import twins
from sslviz.runs.archive import unpack
from sslviz.runs.folder import RunFolder, list_runs, unreadable_runs
from sslviz.runs.records import Status
from sslviz.runs.settings import parse, recommended
from sslviz.training.worker import Wishes, run, run_together


def main(arguments: list[str] | None = None) -> int:
    """Without a command: the app. Exit status: 0 if all went well, 1 if a run failed, 2 for arguments without sense."""
    parser = argparse.ArgumentParser(prog="sslviz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, default=8501, help="of the app")
    commands = parser.add_subparsers(dest="command")
    trainer = commands.add_parser("train", help="train one method and record everything")
    trainer.add_argument("method", choices=METHODS)
    pair = commands.add_parser("twin", help="train two runs in lock-step that differ in one thing")
    pair.add_argument("method", choices=METHODS)
    pair.add_argument(
        "--differ", metavar="KNOB=VALUE", help="what the second has otherwise: a knob, method=NAME, seed=NUMBER"
    )
    for command in (trainer, pair):
        command.add_argument("--data", default="shapes", help="shapes, digits, … or a folder or .zip of pictures")
        command.add_argument("--seed", type=int, default=0)
        command.add_argument(
            "--set", action="append", default=[], metavar="KNOB=VALUE", help="any knob; may be repeated"
        )
    trainer.add_argument("--seconds", type=float, help="stop after so much training")
    sweeper = commands.add_parser(
        "sweep", help="one or two knobs, several values, several seeds; Ctrl-C, then --resume"
    )
    sweep.arguments(sweeper)
    lister = commands.add_parser("list", help="all recorded runs, newest first")
    judge = commands.add_parser(
        "evaluate", help=f"{EVALUATED.name}, linear probe, few-shot, fine-tune: the results stay in the run"
    )
    judge.add_argument("run", help="name of a run, or the path of its folder")
    judge.add_argument("--step", type=int, help="a moment of which the weights were kept; the last unless given")
    judge.add_argument(
        "--only",
        nargs="+",
        choices=EVALUATIONS,
        default=list(USUAL),
        metavar="EVALUATION",
        help=f"of {', '.join(EVALUATIONS)}; the last, which downloads and runs DINOv2's own code, only if named",
    )
    packer = commands.add_parser("export", help="a run to take away: zip, script, notebook, or for TensorBoard")
    packer.add_argument("run", help="name of a run, or the path of its folder")
    packer.add_argument("to", type=Path, help=FORMS)
    unpacker = commands.add_parser("import", help="a run from a .zip")
    unpacker.add_argument("source", type=Path, help="the .zip to read")
    for command in (packer, unpacker):
        command.add_argument("--runs", type=Path, default=default_runs(), help="folder of the runs")
    for command in (trainer, pair, sweeper, judge, lister):
        command.add_argument("--runs", type=Path, default=default_runs(), help="folder of the runs")
        command.add_argument("--json", action="store_true", help="machine-readable output")
    options = parser.parse_args(arguments)
    commands_by_name = {
        None: open_app,
        "train": train,
        "twin": twin,
        "sweep": sweep.swept,
        "evaluate": judged,
        "list": show,
    }
    commands_by_name |= {"export": exported, "import": imported}
    return commands_by_name[options.command](options, parser)


def open_app(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Serves the app to this computer until Ctrl-C."""
    where = ["--server.address", "127.0.0.1", "--server.port", str(options.port)]
    with contextlib.suppress(KeyboardInterrupt):
        return subprocess.call([sys.executable, "-m", "streamlit", "run", str(APP), *where])
    return 0


def train(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    try:
        pictures = absolute(options.data)
        settings = recommended(options.method, pictures, seed=options.seed, seconds=options.seconds)
        for text in options.set:
            settings = settings.change(**parse(text, options.method))
    except ValueError as error:
        parser.error(str(error))
    folder = RunFolder.create(options.runs, settings)
    wishes = Wishes(folder)
    signal.signal(
        signal.SIGINT, lambda *_: wishes.close()
    )  # Ctrl-C ends the run after this step and keeps what there is
    total = settings.seconds or settings.training.steps
    with tqdm(
        total=round(total, 1),
        unit="s" if settings.seconds else "step",
        disable=options.json and not sys.stderr.isatty(),
    ) as bar:
        told = Told()

        def advance(status: Status) -> None:
            told.once(folder)
            bar.n = round(min(status.seconds, total), 1) if settings.seconds else status.step
            bar.set_postfix_str(describe(status), refresh=False)
            bar.update(0)

        status = run(
            folder, default_cache(), wishes, threads=os.cpu_count() or 1, when_closed="stopped", on_progress=advance
        )
    if status.reason:
        print(status.reason, file=sys.stderr)
    print(
        json.dumps(summary(folder))
        if options.json
        else f"{folder.path}  {status.state} at step {status.step}  {describe(status, folder)}"
    )
    return 0 if status.state in ("done", "stopped") else 1


def twin(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Without --differ: two equal runs, which stay equal."""
    try:
        one = recommended(options.method, absolute(options.data), seed=options.seed)
        for text in options.set:
            one = one.change(**parse(text, options.method))
        other = twins.differ(one, *twins.parse_difference(options.differ, options.method)) if options.differ else one
    except ValueError as error:
        parser.error(str(error))
    folders = twins.create(options.runs, one, other)
    wishes = [Wishes(folder) for folder in folders]

    def close(*_: object) -> None:
        for each in wishes:
            each.close()

    signal.signal(signal.SIGINT, close)
    quiet = options.json and not sys.stderr.isatty()
    with tqdm(total=max(one.training.steps, other.training.steps), unit="step", disable=quiet) as bar:
        told = Told()

        def advance(statuses: list[Status]) -> None:
            told.once(*folders)
            bar.n = max(status.step for status in statuses)
            bar.set_postfix_str(" | ".join(map(describe, statuses)), refresh=False)
            bar.update(0)

        threads = os.cpu_count() or 1
        ended = run_together(
            folders, default_cache(), wishes, threads=threads, when_closed="stopped", on_progress=advance
        )
    for folder, status in zip(folders, ended, strict=True):
        if status.reason:
            print(f"{folder.id}: {status.reason}", file=sys.stderr)
        if not options.json:
            print(f"{folder.path}  {status.state} at step {status.step}  {describe(status, folder)}")
    if options.json:
        print(json.dumps([summary(folder) for folder in folders]))
    return 0 if all(status.state in ("done", "stopped") for status in ended) else 1


def judged(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    folder = asked_for(options, parser)
    try:
        with tqdm(unit="row", disable=options.json and not sys.stderr.isatty()) as bar:

            def advance(name: str, rows: int) -> None:
                bar.set_description(name, refresh=False)
                bar.update()

            def do(doing: str) -> None:
                bar.set_postfix_str(doing)

            step = options.step if options.step is not None else max(folder.weights_steps(), default=-1)
            names = tuple(options.only)
            table = evaluate(folder, step, default_cache(), names=names, on_progress=advance, on_doing=do)
    except (LookupError, DataError) as error:
        parser.error(str(error))
    Told().once(folder)
    counted = table[(table["encoder"] == "trained") & (table["evaluation"] != "attention")]
    if few := doubt(folder.tested(), *counted["score"].dropna()):
        print(few, file=sys.stderr)
    for note in table["note"].dropna() if "note" in table else ():
        print(note, file=sys.stderr)
    shown = table.dropna(subset="score").drop(columns="note", errors="ignore")
    print(table.to_json(orient="records") if options.json else shown.to_string(index=False, na_rep=""))
    return 0


def asked_for(options: argparse.Namespace, parser: argparse.ArgumentParser) -> RunFolder:
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


def exported(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    try:
        for path in export(asked_for(options, parser), options.to):
            print(path)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    return 0


def imported(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    try:
        print(unpack(options.source, options.runs).path)
    except DataError as error:
        parser.error(str(error))
    return 0


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


def summary(folder: RunFolder) -> dict[str, Any]:
    """One run as one flat object. `live` and `final` are the live and the final k-NN (measures/scores.py); `knn` is the
    final one if there is one, else the live one. `scores` are those of the last look at it.
    """
    settings, status = folder.settings(), folder.status()
    steps = folder.snapshot_steps()
    last = folder.snapshot(steps[-1]) if steps else None
    keep = (
        "state",
        "step",
        "images",
        "seconds",
        "images_per_second",
        "loss",
        "knn",
        "knn_random_init",
        "device",
        "precision",
        "reason",
    )
    exam = {} if status.exam is None else {"knn": status.exam, "knn_random_init": status.exam_random_init}
    return {
        "run": folder.id,
        "method": settings.method,
        "data": settings.data,
        "seed": settings.seed,
        **{name: value for name, value in status.model_dump().items() if name in keep},
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


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # `… | head` is not an error
        sys.exit(main())
