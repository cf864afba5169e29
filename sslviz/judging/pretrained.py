"""Encoders that others have trained on millions of photographs: fetched once from their authors, kept in the cache.

    resnet18   torchvision's ResNet-18, trained with the labels of ImageNet; its averaged features, 512 numbers
    dinov2     DINOv2's ViT-S/14, trained without labels on 142 million pictures; its class token, 384 numbers

A file that lies in the folder of the weights is taken as it is, so a machine without a network can be given copies.
DINOv2's network is described by code in its authors' repository: torch.hub runs that code, from the local copy. Weights
are PyTorch files, of which nothing but tensors is read.
"""

import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision import models

from sslviz.data.sources.download import Archive, Patience, fetch, why

SIDE = 224  # pixels; both were trained on pictures of this size
PORTION = 32  # pictures at a time
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as both were trained

RESNET18 = models.ResNet18_Weights.IMAGENET1K_V1.url
META = "https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/"
CODE = "dinov2-main"  # the repository, as GitHub packs it


class Unavailable(RuntimeError):
    """Weights that cannot be had. The message is a sentence or two for the viewer."""


@dataclass(frozen=True)
class Pretrained:
    """What must lie in the folder of the weights, and how the network is made of it: B x 3 x 224 x 224 -> B x d."""

    title: str
    archives: tuple[Archive, ...]
    build: Callable[[Path], nn.Module]

    @property
    def files(self) -> str:
        return " and ".join(archive.place for archive in self.archives)


def obtain(entry: Pretrained, folder: Path, tell: Callable[[str], None], patience: Patience | None = None) -> None:
    """Downloads what is not there yet. Raises Unavailable. `tell` hears how far it is, in words."""
    for archive in entry.archives:
        to, host = folder / archive.place, urlsplit(archive.url).hostname
        if to.exists() or to.with_suffix("").is_dir():  # a .zip may lie there unpacked
            continue

        def advance(share: float, place: str = archive.place) -> None:
            tell(f"Downloading {place}: {share:.0%}")

        tell(f"Asking {host} for {archive.place}")
        try:
            fetch(archive, to, patience or Patience(), advance)
        except (OSError, HTTPException) as error:
            raise Unavailable(
                f"The weights of {entry.title} could not be downloaded from {host} ({why(error)}). "
                f"Put {entry.files} into {folder} to use a local copy."
            ) from None


def build(entry: Pretrained, folder: Path) -> nn.Module:
    """The network of what lies in `folder`, frozen. Raises Unavailable."""
    try:
        return entry.build(folder).eval().requires_grad_(False)
    except Exception as error:  # what is in these files, and what the authors' code does, is not ours
        said = str(error).strip().splitlines() or [""]
        raise Unavailable(
            f"{entry.files} in {folder} cannot be used as {entry.title} ({type(error).__name__}: {said[0][:120]}). "
            "What is removed there is downloaded again."
        ) from None


@torch.no_grad()
def features(net: nn.Module, images: Tensor, tell: Callable[[str], None]) -> Tensor:
    """uint8 N x 3 x H x W -> float32 N x d: every picture enlarged to 224 x 224, as bright as ImageNet's."""
    device = images.device
    net = net.to(device)
    mean, std = (torch.tensor(value, device=device).view(3, 1, 1) for value in (MEAN, STD))
    found = []
    for start in range(0, len(images), PORTION):
        x = F.interpolate(images[start : start + PORTION] / 255, (SIDE, SIDE), mode="bilinear", align_corners=False)
        found.append(net((x - mean) / std).float().cpu())
        tell(f"{min(start + PORTION, len(images)):,} of {len(images):,} pictures looked at")
    return torch.cat(found)


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a PyTorch file; anything else in it is refused."""
    found: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return found


def resnet18(folder: Path) -> nn.Module:
    net: nn.Module = models.resnet18(weights=None)
    net.load_state_dict(read(folder / Path(RESNET18).name))
    net.fc = nn.Identity()  # what it averaged over the places, not which of ImageNet's classes that is
    return net


def dinov2(folder: Path, hub: Callable[..., Any] = torch.hub.load) -> nn.Module:
    """`hub` makes the network out of the folder with the authors' code."""
    code = folder / CODE
    if not code.is_dir():
        with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder) as scratch:
            with zipfile.ZipFile(code.with_suffix(".zip")) as packed:
                packed.extractall(scratch)
            (Path(scratch) / CODE).replace(code)
    net: nn.Module = hub(str(code), "dinov2_vits14", source="local", pretrained=False)
    net.load_state_dict(read(folder / "dinov2_vits14_pretrain.pth"))
    return net


PRETRAINED: dict[str, Pretrained] = {
    "resnet18": Pretrained(
        "ResNet-18 (ImageNet labels)",
        (Archive(RESNET18, Path(RESNET18).name, sha256="f37072fd"),),
        resnet18,
    ),
    "dinov2": Pretrained(
        "DINOv2 (ViT-S/14)",
        (
            Archive("https://github.com/facebookresearch/dinov2/archive/refs/heads/main.zip", f"{CODE}.zip"),
            Archive(META + "dinov2_vits14_pretrain.pth", "dinov2_vits14_pretrain.pth"),
        ),
        dinov2,
    ),
}
