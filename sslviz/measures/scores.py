"""The names of the scores called k-NN, and what each of them means: pages and commands take their words from here.

All three are the share of test pictures whose class is the one that their 20 nearest pictures in h vote for. The more
pictures there are to ask, the higher the share, so one is never compared with another.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """`meaning`: one sentence, for a help or a caption."""

    name: str
    meaning: str

    @property
    def title(self) -> str:
        """The name as it begins a heading."""
        return self.name[0].upper() + self.name[1:]


LIVE = Score(
    "live k-NN",
    "The live k-NN is the share of test pictures whose 20 nearest pictures in h vote for the right class, measured "
    "again and again while a run trains, among a sample of the pictures that is small enough for that.",
)
FINAL = Score(
    "final k-NN",
    "The final k-NN is the share of test pictures whose 20 nearest pictures in h vote for the right class, measured "
    "once when a run is done, among all training pictures: some points above the live k-NN, which has fewer to ask.",
)
EVALUATED = Score(
    "evaluated k-NN",
    "The evaluated k-NN is the share of test pictures whose 20 nearest pictures in h (or z) vote for the right class "
    "(or factor), measured on any kept weights, among the 5,000 training pictures to which the linear probe is fitted.",
)
