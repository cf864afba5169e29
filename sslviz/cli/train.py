"""python -m sslviz train and twin: one run, or two in lock-step, with a bar; Ctrl-C or SIGTERM ends them after the
step.
"""

import argparse
import json
import sys
import time

from tqdm import tqdm

from sslviz.cli.show import Told, describe, summary
from sslviz.data import absolute, default_cache
from sslviz.methods import METHODS
from sslviz.runs import twins
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.settings import RunSettings, parse, recommended
from sslviz.training.cores import cores
from sslviz.training.signals import on_signals
from sslviz.training.worker import Wishes, run, run_together


def arguments(trainer: argparse.ArgumentParser) -> None:
    """What `train` and `twin` have in common."""
    trainer.add_argument("method", choices=METHODS)
    trainer.add_argument("--data", default="shapes", help="shapes, digits, … or a folder or .zip of pictures")
    trainer.add_argument("--seed", type=int, default=0)
    trainer.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", help="any knob; may be repeated")


def train_arguments(trainer: argparse.ArgumentParser) -> None:
    arguments(trainer)
    trainer.add_argument("--seconds", type=float, help="stop after so much training")
    words = "count the seconds that one core works for this run, not those that pass: where others work beside it"
    trainer.add_argument("--processor-time", action="store_true", help=words)


def twin_arguments(pair: argparse.ArgumentParser) -> None:
    arguments(pair)
    differ = "what the second has otherwise: a knob, method=NAME, seed=NUMBER"
    pair.add_argument("--differ", metavar="KNOB=VALUE", help=differ)


def wanted(options: argparse.Namespace, seconds: float | None = None) -> RunSettings:
    """The method's recipe with what was typed. ValueError: a sentence."""
    settings = recommended(options.method, absolute(options.data), seed=options.seed, seconds=seconds)
    for text in options.set:
        settings = settings.change(**parse(text, options.method))
    return settings


def end_on_signals(*folders: RunFolder) -> list[Wishes]:
    """Ctrl-C, SIGTERM and SIGHUP end the runs after this step and keep what there is."""
    wishes = [Wishes(folder) for folder in folders]

    def close(why: str) -> None:
        for each in wishes:
            each.close(why)

    on_signals(close)
    return wishes


def train(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    try:
        settings = wanted(options, options.seconds)
    except ValueError as error:
        parser.error(str(error))
    folder = RunFolder.create(options.runs, settings)
    [wishes] = end_on_signals(folder)
    total, unit = settings.seconds or settings.training.steps, "s" if settings.seconds else "step"
    quiet = options.json and not sys.stderr.isatty()
    with tqdm(total=round(total, 1), unit=unit, disable=quiet) as bar:
        told = Told()

        def advance(status: Status) -> None:
            told.once(folder)
            bar.n = round(min(status.seconds, total), 1) if settings.seconds else status.step
            bar.set_postfix_str(describe(status), refresh=False)
            bar.update(0)

        threads, clock = cores(), time.perf_counter
        if options.processor_time:  # it adds up the threads
            threads, clock = 1, time.process_time
        ended = run(
            folder, default_cache(), wishes, threads=threads, when_closed="stopped", on_progress=advance, clock=clock
        )
    if ended.reason:
        print(ended.reason, file=sys.stderr)
    print(json.dumps(summary(folder, ended)) if options.json else result(folder, ended))
    return 0 if ended.state in ("done", "stopped") else 1


def twin(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Without --differ: two equal runs, which stay equal."""
    try:
        one = wanted(options)
        other = twins.differ(one, *twins.parse_difference(options.differ, options.method)) if options.differ else one
    except ValueError as error:
        parser.error(str(error))
    folders = twins.create(options.runs, one, other)
    wishes = end_on_signals(*folders)
    quiet = options.json and not sys.stderr.isatty()
    with tqdm(total=max(one.training.steps, other.training.steps), unit="step", disable=quiet) as bar:
        told = Told()

        def advance(statuses: list[Status]) -> None:
            told.once(*folders)
            bar.n = max(status.step for status in statuses)
            bar.set_postfix_str(" | ".join(map(describe, statuses)), refresh=False)
            bar.update(0)

        ended = run_together(
            folders, default_cache(), wishes, threads=cores(), when_closed="stopped", on_progress=advance
        )
    for folder, status in zip(folders, ended, strict=True):
        if status.reason:
            print(f"{folder.id}: {status.reason}", file=sys.stderr)
        if not options.json:
            print(result(folder, status))
    if options.json:
        print(json.dumps([summary(*each) for each in zip(folders, ended, strict=True)]))
    return 0 if all(status.state in ("done", "stopped") for status in ended) else 1


def result(folder: RunFolder, ended: Status) -> str:
    return f"{folder.path}  {ended.state} at step {ended.step}  {describe(ended, folder)}"
