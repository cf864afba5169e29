"""python -m sslviz export and import: a run leaves this computer, a run comes to it."""

import argparse
from pathlib import Path

from sslviz.cli.show import asked_for
from sslviz.data.dataset import DataError
from sslviz.export.export import FORMS, export
from sslviz.runs.archive import unpack


def export_arguments(packer: argparse.ArgumentParser) -> None:
    packer.add_argument("run", help="name of a run, or the path of its folder")
    packer.add_argument("to", type=place, help=FORMS)


def import_arguments(unpacker: argparse.ArgumentParser) -> None:
    unpacker.add_argument("source", type=Path, help="the .zip to read")


def place(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("where to? The name is empty")
    return Path(text)


def exported(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    try:
        for path in export(asked_for(options, parser), options.to):
            print(path)
    except ValueError as error:
        parser.error(str(error))
    return 0


def imported(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    try:
        print(unpack(options.source, options.runs).path)
    except DataError as error:
        parser.error(str(error))
    return 0
