"""python -m sslviz evaluate: a linear probe and others, on the weights that a run has kept."""

import argparse
import sys

from tqdm import tqdm

from sslviz.cli.show import Told, asked_for
from sslviz.data import default_cache
from sslviz.data.dataset import DataError
from sslviz.judging.evaluation import EVALUATIONS, USUAL, evaluate
from sslviz.measures.interval import doubt


def arguments(judge: argparse.ArgumentParser) -> None:
    judge.add_argument("run", help="name of a run, or the path of its folder")
    judge.add_argument("--step", type=int, help="a moment of which the weights were kept; the last unless given")
    named = f"of {', '.join(EVALUATIONS)}; the last, which downloads and runs DINOv2's own code, only if named"
    judge.add_argument("--only", nargs="+", choices=EVALUATIONS, default=list(USUAL), metavar="EVALUATION", help=named)


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
