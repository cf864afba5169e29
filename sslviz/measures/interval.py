"""How far may a score be off because so few pictures were tested? A 95 % interval, and a few words where it is wide.

Wilson 1927, "Probable inference, the law of succession, and statistical inference": of n pictures a share p was right;
which true shares make that a result that is not surprising? It never leaves 0 … 1, and 8 of 8 does not mean certain.
"""

import math

Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations
WIDE = 0.035  # what is narrower need not be said: 1,000 pictures are enough for 0.031


def wilson(share: float, n: int, z: float = Z) -> tuple[float, float]:
    """The lowest and the highest true share; `share` of `n` pictures were right. Raises ValueError without pictures."""
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"a share between 0 and 1 of at least one picture is needed, not {share} of {n}")
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def margin(share: float, n: int) -> float:
    """From the share to the further end of its interval."""
    low, high = wilson(share, n)
    return max(share - low, high - share)


def doubt(n: int | None, *shares: float | None) -> str:
    """ "8 test pictures: ± 32 points" where that is worth saying of one of the shares, else nothing. `n`: pictures that
    were tested, None if nobody knows.
    """
    known = [share for share in shares if share is not None and 0 <= share <= 1]
    off = max(margin(share, n) for share in known) if n and known else 0.0
    return f"{n:,} test picture{'s' * (n != 1)}: ± {100 * off:.0f} points" if off > WIDE else ""
