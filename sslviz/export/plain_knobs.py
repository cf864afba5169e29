"""Knobs in plain Python, for a script that stands alone: a table of values and nothing that checks them."""

from typing import Any


class Knobs:
    """`Knobs()` holds the values written in its class; `Knobs(temperature=0.1)` the same, but for one."""

    def __init__(self, **turned: Any) -> None:
        vars(self).update(turned)
