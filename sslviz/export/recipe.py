"""What somebody needs to train a recorded run again without this package: its settings, its changes, and the source.

script.py writes it as one Python file, notebook.py as a notebook.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sslviz.data import CODE, SOURCES
from sslviz.export.bundle import Bundle, Name, Section, bundle
from sslviz.foreign import one_line
from sslviz.measures.scores import LIVE
from sslviz.methods import METHODS
from sslviz.nets import ENCODERS
from sslviz.runs.folder import RunFolder
from sslviz.runs.settings import RunSettings

GROUPS = ("Settings", "Pictures", "Views", "Networks", "Method", "Score", "Training loop")  # in the order of reading
LAYERS = {"data": "Views", "nets": "Networks", "methods": "Method", "measures": "Score"} | dict.fromkeys(
    ("runs", "training", "export"), "Training loop"
)
PICTURES = {"dataset", "zipped", *(name for names in CODE.values() for name in names)}
SETTINGS = {"settings", "plain_knobs"}
PRECISIONS = ("float32", "bfloat16", "float16")  # names of torch; whatever else a file says is not written into source
LOOP = ("Plan", "prepare", "adamw", "replay", "knn_score")

CATALOGUE = '''
def make(downloads: Path) -> Dataset:
    """{title} by torchvision, downloaded into this folder unless it is there; every picture 32 x 32."""
    from torchvision import datasets

    train, test = (datasets.{kind}(downloads, **split, download=True) for split in ({train}, {test}))
    classes = getattr(train, "classes", None) or [str(k) for k in range(10)]
    splits = (_split(of, 32, lambda share: None) for of in (train, test))
    return Dataset({source!r}, *splits, tuple(classes))
'''


@dataclass(frozen=True)
class Recipe:
    """A recorded run, to be written down as source text."""

    run: RunFolder
    settings: RunSettings
    steps: int  # recorded
    turned: dict[int, dict[str, Any]]  # step -> knobs turned just before it, and their new values
    precision: str
    channels_last: bool | None  # None: nobody wrote it down
    parent: Path | None  # of a fork: the file of weights that it began with

    @property
    def method(self) -> str:
        return METHODS[self.settings.method].__name__

    @property
    def kind(self) -> str:
        """Where the pictures come from: shapes, digits, catalogue or own."""
        name = self.settings.data
        return "own" if name not in SOURCES else name if name in CODE else "catalogue"

    @property
    def where(self) -> str:
        """What the maker of the pictures must be told: the name of one's own (not the path, which says who had them
        where), a folder for downloads, or nothing.
        """
        return {"own": Path(self.settings.data).name, "catalogue": "downloads"}.get(self.kind, "")

    def remarks(self) -> list[str]:
        """How exact the repetition is, in sentences: plain text, in which names are as they were recorded."""
        device, parent, doubts, fork = self.run.status().device, self.settings.parent, [], []
        if parent is not None:
            origin = one_line(parent.run)
            fork = [f"This run was forked from {origin} at step {parent.step}, and begins with its weights."]
            if self.parent is None:
                return [*fork, "These were not kept: what is here begins at random, and comes out otherwise."]
            fork.append("They lie in the file beside this one.")
        if device not in ("", "cpu"):
            doubts.append(f"Recorded on {one_line(device)}, where sums are not repeated bit for bit: close, not equal.")
        elif not self.settings.training.threads:
            doubts.append("The run left the number of threads open: with another number the last digits differ.")
        if self.channels_last is None:
            doubts.append("How pictures lay in memory was not written down: the last digits may differ.")
        exact = "Losses come out as recorded, bit for bit, on the same processor and version of torch."
        return [*fork, *(doubts or [exact])]

    @property
    def live(self) -> str:
        """How `knn_score` is asked for the definition by which this run was scored."""
        return "" if "live_pictures" in self.run.metrics() else ", live=False"

    def recorded(self) -> str:
        """The last numbers that were recorded: loss 4.12 at step 157; live k-NN 58.2 % at step 157."""
        metrics = self.run.metrics()
        parts = []
        for name, write in (("loss", "loss {:.6g} at step {}"), ("knn", LIVE.name + " {:.1%} at step {}")):
            rows = metrics[["step", name]].dropna() if name in metrics else metrics.iloc[:0]
            if len(rows):
                parts.append(write.format(float(rows[name].iloc[-1]), int(rows["step"].iloc[-1])))
        return "; ".join(parts) or "nothing yet"

    def source(self) -> Bundle:
        """All that is needed, in the order in which one reads it; raises bundle.Clash."""
        s = self.settings
        method, encoder = METHODS[s.method], ENCODERS[s.encoder]
        module = {"catalogue": "sslviz.data.sources.catalogue"}.get(self.kind, f"sslviz.data.sources.{self.kind}")
        roots: list[Name] = [
            (module, "_split" if self.kind == "catalogue" else "make"),
            (encoder.__module__, encoder.__name__),
            (method.__module__, method.__name__),
            *(("sslviz.export.replay", name) for name in LOOP),
            *([("sslviz.export.replay_fork", "go_on_from")] if self.parent else []),
        ]
        tables = {
            f"{method.__name__}.Knobs": s.method_knobs().model_dump(),
            "AugmentKnobs": s.augment.model_dump(),
            "TrainingKnobs": s.training.model_dump(),
        }
        found = bundle(roots, tables)
        # layers never import those above them, so what is needed still stands first
        return Bundle(found.imports, tuple(sorted(found.sections, key=lambda part: GROUPS.index(group(part)))))

    def maker(self) -> str:
        """For torchvision's sets: the source of `make`."""
        if self.kind != "catalogue":
            return ""
        from sslviz.data.sources.catalogue import CATALOGUE as ENTRIES

        entry = ENTRIES[self.settings.data]
        words = {"title": entry.title, "kind": entry.kind.__name__, "train": entry.train, "test": entry.test}
        return CATALOGUE.format(**words, source=self.settings.data)

    def plan(self) -> str:
        """The source of `PLAN`."""
        lines = [
            f"{self.method},",
            f"{ENCODERS[self.settings.encoder].__name__},",
            f"{self.method}.Knobs(),",
            "AugmentKnobs(),",
            "TrainingKnobs(),",
            f"seed={self.settings.seed},",
            f"steps={self.steps},  # recorded",
        ]
        if self.turned:
            changes = "".join(f"        {step}: {knobs!r},\n" for step, knobs in self.turned.items())
            lines.append(f"turned={{  # before this step, these knobs got new values\n{changes}    }},")
        lines += [f"precision=torch.{self.precision},", f"channels_last={bool(self.channels_last)},"]
        return "PLAN = Plan(\n" + "".join(f"    {line}\n" for line in lines) + ")"


def recipe(run: RunFolder) -> Recipe:
    """Reads it off a run's folder."""
    settings, status = run.settings(), run.status()
    forked = settings.parent.step if settings.parent else None
    kept = run.weights_steps()
    about = next((found[1] for found in map(run.weights, [*kept[-1:], *kept[:1]]) if found), {})
    asked = settings.training.precision
    said = (about.get("precision"), asked, status.precision)
    precision = next((each for each in said if each in PRECISIONS), "float32")
    fixed = True if asked != "auto" and forked is None else None  # see Trainer.choose_precision
    return Recipe(
        run,
        settings,
        status.step or settings.training.steps,
        turned(run),
        precision,
        about.get("channels_last", fixed),
        run.weights_file(forked) if forked is not None else None,
    )


def turned(run: RunFolder) -> dict[int, dict[str, Any]]:
    """step -> the knobs that were turned just before it. What was turned after the moment from which the run was
    resumed has been forgotten by the run, too. Only knobs that exist, with values that they take.
    """
    settings = run.settings()
    changes: list[tuple[int, str, Any]] = []
    for event in run.events():
        step = event["step"]
        if event["kind"] == "set":
            with contextlib.suppress(ValueError):
                name = event["name"]
                changes.append((step, name, settings.change(**{name: event["value"]}).values()[name]))
        elif event["kind"] == "resume":
            kept = run.weights(step)
            now = kept[1].get("values") if kept else None
            now = now if isinstance(now, dict) else {}
            changes = [
                (at, name, value)
                for at, name, value in changes
                if at <= step or (at == step + 1 and now.get(name, value) == value)
            ]
    found: dict[int, dict[str, Any]] = {}
    for step, name, value in sorted(changes, key=lambda change: change[0]):
        found.setdefault(step, {})[name] = value
    return found


def group(section: Section) -> str:
    """Under which heading a module is read."""
    layer, _, name = section.module.removeprefix("sslviz.").partition(".")
    if layer == "data" and name.removeprefix("sources.") in PICTURES:
        return "Pictures"
    if layer in ("runs", "export") and name in SETTINGS:
        return "Settings"
    return LAYERS.get(layer, "Method")
