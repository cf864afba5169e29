"""Which map is meant: method, numbers and dimensions, and the short name under which its layouts are kept.

`umap`, `umap-n30-d0.5`, `tsne-p10`, `pca-3d`: what has its usual value is left out, so that the maps that every run
gets while it trains are found under the plain names.
"""

import re
from dataclasses import dataclass, fields
from typing import Any

METHODS = ("umap", "tsne", "pca")
# the values that can be asked for: a map of each costs seconds, so near ones are not worth the wait
NEIGHBOURS = (2, 5, 10, 15, 30, 50, 100, 200)
APART = (0.0, 0.05, 0.1, 0.25, 0.5, 0.8, 0.99)
PERPLEXITIES = (2, 5, 10, 20, 30, 50, 100)
NAME = re.compile(r"(umap|tsne|pca)(?:-n(\d+))?(?:-d([\d.]+))?(?:-p(\d+))?(-3d)?", re.ASCII)


@dataclass(frozen=True)
class MapKind:
    """Numbers that the method does not have keep their usual values. Raises ValueError for those that are not offered.

    n_neighbors, min_dist: of UMAP; perplexity: of t-SNE.
    """

    method: str = "umap"
    n_neighbors: int = 15
    min_dist: float = 0.1
    perplexity: int = 30
    dimensions: int = 2

    def __post_init__(self) -> None:
        offered = (METHODS, NEIGHBOURS, APART, PERPLEXITIES, (2, 3))
        for field, values in zip(fields(self), offered, strict=True):
            if getattr(self, field.name) not in values:
                raise ValueError(f"{field.name} = {getattr(self, field.name)!r} is none of {values}")

    @property
    def name(self) -> str:
        usual, parts = MapKind(), [self.method]
        if self.method == "umap":
            parts += [f"n{self.n_neighbors}"] * (self.n_neighbors != usual.n_neighbors)
            parts += [f"d{self.min_dist:g}"] * (self.min_dist != usual.min_dist)
        if self.method == "tsne":
            parts += [f"p{self.perplexity}"] * (self.perplexity != usual.perplexity)
        return "-".join([*parts, *["3d"] * (self.dimensions == 3)])

    @classmethod
    def parse(cls, name: str) -> "MapKind":
        """The kind that a name stands for. Raises ValueError for what is no name."""
        found = NAME.fullmatch(name)
        if found is None:
            raise ValueError(f"{name!r} is no kind of map")
        method, neighbours, apart, perplexity, space = found.groups()
        given: dict[str, Any] = {"method": method}
        given |= {"n_neighbors": int(neighbours)} if neighbours else {}
        given |= {"min_dist": float(apart)} if apart else {}
        given |= {"perplexity": int(perplexity)} if perplexity else {}
        return cls(**given, dimensions=3 if space else 2)

    def knobs(self) -> dict[str, Any]:
        """The arguments of its function in measures/projection.py."""
        own: dict[str, Any] = {"dimensions": self.dimensions}
        if self.method == "umap":
            own |= {"n_neighbors": self.n_neighbors, "min_dist": self.min_dist}
        if self.method == "tsne":
            own |= {"perplexity": float(self.perplexity)}
        return own
