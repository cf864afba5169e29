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
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sslviz.cli import carry, evaluate, show, sweep, train
from sslviz.measures.scores import EVALUATED
from sslviz.place import APP, default_runs, expand, home
from sslviz.training.explain import refusal

Arguments = Callable[[argparse.ArgumentParser], None]
Command = Callable[[argparse.Namespace, argparse.ArgumentParser], int]
PRINTS: dict[str, tuple[str, Arguments, Command]] = {  # those with --json
    "train": ("train one method and record everything", train.train_arguments, train.train),
    "twin": ("train two runs in lock-step that differ in one thing", train.twin_arguments, train.twin),
    "sweep": ("one or two knobs, several values and seeds; Ctrl-C, then --resume", sweep.arguments, sweep.swept),
    "list": ("all recorded runs, newest first", lambda _: None, show.show),
    "evaluate": (f"{EVALUATED.name}, linear probe, few-shot: kept in the run", evaluate.arguments, evaluate.judged),
}
CARRIES: dict[str, tuple[str, Arguments, Command]] = {
    "export": ("a run to take away: zip, script, notebook, or for TensorBoard", carry.export_arguments, carry.exported),
    "import": ("a run from a .zip", carry.import_arguments, carry.imported),
}


def main(arguments: list[str] | None = None) -> int:
    """Without a command: the app. Exit status: 0 if all went well, 1 if a run failed, 2 for arguments without sense."""
    parser = argparse.ArgumentParser(prog="sslviz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, default=8501, help="of the app")
    parser.set_defaults(command=open_app)
    commands = parser.add_subparsers()
    for name, (words, add, command) in {**PRINTS, **CARRIES}.items():
        under = commands.add_parser(name, help=words)
        under.set_defaults(command=command)
        add(under)
        under.add_argument("--runs", type=Path, default=default_runs(), help="folder of the runs")
        if name in PRINTS:
            under.add_argument("--json", action="store_true", help="machine-readable output")
    options = parser.parse_args(arguments)
    if getattr(options, "runs", None) is not None and options.runs.exists() and not options.runs.is_dir():
        parser.error(f"--runs {options.runs} is not a folder")
    try:
        done: int = options.command(options, parser)
    except BrokenPipeError:
        raise
    except OSError as error:  # a full disk, a folder that is read-only
        parser.error(refusal(error))
    except KeyboardInterrupt:  # of those that keep what they have by themselves: evaluate
        return 130
    return done


def open_app(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Serves the app to this computer until Ctrl-C. It takes the place of this process: a signal reaches it itself.
    Streamlit does not start without a home folder.
    """
    if not expand("~").is_absolute():
        os.environ["HOME"] = str(home())
    where = ["--server.address", "127.0.0.1", "--server.port", str(options.port)]
    command = [sys.executable, "-m", "streamlit", "run", str(APP), *where]
    if os.name == "posix":
        os.execv(sys.executable, command)
    with contextlib.suppress(KeyboardInterrupt):
        return subprocess.call(command)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # `… | head` is not an error
        sys.exit(main())
