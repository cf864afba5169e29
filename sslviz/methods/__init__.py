"""The lecture: one file = one method, from the equation to the code. A new method is one import and one line here."""

from sslviz.methods.method import Method
from sslviz.methods.simclr import SimCLR

METHODS: dict[str, type[Method]] = {
    "simclr": SimCLR,
}
