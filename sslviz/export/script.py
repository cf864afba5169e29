"""A run as one plain Python file that trains it again with torch and numpy alone."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from sslviz.export.bundle import Section, import_lines
from sslviz.export.recipe import Recipe, group, recipe
from sslviz.foreign import one_line
from sslviz.methods import METHODS
from sslviz.runs.files import replace
from sslviz.runs.folder import RunFolder

WIDE = 119
NEEDS = {
    "shapes": "It needs torch and numpy, and no network: the pictures are drawn by this file.",
    "digits": "It needs torch and numpy, and scikit-learn, which brings the digits.",
    "catalogue": "It needs torch and numpy, and torchvision, which downloads the pictures (SVHN: scipy, too).",
    "own": "It needs torch and numpy, PIL, and your pictures: a folder or a .zip.",
}
MAIN = """
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=PLAN.steps, help="train up to this step (recorded: %(default)s)")
{data_option}    parser.add_argument("--device", default={device}, help="cpu, cuda or mps (default: %(default)s)")
    parser.add_argument("--save", help="keep the trained weights in this file; nothing is written without it")
    options = parser.parse_args()

    if PLAN.training.threads:  # more threads add up in another order: other last digits
        torch.set_num_threads(PLAN.training.threads)
{data}
    model = prepare(PLAN, data, torch.device(options.device))
    optimizer = adamw(model)
    done = {done}
    for step, loss in replay(PLAN, model, optimizer, data, options.steps, done):
        print(f"step {{step}}  loss {{loss!r}}", flush=True)
    score = knn_score(model, data{live})
    if score is not None:
        print(f"k-NN {{score!r}}  share of test pictures whose class their nearest pictures know")
    if options.save:
        torch.save(model.state_dict(), options.save)


if __name__ == "__main__":
    main()
"""


DATA = "    data = make({where})"
OWN_DATA = """\
    try:
        data = make({where})
    except DataError as error:
        parser.error(f"{{error}} --data says where the pictures are.")"""


def write_script(run: RunFolder, to: Path) -> list[Path]:
    """Writes the script, and the weights that a forked run begins with beside it; returns what was written. Raises
    bundle.Clash.
    """
    how = recipe(run)
    return write_text(how, to, script(how, beside(how, to)))


def write_text(how: Recipe, to: Path, text: str) -> list[Path]:
    replace(to, text.encode())
    if how.parent is None:
        return [to]
    weights = to.with_name(beside(how, to))
    replace(weights, how.parent.read_bytes())
    return [to, weights]


def beside(how: Recipe, to: Path) -> str:
    """Name of the file with the parent's weights; "" if there is none."""
    return f"{to.stem}-parent{how.parent.suffix}" if how.parent else ""


def script(how: Recipe, weights: str = "") -> str:
    """The whole text."""
    source = how.source()
    more = ["import argparse", *(["from pathlib import Path"] if how.where or weights else [])]
    imports = import_lines([*filter(None, source.imports), *more])
    parts = [
        "\n".join([f'r"""{introduction(how)}"""', "", *imports]),
        *sections(source.sections),
        how.maker(),
        heading("The run"),
        how.plan(),
        main(how, weights),
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def introduction(how: Recipe) -> str:
    method, s = METHODS[how.settings.method], how.settings
    pictures, command = one_line(Path(s.data).name), "python this_file.py"
    lines = [
        f"{method.title} on {pictures}, seed {s.seed}: one run, to be run again.",
        "",
        f"    {command}               all {how.steps} steps, then k-NN",
        f"    {command} --steps 20    the first twenty",
        f"    {command} --help        what else can be said",
        "",
        method.summary,
        "Loss, in LaTeX:",
        f"    {method.equation}",
        f"Paper: {method.paper}",
        "",
        f"Recorded as {one_line(how.run.id)}: {how.recorded()}.",
        *how.remarks(),
        "",
        NEEDS[how.kind],
        "Written by sslviz from its own source; the tables of knobs hold the values of this run.",
    ]
    text = "\n".join("\n".join(textwrap.wrap(line, WIDE)) if line[:1].strip() else line for line in lines)
    return text.replace('"""', "'''") + "\n"


def sections(found: tuple[Section, ...]) -> Iterator[str]:
    """Each module under its heading, with its own words as comments."""
    before = ""
    for part in found:
        title = group(part)
        if title != before:
            yield heading(title)
        before = title
        comments = [f"# {line}".rstrip() for line in (file_of(part), "", *part.doc.splitlines())]
        yield "\n".join(comments if part.doc else comments[:1]) + "\n\n\n" + part.code.strip("\n")


def file_of(section: Section) -> str:
    """data/sources/shapes.py"""
    return section.module.removeprefix("sslviz.").replace(".", "/") + ".py"


def heading(title: str) -> str:
    return f"# {'-' * (WIDE - 2)}\n# {title}\n# {'-' * (WIDE - 2)}"


def main(how: Recipe, weights: str) -> str:
    option = ""
    if how.where:
        words = "folder or .zip of the pictures" if how.kind == "own" else "where the downloaded pictures are kept"
        option = f'    parser.add_argument("--data", default={how.where!r}, help="{words} (default: %(default)s)")\n'
    on_cpu = how.run.status().device in ("", "cpu")
    return MAIN.format(
        live=how.live,
        data_option=option,
        data=(OWN_DATA if how.kind == "own" else DATA).format(where="Path(options.data)" if how.where else ""),
        device='"cpu"' if on_cpu else '"cuda" if torch.cuda.is_available() else "cpu"',
        done=f"go_on_from(Path(__file__).with_name({weights!r}), model, optimizer)" if weights else "0",
    )
