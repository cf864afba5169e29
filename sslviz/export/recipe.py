"""What somebody needs to train a recorded run again without this package: its settings, its changes, its loop.

Whatever a run's folder holds may be a stranger's: into source go numbers, names out of our own tables, and `repr`.
"""

from pathlib import Path

from sslviz.data import SOURCES
from sslviz.export.sources import File, files
from sslviz.foreign import one_line
from sslviz.measures.scores import LIVE
from sslviz.runs.files import npz, replace
from sslviz.runs.folder import RunFolder
from sslviz.runs.turns import arithmetic, elapsed, turned

DRAWN = "It needs torch and numpy, and no network: the pictures are drawn here."
NEEDS = {  # of other pictures, by the file that makes them
    "digits": "It needs torch and numpy, and scikit-learn, which brings the digits.",
    "catalogue": "It needs torch and numpy, and torchvision, which knows the pictures' format (SVHN: scipy, too).",
    "own": "It needs torch and numpy, PIL, and your pictures: a folder or a .zip.",
}
CHOICES = """\
from pathlib import Path

import numpy as np
import torch

from sslviz.data.dataset import DataError
from sslviz.data.sources.{kind} import make
from sslviz.nets.precision import Precision
from sslviz.runs.settings import RunSettings
from sslviz.training.probes import knn_score
from sslviz.training.trainer import Trainer

SETTINGS = RunSettings(
{settings})
TURNED = {turned!r}  # before this step, these knobs got new values
ELAPSED = {elapsed!r}  # before this step, this share of the time was over: schedules follow it
ARITHMETIC = Precision(torch.{precision}, torch.{layout})  # of the encoder"""
LOOP = """\
if SETTINGS.training.threads:  # more threads add up in another order: other last digits
    torch.set_num_threads(SETTINGS.training.threads)
try:
    data = make({where})
    trainer = Trainer(SETTINGS, data, torch.device(DEVICE))
except DataError as error:
    raise SystemExit(f"{{error}}") from None
trainer.compute_in(ARITHMETIC)
{restore}
losses, elapsed = [], 0.0
while trainer.step < STEPS:
    if trainer.step + 1 in TURNED:
        trainer.change(**TURNED[trainer.step + 1])
    elapsed = ELAPSED.get(trainer.step + 1, elapsed)
    losses.append(trainer.train_step(elapsed)["loss"])
    if trainer.step % EVERY == 0 or trainer.step == STEPS:
        print(f"step {{trainer.step}}  loss {{losses[-1]!r}}", flush=True)
score = knn_score(trainer.method, data, live={live})
if score is not None:
    print(f"k-NN {{score!r}}  share of test pictures whose class their nearest pictures know")"""
RESTORE = """\
weights = np.load({weights})  # of the run that this one was forked from
trainer.restore({{name: torch.from_numpy(weights[name]) for name in weights}}, {{**trainer.about(), "step": {step}}})
"""


class Recipe:
    """A recorded run, to be written down as source text."""

    def __init__(self, run: RunFolder) -> None:
        self.run, self.settings = run, run.settings()
        self.steps = run.status().step or self.settings.training.steps  # recorded
        kept = run.weights(self.settings.parent.step) if self.settings.parent else None
        tensors = kept[0] if kept else {}  # those that a fork began with; none if they were not kept
        self.weights = {name: x for name, x in tensors.items() if name.startswith(("method.", "optimizer."))}

    @property
    def kind(self) -> str:
        """Which file in data/sources makes the pictures: shapes, digits, catalogue, own, …"""
        name = self.settings.data
        return SOURCES[name].module if name in SOURCES else "own"

    @property
    def needs(self) -> str:
        """What must be there, in a sentence."""
        return NEEDS.get(self.kind, DRAWN)

    @property
    def where(self) -> str:
        """Where the pictures lie: the name of one's own (not the path, which says who had them where), a folder for
        downloads, or nothing.
        """
        return {"own": Path(self.settings.data).name, "catalogue": "downloads"}.get(self.kind, "")

    @property
    def device(self) -> str:
        """As source: the processor where sums can be repeated, or whatever is fast."""
        on_cpu = self.run.status().device in ("", "cpu")
        return '"cpu"' if on_cpu else '"cuda" if torch.cuda.is_available() else "cpu"'

    def remarks(self) -> list[str]:
        """How exact the repetition is, in sentences: plain text, in which names are as they were recorded."""
        device, parent, doubts, fork = self.run.status().device, self.settings.parent, [], []
        if parent is not None:
            origin = one_line(parent.run)
            fork = [f"This run was forked from {origin} at step {parent.step}, and begins with its weights."]
            if not self.weights:
                return [*fork, "These were not kept: what is here begins at random, and comes out otherwise."]
            fork.append("They lie in the file beside this one.")
        if device not in ("", "cpu"):
            doubts.append(f"Recorded on {one_line(device)}, where sums are not repeated bit for bit: close, not equal.")
        elif not self.settings.training.threads:
            doubts.append("The run left the number of threads open: with another number the last digits differ.")
        if arithmetic(self.run)[1] is None:
            doubts.append("How pictures lay in memory was not written down: the last digits may differ.")
        exact = "Losses come out as recorded, bit for bit, on the same processor and version of torch."
        return [*fork, *(doubts or [exact])]

    def recorded(self) -> str:
        """The last numbers that were recorded: loss 4.12 at step 157; live k-NN 58.2 % at step 157."""
        metrics = self.run.metrics()
        parts = []
        for name, write in (("loss", "loss {:.6g} at step {}"), ("knn", LIVE.name + " {:.1%} at step {}")):
            rows = metrics[["step", name]].dropna() if name in metrics else metrics.iloc[:0]
            if len(rows):
                parts.append(write.format(float(rows[name].iloc[-1]), int(rows["step"].iloc[-1])))
        return "; ".join(parts) or "nothing yet"

    def files(self) -> list[File]:
        """All that is needed, in the order in which one reads it."""
        return files(self.settings.method, self.settings.encoder, f"sslviz.data.sources.{self.kind}")

    def choices(self) -> str:
        """The source of all that decides how the run goes."""
        s, (precision, last) = self.settings, arithmetic(self.run)
        values = {"method": s.method, "seed": s.seed, **s.values(), "encoder": s.encoder}
        return CHOICES.format(
            kind=self.kind,
            settings="".join(f"    {name}={value!r},\n" for name, value in values.items()),
            turned=turned(self.run),
            elapsed=elapsed(self.run),
            precision=precision,
            layout="channels_last" if last else "contiguous_format",
        )

    def loop(self, weights: str) -> str:
        """The source that trains and scores. `weights`: an expression for the path of those that a fork begins with."""
        where = {"own": "DATA", "catalogue": f"{self.settings.data!r}, DATA"}.get(self.kind, "")
        parent = self.settings.parent
        restore = RESTORE.format(weights=weights, step=parent.step) if parent and self.weights else ""
        return LOOP.format(where=where, restore=restore, live="live_pictures" in self.run.metrics())

    def beside(self, to: Path) -> str:
        """Name of the file with a fork's first weights; "" if there is none."""
        return f"{to.stem}-parent.npz" if self.weights else ""

    def write(self, to: Path, text: str) -> list[Path]:
        """The text, and the weights beside it; returns what was written."""
        replace(to, text.encode())
        if not self.weights:
            return [to]
        arrays = {name: (x.float() if x.is_floating_point() else x).numpy() for name, x in self.weights.items()}
        replace(to.with_name(self.beside(to)), npz(**arrays))
        return [to, to.with_name(self.beside(to))]
