"""The lecture: one file = one method, from the equation to the code. A new method is one import and one line here."""

from sslviz.methods.barlow_twins import BarlowTwins
from sslviz.methods.byol import BYOL
from sslviz.methods.colorization import Colorization
from sslviz.methods.dino import DINO
from sslviz.methods.emp_ssl import EMPSSL
from sslviz.methods.jigsaw import Jigsaw
from sslviz.methods.lejepa import LeJEPA
from sslviz.methods.mae import MAE
from sslviz.methods.method import Method
from sslviz.methods.moco import MoCo
from sslviz.methods.rotation import Rotation
from sslviz.methods.simclr import SimCLR
from sslviz.methods.simsiam import SimSiam
from sslviz.methods.supervised import Supervised
from sslviz.methods.swav import SwAV
from sslviz.methods.vicreg import VICReg

METHODS: dict[str, type[Method]] = {
    "simclr": SimCLR,
    "moco": MoCo,
    "swav": SwAV,
    "byol": BYOL,
    "simsiam": SimSiam,
    "barlow_twins": BarlowTwins,
    "vicreg": VICReg,
    "emp_ssl": EMPSSL,
    "lejepa": LeJEPA,
    "dino": DINO,
    "mae": MAE,
    "rotation": Rotation,
    "jigsaw": Jigsaw,
    "colorization": Colorization,
    "supervised": Supervised,
}
FIRST = next(iter(METHODS))  # the lecture begins with it; a page opens with it where nobody asks for another


def name_of(method: type[Method]) -> str:
    """The name of a method's class in the registry."""
    return next(name for name, each in METHODS.items() if each is method)
