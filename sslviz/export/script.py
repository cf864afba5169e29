"""A run as one plain Python file that trains it again with torch and numpy alone."""

import textwrap
from pathlib import Path

from sslviz.export.recipe import Recipe
from sslviz.export.sources import File
from sslviz.foreign import one_line
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder

WIDE = 119
LOADER = '''\
import argparse
import sys
import tempfile
from pathlib import Path

FOLDER = tempfile.TemporaryDirectory()  # where the files below lie until the script ends
sys.path.insert(0, FOLDER.name)


def file(path: str, text: str) -> None:
    """Makes a file that the next ones can import."""
    to = Path(FOLDER.name, path)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(text, "utf-8")'''
OPTIONS = """\
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--steps", type=int, default={steps}, help="train up to this step (recorded: %(default)s)")
parser.add_argument("--data", default={where!r}, help="where the pictures are, if they are not drawn here")
parser.add_argument("--device", default={device}, help="cpu, cuda or mps (default: %(default)s)")
parser.add_argument("--save", help="keep the trained weights in this file")
options = parser.parse_args()
STEPS, EVERY, DEVICE, DATA = options.steps, 1, options.device, Path(options.data)"""
SAVE = """\
if options.save:
    torch.save(trainer.method.state_dict(), options.save)
"""


def write_script(run: RunFolder, to: Path) -> list[Path]:
    """Writes the script, and the weights that a forked run begins with beside it; returns what was written."""
    how = Recipe(run)
    return how.write(to, script(how, how.beside(to)))


def script(how: Recipe, weights: str = "") -> str:
    """The whole text. `weights`: the name of the file with a fork's first weights."""
    parts = [
        f'r"""{introduction(how)}"""\n\n{LOADER}',
        *map(section, how.files()),
        f"{heading('The run')}\n{how.choices()}",
        OPTIONS.format(steps=how.steps, where=how.where, device=how.device),
        how.loop(f"Path(__file__).with_name({weights!r})"),
        SAVE,
    ]
    return "\n\n\n".join(parts)


def introduction(how: Recipe) -> str:
    method, s = METHODS[how.settings.method], how.settings
    lines = [
        f"{method.title} on {one_line(Path(s.data).name)}, seed {s.seed}: one run, to be run again.",
        "",
        f"    python this_file.py               all {how.steps} steps, then k-NN",
        "    python this_file.py --steps 20    the first twenty",
        "    python this_file.py --help        what else can be said",
        "",
        f"{method.summary} Loss, in LaTeX:",
        f"    {method.equation}",
        f"Paper: {method.paper}",
        "",
        f"Recorded as {one_line(how.run.id)}: {how.recorded()}.",
        *how.remarks(),
        how.needs,
        "First come the files of sslviz that this run needs, as they are; its settings and its loop follow.",
    ]
    text = "\n".join("\n".join(textwrap.wrap(line, WIDE)) if line[:1].strip() else line for line in lines)
    return text.replace('"""', "'''") + "\n"


def section(file: File) -> str:
    """One file, under its heading."""
    text = repr(file.text) if "'''" in file.text else f"r'''{file.text}'''"
    return f"{heading(f'{file.path}: {file.sentence}')}\nfile({file.path!r}, {text})"


def heading(text: str) -> str:
    rule = f"# {'-' * (WIDE - 2)}\n"
    return rule + textwrap.indent(textwrap.fill(text, WIDE - 2), "# ") + f"\n{rule}"
