"""A run as a Jupyter notebook that trains it again with torch and numpy alone: the script, in cells, with explanations.

The format is Jupyter's nbformat 4.5, which is plain JSON.
"""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sslviz.export.bundle import import_lines
from sslviz.export.recipe import Recipe, group, recipe
from sslviz.export.script import NEEDS, beside, file_of, write_text
from sslviz.foreign import in_markdown
from sslviz.methods import METHODS
from sslviz.runs.folder import RunFolder

Cell = tuple[str, str]  # "markdown" or "code", text
WHY = {  # what stands under each heading
    "Settings": "All that was chosen before the run began. The tables hold the values of this run; those of the views "
    "and of the method stand where they belong, further down.",
    "Pictures": "One block of bytes, decoded once.",
    "Views": "What is done to a picture at random. A representation learns to ignore exactly what is varied here.",
    "Networks": "What the method is made of.",
    "Method": "From the equation to the code: `step` is the loss, `after_step` what follows it.",
    "Score": "The loss alone lies; this asks whether pictures of one kind have become neighbours.",
    "Training loop": "On one page. Batch and views of step *t* follow from (seed, *t*) alone.",
}
RUN = """\
if PLAN.training.threads:  # more threads add up in another order: other last digits
    torch.set_num_threads(PLAN.training.threads)
data = make({data})
model = prepare(PLAN, data, torch.device({device}))
optimizer = adamw(model)
done = {done}

losses = []
for step, loss in replay(PLAN, model, optimizer, data, STEPS, done):
    losses.append(loss)
    if step <= 3 or step == STEPS or step % max(1, STEPS // 20) == 0:
        print(f"step {{step}}  loss {{loss:.6g}}")"""
SCORE = """\
score = knn_score(model, data{live})
print("no labels, no score" if score is None else f"k-NN {{score:.1%}}")"""
PLOT = """\
try:
    import matplotlib.pyplot as plt
except ModuleNotFoundError:
    print("pip install matplotlib draws the curve")
else:
    plt.plot(range(done + 1, done + 1 + len(losses)), losses)
    plt.xlabel("step")
    plt.ylabel("loss")
    plt.title({title!r})
    plt.show()"""


def write_notebook(run: RunFolder, to: Path) -> list[Path]:
    """Writes the notebook, and the weights that a forked run begins with beside it; returns what was written. Raises
    bundle.Clash.
    """
    how = recipe(run)
    return write_text(how, to, notebook(how, beside(how, to)))


def notebook(how: Recipe, weights: str = "") -> str:
    """The whole file."""
    made = [as_json(number, kind, text) for number, (kind, text) in enumerate(cells(how, weights))]
    about = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return json.dumps({"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def as_json(number: int, kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


def cells(how: Recipe, weights: str) -> Iterator[Cell]:
    source = how.source()
    yield "markdown", introduction(how)
    more = ["from pathlib import Path"] if how.where or weights else []
    yield "code", "\n".join(import_lines([*filter(None, source.imports), *more]))
    before = ""
    for part in source.sections:
        title = group(part)
        over = [] if title == before else [f"## {title}", WHY[title]]
        before = title
        yield "markdown", "\n\n".join([*over, f"**{file_of(part)}**", *paragraphs(part.doc)])
        yield "code", part.code.strip("\n")
    if how.maker():
        yield "code", how.maker().strip("\n")
    yield "markdown", "## The run\n\nFewer steps are made by another `STEPS`; other knobs by another `PLAN`."
    begin = [how.plan(), "STEPS = PLAN.steps"]
    if how.where:
        begin.append(f"DATA = Path({how.where!r})  # {NEEDS[how.kind]}")
    yield "code", "\n".join(begin)
    on_cpu = how.run.status().device in ("", "cpu")
    yield (
        "code",
        RUN.format(
            data="DATA" if how.where else "",
            device='"cpu"' if on_cpu else '"cuda" if torch.cuda.is_available() else "cpu"',
            done=f"go_on_from(Path({weights!r}), model, optimizer)" if weights else "0",
        ),
    )
    yield "markdown", f"Recorded: {how.recorded()}."
    yield "code", SCORE.format(live=how.live)
    yield "code", PLOT.format(title=f"{METHODS[how.settings.method].title}, seed {how.settings.seed}")


def introduction(how: Recipe) -> str:
    method, s = METHODS[how.settings.method], how.settings
    return "\n\n".join(
        [
            f"# {method.title} on {in_markdown(Path(s.data).name)}, seed {s.seed}",
            method.summary,
            f"$$ {method.equation} $$",
            f"[The paper]({method.paper}). The letters are explained above the method's code, further down.",
            f"**How to read this.** One recorded run, *{in_markdown(how.run.id)}*, to be run again from top to bottom: "
            "settings, pictures, views, networks, method, score, training loop. Every knob that was turned while it "
            f"trained is turned again at the same step. {in_markdown(' '.join(how.remarks()), 1000)}",
            f"{NEEDS[how.kind]} Written by sslviz from its own source.",
        ]
    )


def paragraphs(doc: str) -> Iterator[str]:
    """A module's own words; tables of letters keep their columns."""
    for paragraph in filter(None, doc.split("\n\n")):
        yield f"```text\n{textwrap.dedent(paragraph)}\n```" if paragraph.startswith(" ") else paragraph
