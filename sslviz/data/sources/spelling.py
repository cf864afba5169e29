"""One class, spelled in several ways: Cats and cats, "hot dog" and hot_dog, an é of one or of two characters.

Computers compare bytes, people read words: what a person takes for the same name is one class, and a note says so.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

NAMED = 3  # joined classes that are named in the note


def joined(splits: Sequence[Sequence[str]]) -> tuple[dict[str, str], list[str]]:
    """Spelling -> the class that it stands for, and the notes. splits: the folder of each picture, split by split.

    Single letters keep their case where both stand side by side in one split: a and A are two letters.
    """
    counts = Counter(name for names in splits for name in names)
    letters = {name for name in counts if len(name) == 1}
    told_apart = {a for names in map(set, splits) for a in names & letters if a.swapcase() in names - {a}}
    groups: dict[str, list[str]] = {}
    for name in sorted(counts, key=lambda name: (-counts[name], name)):  # the most frequent spelling is shown
        groups.setdefault(name if name in told_apart else key(name), []).append(name)
    spelled = {name: tidy(group[0]) for group in groups.values() for name in group}
    several = [" = ".join(map(_seen, sorted(group))) for _, group in sorted(groups.items()) if len(group) > 1]
    if not several:
        return spelled, []
    more = f" and {len(several) - NAMED:,} more" if len(several) > NAMED else ""
    return spelled, [f"Spellings of one name are taken for one class: {', '.join(several[:NAMED])}{more}."]


def key(name: str) -> str:
    """Equal for names that a person takes for the same."""
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip() or name


def tidy(name: str) -> str:
    """As it is shown: composed characters, no blanks around it."""
    return unicodedata.normalize("NFC", name).strip() or name


def _seen(name: str) -> str:
    """Blanks at an end cannot be seen without quotation marks."""
    return f'"{name}"' if name != name.strip() else name
