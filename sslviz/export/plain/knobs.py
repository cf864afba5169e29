"""A table of knobs as plain values: what stands in its class, unless told otherwise."""

import inspect
from typing import Any


class Knobs:
    """`Knobs(temperature=0.1)`: as written, but for one. Names of other tables are passed over."""

    def __init__(self, **values: Any) -> None:
        vars(self).update({name: values[name] for name in self.model_dump() if name in values})

    def model_dump(self) -> dict[str, Any]:
        """Name -> value."""
        return {name: getattr(self, name) for table in type(self).__mro__ for name in inspect.get_annotations(table)}


def knob(default: Any, *_: Any, **__: Any) -> Any:
    """Its default alone: ranges and help are for sliders."""
    return default
