"""A knob that was turned keeps its value until the run has followed, or has listened and not followed."""

import time

import pytest

from sslviz.runs.records import Status
from sslviz.views.controls.controls import PATIENCE, Wish


@pytest.mark.parametrize(
    ("age", "state", "steps", "refused"),
    [
        (1, "running", 5, False),  # it may be on its way
        (PATIENCE + 1, "running", 5, True),  # it has listened several times
        (PATIENCE + 1, "running", 1, False),  # the step during which the knob was turned may still go on
        (60, "queued", 0, False),  # its worker has not begun
        (60, "starting", 0, False),
        (60, "running", 0, False),  # a slow machine: the first step has not been done
        (PATIENCE + 1, "paused", 0, True),  # a paused run listens all the time
        (PATIENCE + 1, "interrupted", 0, True),  # nobody will ever hear it
    ],
)
def test_a_wish_waits_until_the_run_must_have_heard_it(age: float, state: str, steps: int, refused: bool) -> None:
    wish = Wish(0.95, time.time() - age, step=7)
    assert wish.refused(Status(state=state, step=7 + steps)) == refused
