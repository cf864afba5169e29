"""python -m sslviz sweep: the runs of a sweep one after the other, with a bar; Ctrl-C ends it, --resume goes on."""

import argparse
import json
import sys
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from sslviz.cli.show import Told
from sslviz.data import absolute, default_cache
from sslviz.measures.interval import doubt
from sslviz.measures.scores import FINAL, LIVE
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Status
from sslviz.runs.settings import parse, recommended
from sslviz.sweeps.conductor import Conductor
from sslviz.sweeps.presets import augmentation_pairs
from sslviz.sweeps.progress import progress, share
from sslviz.sweeps.store import read_sweep, write_sweep
from sslviz.sweeps.sweep import By, Length, Sweep, over_knobs
from sslviz.training.signals import on_signals


def arguments(sweeper: argparse.ArgumentParser) -> None:
    sweeper.add_argument("method", nargs="?", choices=METHODS)
    sweeper.add_argument("--vary", action="append", default=[], metavar="KNOB=V,V,…", help="once or twice")
    sweeper.add_argument("--pairs", action="store_true", help="instead: every pair of augmentations")
    sweeper.add_argument("--data", default="shapes", help="as for train")
    sweeper.add_argument("--seeds", type=int, default=1, help="each cell from so many seeds")
    sweeper.add_argument("--seed", type=int, default=0, help="the first of them")
    sweeper.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", help="for all of its runs")
    length = sweeper.add_mutually_exclusive_group()
    length.add_argument("--steps", type=float, help="of each run (200 unless given)")
    length.add_argument("--images", type=float, help="of each run: a larger batch then makes fewer steps")
    length.add_argument("--seconds", type=float, help="of each run")
    sweeper.add_argument("--resume", metavar="SWEEP", help="train what is left of this one")


def swept(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Exit status: 0 if every run is done, 1 if some are left or failed."""
    sweep = asked_for(options, parser)
    conductor = Conductor(sweep, options.runs, default_cache())
    on_signals(conductor.close)
    table = progress(sweep, options.runs)
    done = int((table["state"] == "done").sum())
    with tqdm(total=len(table), unit="run", disable=options.json and not sys.stderr.isatty()) as bar:

        def advance(name: str, status: Status) -> None:
            cell, seed = sweep.runs[name]
            bar.n = round(done + share(sweep.settings(name), status.step, status.seconds), 2)
            bar.set_description(f"{sweep.called(cell)}, seed {seed}", refresh=False)
            bar.update(0)

        told = Told()

        def ended(folder: RunFolder) -> None:
            nonlocal done
            told.once(folder)
            status = folder.status()
            done += status.state == "done"
            if status.reason:
                bar.write(f"{folder.id}: {status.reason}", file=sys.stderr)

        bar.n = done
        conductor.train(advance, ended)
    for name, why in conductor.refused.items():
        print(f"{name}: {why}", file=sys.stderr)
    table = progress(sweep, options.runs)
    whole = bool((table["state"] == "done").all())
    if options.json:
        said = json.loads(table.drop(columns=["share", "overhead"]).to_json(orient="records"))
        print(json.dumps({"sweep": sweep.id, "done": whole, "runs": said}))
    else:
        end = f"{sweep.id}: {(table['state'] == 'done').sum()} of {len(table)} runs done"
        print(f"{summary(table)}\n{few(sweep, options.runs, table)}{end}")
        if not whole:
            print(f"The rest: python -m sslviz sweep --resume {sweep.id} --runs {options.runs}")
    return 0 if whole else 1


def asked_for(options: argparse.Namespace, parser: argparse.ArgumentParser) -> Sweep:
    """A new sweep, saved; or the one to go on with."""
    if options.resume:
        found = read_sweep(options.runs, options.resume)
        if found is None:
            parser.error(f"there is no sweep {options.resume!r} in {options.runs}")
        return found
    if options.method is None:
        parser.error("which method? Or --resume SWEEP")
    try:
        base = recommended(options.method, absolute(options.data), seed=options.seed)
        for text in options.set:
            base = base.change(**parse(text, options.method))
        given: dict[By, float | None] = {"images": options.images, "seconds": options.seconds, "steps": options.steps}
        by: By = next((by for by, amount in given.items() if amount is not None), "steps")
        amount = given[by]
        length = Length(200 if amount is None else amount, by)
        if options.pairs:
            sweep = augmentation_pairs(base, seeds=options.seeds, length=length)
        else:
            vary = dict(text.partition("=")[::2] for text in options.vary)
            sweep = over_knobs(base, vary, options.seeds, length=length)
    except ValueError as error:
        parser.error(str(error))
    write_sweep(options.runs, sweep)
    return sweep


def few(sweep: Sweep, runs: Path, table: pd.DataFrame) -> str:
    """A line that says how far a score may be off, where that is far."""
    tested = next(filter(None, (RunFolder(runs / name).tested() for name in sweep.runs)), None)
    said = doubt(tested, *table["knn"].dropna(), *table["linear"].dropna())
    return f"each run: {said}\n" if said else ""


def summary(table: pd.DataFrame) -> str:
    """A line per cell: mean and spread of its finished runs, in percent."""
    rows = []
    for cell, runs in table.groupby("cell", sort=False):
        row: dict[str, object] = {"cell": cell, "runs": int((runs["state"] == "done").sum())}
        for name, column in ((FINAL.name, "knn"), ("linear", "linear"), (f"{LIVE.name}, hue", "knn_hue")):
            known = 100 * runs[column].dropna()
            spread = f" ± {known.std():.1f}" if len(known) > 1 else ""
            row[name] = f"{known.mean():.1f}{spread}" if len(known) else ""
        rows.append(row)
    return pd.DataFrame(rows).to_string(index=False)
