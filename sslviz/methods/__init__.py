"""The lecture: one file = one method, from the equation to the code. A new method is one import and one line here."""

from sslviz.methods.barlow_twins import BarlowTwins
from sslviz.methods.byol import BYOL
from sslviz.methods.method import Method
from sslviz.methods.moco import MoCo
from sslviz.methods.simclr import SimCLR
from sslviz.methods.simsiam import SimSiam

METHODS: dict[str, type[Method]] = {
    "simclr": SimCLR,
    "moco": MoCo,
    "byol": BYOL,
    "simsiam": SimSiam,
    "barlow_twins": BarlowTwins,
}
