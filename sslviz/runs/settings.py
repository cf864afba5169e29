"""Everything that decides what a run does: method, data, seed and knobs. The same settings and seed give the same run.

Three tables of knobs share one flat name space, so that `temperature`, `hue` and `batch_size` mean one thing each on
the command line (`--set hue=0.1`), in the URL and in the control file: the method's own, the augmentation's, the
training's.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sslviz.data import SOURCES
from sslviz.data.augment import AugmentKnobs
from sslviz.knobs import Knob, Knobs, describe
from sslviz.methods import FIRST, METHODS
from sslviz.runs.training_knobs import TrainingKnobs


class Parent(BaseModel):
    """Where a fork comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    run: str
    step: int


# Photographs carry their class in their colours more than our shapes do: full hue jitter would throw that away.
PHOTOGRAPH_KNOBS: dict[str, Any] = {"hue": 0.1}


class RunSettings(BaseModel):
    """What settings.json holds; immutable. Live changes are events of the run, not settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    method: str = FIRST
    data: str = "shapes"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    seconds: Annotated[float, Field(gt=0)] | None = None  # stop after so much training time, if before `steps`
    knobs: dict[str, Any] = {}  # of the method
    augment: AugmentKnobs = AugmentKnobs()
    training: TrainingKnobs = TrainingKnobs()
    parent: Parent | None = None
    twin: str | None = None  # the run that trains in lock-step with this one (runs/twins.py)

    @model_validator(mode="after")
    def _method_exists_and_accepts_its_knobs(self) -> Self:
        if self.method not in METHODS:
            raise ValueError(f"there is no method {self.method!r}; there are: {', '.join(METHODS)}")
        self.method_knobs()
        method, encoder = METHODS[self.method], self.training.encoder
        if encoder not in ("auto", *method.encoders):
            raise ValueError(
                f"{method.title} cannot train the encoder {encoder!r}, only {' or '.join(method.encoders)}"
            )
        return self

    @property
    def encoder(self) -> str:
        """The name of the network in nets.ENCODERS."""
        chosen = self.training.encoder
        return METHODS[self.method].encoders[0] if chosen == "auto" else chosen

    def method_knobs(self) -> Knobs:
        return METHODS[self.method].Knobs(**self.knobs)

    def values(self) -> dict[str, Any]:
        """All knobs, flat: name -> value."""
        tables = (self.method_knobs(), self.augment, self.training)
        return {name: value for table in tables for name, value in table.model_dump().items()}

    def change(self, **values: Any) -> "RunSettings":
        """These settings with some knobs turned. Unknown names and values out of range raise ValueError, in one
        sentence.
        """
        tables = knob_tables(self.method)
        groups = {
            "knobs": dict(self.knobs),
            "augment": self.augment.model_dump(),
            "training": self.training.model_dump(),
        }
        for name, value in values.items():
            group = next((g for g, table in tables.items() if name in table.model_fields), None)
            if group is None:
                raise ValueError(f"{self.method} has no knob {name!r}; it has: {', '.join(all_knobs(self.method))}")
            groups[group][name] = value
        try:
            return RunSettings.model_validate({**self.model_dump(), **groups})
        except ValidationError as error:
            raise ValueError(sentence(error)) from None

    def turn(self, **values: Any) -> "RunSettings":
        """`change`, while the run trains: a knob that acts on the next run only raises ValueError, too."""
        for name in values:
            knob = all_knobs(self.method).get(name)
            if knob is not None and not knob.live:
                raise ValueError(f"{knob.label} cannot change while training; it acts on the next run")
        return self.change(**values)


def recommended(method: str = FIRST, data: str = "shapes", **fields: Any) -> RunSettings:
    """The settings a page opens with: the defaults, fitted to the kind of pictures and to the method. Raises
    ValueError, in a sentence.
    """
    drawn = data in SOURCES and SOURCES[data].drawn
    fitted = {**({} if drawn else PHOTOGRAPH_KNOBS), **METHODS[method].recommended}
    try:
        return RunSettings(method=method, data=data, **fields).change(**fitted)
    except ValidationError as error:
        raise ValueError(sentence(error)) from None


def knob_tables(method: str) -> dict[str, type[Knobs]]:
    return {"knobs": METHODS[method].Knobs, "augment": AugmentKnobs, "training": TrainingKnobs}


def all_knobs(method: str) -> dict[str, Knob]:
    """Every knob that a run of this method has: name -> description."""
    return {name: k for table in knob_tables(method).values() for name, k in describe(table).items()}


def parse(text: str, method: str) -> dict[str, Any]:
    """`temperature=0.1` from a command line -> {"temperature": "0.1"}; pydantic does the typing and the checking."""
    name, separator, value = text.partition("=")
    if not separator or name not in all_knobs(method):
        raise ValueError(f"{text!r} is not NAME=VALUE with a knob of {method}: {', '.join(all_knobs(method))}")
    kind = all_knobs(method)[name].kind
    choices = all_knobs(method)[name].choices
    if kind == "choice":
        return {name: next((c for c in choices if str(c) == value), value)}
    return {name: value}


def sentence(error: ValidationError) -> str:
    """What pydantic found wrong, for a person."""
    return "; ".join(f"{e['loc'][-1] if e['loc'] else 'settings'}: {e['msg']}" for e in error.errors())
