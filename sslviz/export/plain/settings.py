"""What decides how one run goes, as plain values: its method, its seed, and three tables of knobs in one name space."""

from typing import Any

from sslviz.data.augment import AugmentKnobs
from sslviz.methods import METHODS
from sslviz.runs.training_knobs import TrainingKnobs


class RunSettings:
    """`values`: of knobs; the others are as they stand in their tables."""

    seconds = None

    def __init__(self, method: str, seed: int, **values: Any) -> None:
        self.method, self.seed = method, seed
        self.knobs, self.augment = METHODS[method].Knobs(**values), AugmentKnobs(**values)
        self.training = TrainingKnobs(**values)
        self.encoder = self.training.encoder
        if unknown := values.keys() - self.values().keys():
            raise ValueError(f"there is no knob {', '.join(unknown)}; there are: {', '.join(self.values())}")

    def method_knobs(self) -> Any:
        return self.knobs

    def values(self) -> dict[str, Any]:
        """All knobs: name -> value."""
        return {**self.knobs.model_dump(), **self.augment.model_dump(), **self.training.model_dump()}

    def change(self, **values: Any) -> "RunSettings":
        """These settings with some knobs turned."""
        return RunSettings(self.method, self.seed, **{**self.values(), **values})

    turn = change
