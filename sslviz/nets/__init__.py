"""What methods are made of. `ENCODERS`: the networks that are trained, by the name of the knob."""

from sslviz.nets.convnet import ConvNet
from sslviz.nets.encoder import Encoder
from sslviz.nets.vit import ViT

ENCODERS: dict[str, type[Encoder]] = {"conv": ConvNet, "vit": ViT}
