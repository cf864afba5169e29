"""Jigsaw: a picture is cut into tiles, the tiles are shuffled; which way? To put them back, know the parts of things.

    x       one random view of each of N pictures, enlarged                                    N x 3 x H x W
    T       tiles of a picture: 3 x 3, or 2 x 2
    P       permutations to choose from, as unlike each other as can be                        P x T
    h_t     what the encoder makes of one tile; the same encoder for all, it sees one at a time
    y       which permutation it was: guessed by a head that sees h_1 … h_T side by side       N

Noroozi & Favaro 2016, "Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles", section 4 and
algorithm 1 (the permutations). Two things would give the order away without any knowledge of things, and both are
taken away as in the paper: lines that go on across a cut (each tile is cut somewhere in its cell, with a gap to the
next), and brightness or colour that fades across the picture (each tile has its own mean and spread removed).
Our pictures have 32 x 32 pixels and a tile of 8 would say little to a network that halves three times: the view is
enlarged by half, which makes nothing visible that was not there. h of a whole picture is that of one large tile.
"""

import math
from functools import cache
from typing import Any, ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from sslviz.data.augment import Augment
from sslviz.knobs import knob
from sslviz.methods.method import Method, Step
from sslviz.nets.encoder import Encoder
from sslviz.nets.heads import mlp

CELL, GAP = 16, 4  # pixels of the enlarged view: a tile of 12 x 12 lies anywhere in its cell of 16 x 16


class Jigsaw(Method):
    """A pretext task: the label is made from the picture itself, by cutting it up."""

    title, family, paper = "Jigsaw", "pretext task", "https://arxiv.org/abs/1603.09246"
    equation = r"\mathcal{L} = -\log \mathrm{softmax}_y\, g\big(h_{\pi_y(1)}, \ldots, h_{\pi_y(T)}\big)"
    summary = "A picture is cut into tiles and shuffled: which way? To put them back, know the parts of things."
    recommended: ClassVar[dict[str, Any]] = {"crop_scale": 0.6, "batch_size": 64, "steps": 1500}

    class Knobs(Method.Knobs):
        permutations: int = knob(64, 2, 256, symbol="P", live=False, help="how many ways of shuffling; 2 x 2 has 24")
        tiles_per_side: Literal[3, 2] = knob(3, live=False, help="3: nine small tiles, 2: four larger ones")
        gaps: bool = knob(True, help="off: tiles touch, and a line that goes on in the next tile gives the order away")
        normalise_tiles: bool = knob(True, help="off: colours that fade across the picture give the order away")

    knobs: Knobs
    permutations: Tensor

    def __init__(self, encoder: Encoder, knobs: Knobs, augment: Augment) -> None:
        super().__init__(encoder, knobs, augment)
        tiles = knobs.tiles_per_side**2
        self.register_buffer("permutations", unlike(tiles, knobs.permutations))
        self.head = mlp(tiles * encoder.dim, 2 * encoder.dim, len(self.permutations))

    def views(self, images: Tensor, labels: Tensor | None = None) -> tuple[Tensor, ...]:
        """One random view, enlarged; where in its cell each tile is cut (N x T x 2, down and right); y (N)."""
        x, chance = self.augment(images, size=CELL * self.knobs.tiles_per_side), self.augment.random
        corner = torch.randint(GAP + 1, (len(x), self.permutations.shape[1], 2), generator=chance)
        y = torch.randint(len(self.permutations), (len(x),), generator=chance)
        return x, corner.to(x.device), y.to(x.device)

    # fmt: off
    def step(self, x: Tensor, corner: Tensor, y: Tensor) -> Step:
        order = self.permutations[y].long()                                        # N x T
        tiles = self.cut(x, corner)                                                # N x T x 3 x t x t
        tiles = tiles[torch.arange(len(x), device=x.device)[:, None], order]       # shuffled
        h = self.encoder(self.normalise(tiles.flatten(0, 1)))                      # N T x d
        logits = self.head(h.reshape(len(x), -1))                                  # N x P
        loss = F.cross_entropy(logits, y)
        accuracy = (logits.argmax(1) == y).float().mean()
        return Step(loss, self.exhibits(tiles, logits, y), {"accuracy": accuracy})
    # fmt: on

    @classmethod
    def ignorance(cls, values: dict[str, Any]) -> tuple[str, float]:
        p = min(values["permutations"], math.factorial(values["tiles_per_side"] ** 2))
        return f"ln P, P = {p}", math.log(p)

    def cut(self, x: Tensor, corner: Tensor) -> Tensor:
        """Row by row: N x 3 x H x W -> N x T x 3 x t x t, from `corner` of each cell; the whole cell without gaps."""
        cells = x.unfold(2, CELL, CELL).unfold(3, CELL, CELL).flatten(2, 3).transpose(1, 2)  # N x T x 3 x 16 x 16
        if not self.knobs.gaps:
            return cells
        n, t = (torch.arange(size, device=x.device) for size in cells.shape[:2])
        down, right = (corner[..., None] + torch.arange(CELL - GAP, device=x.device)[None, None, None]).unbind(2)
        tiles = cells[n[:, None, None, None], t[:, None, None], :, down[..., None], right[..., None, :]]
        return tiles.movedim(-1, 2)

    def normalise(self, tiles: Tensor) -> Tensor:
        """Each tile, or whole picture, minus its mean and divided by its spread, colour by colour."""
        if not self.knobs.normalise_tiles:
            return tiles
        std, mean = torch.std_mean(tiles, (2, 3), keepdim=True)
        return 0.25 * (tiles - mean) / (std + 0.05)  # plain tiles: do not blow up their noise

    @torch.no_grad()
    def exhibits(self, tiles: Tensor, logits: Tensor, y: Tensor) -> dict[str, Tensor]:
        """The puzzle as it is given, with its gaps; what is guessed, what is true, the choices."""
        side, gap = self.knobs.tiles_per_side, CELL - tiles.shape[-1]
        shown = F.pad(self.augment.display(tiles), (gap // 2,) * 4, value=255)  # N x T x 3 x 16 x 16
        rows = shown.unflatten(1, (side, side)).permute(0, 3, 1, 4, 2, 5).flatten(4).flatten(2, 3)
        return {"shuffled": rows, "permutation_logits": logits, "permutation": y, "permutations": self.permutations}

    def embed(self, images: Tensor) -> Tensor:
        """h of whole pictures, each treated as one large tile."""
        h: Tensor = self.encoder(self.normalise(images))
        return h


@cache
def unlike(tiles: int, count: int) -> Tensor:
    """`count` permutations of the tiles (all there are, if fewer), uint8: each next one differs most from those before.

    Algorithm 1 of the paper takes the largest mean Hamming distance to the chosen ones; here the largest distance to
    the nearest of them, and the mean decides ties. Chosen from 10,000 drawn at random (with a fixed seed) where the
    paper tries all 362,880.
    """
    chance = torch.Generator().manual_seed(0)
    drawn = torch.rand(10_000, tiles, generator=chance).argsort(1).to(torch.uint8).unique(dim=0)
    drawn = drawn[torch.randperm(len(drawn), generator=chance)]
    total, nearest = torch.zeros(len(drawn)), torch.full((len(drawn),), tiles)
    chosen: list[int] = []
    for number in range(min(count, len(drawn))):
        chosen.append(int((nearest + total / (tiles + 1) / (number + 1)).argmax()))
        distance = (drawn != drawn[chosen[-1]]).sum(1)  # in how many places they differ
        total, nearest = total + distance, nearest.minimum(distance)
    found: Tensor = drawn[chosen]
    return found
