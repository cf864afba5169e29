"""Which of the recorded steps are kept, when not all of them can be."""

import numpy as np


def spread(steps: list[int], number: int) -> list[int]:
    """At most so many of the steps, the last among them; step 0, the random weights, only if there is no other."""
    trained = [step for step in steps if step] or steps
    places = np.linspace(len(trained) - 1, 0, min(number, len(trained)))
    return sorted(trained[round(place)] for place in places)


def thinned(steps: list[int], most: int) -> list[int]:
    """At most `most` of the steps, the first and the last among them: half evenly spread, half evenly in log step."""
    if len(steps) <= most:
        return steps
    last = len(steps) - 1
    even = np.linspace(0, last, most // 2)
    early = np.geomspace(1, last + 1, most // 2) - 1
    return [steps[i] for i in sorted({round(i) for i in (*even, *early)})]
