"""What is computed while the viewer looks: in its order, only what was guessed last, and whatever it raises."""

from threading import Event

import pytest

from sslviz.exhibits.slow_motion import ahead


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "PAUSE", 0)
    monkeypatch.setattr(ahead.st, "session_state", {})


def idle() -> None:
    ahead._thread.submit(int).result()


def test_all_guesses_are_computed_in_their_order_whatever_one_raises() -> None:
    done: list[int] = []
    ahead.compute(lambda: done.append(1), lambda: 1 / 0, lambda: done.append(2))
    idle()
    assert done == [1, 2]
    assert not ahead._last


def test_what_was_guessed_before_is_given_up() -> None:
    done, begun, go_on = [], Event(), Event()
    ahead.compute(begun.set, go_on.wait, lambda: done.append("old"))
    begun.wait()
    ahead.compute(lambda: done.append("given up before it began"))
    ahead.compute(lambda: done.append("new"))
    go_on.set()
    idle()
    assert done == ["new"]


def test_another_viewer_gives_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    ahead.compute(lambda: done.append("mine"))
    monkeypatch.setattr(ahead.st, "session_state", {})
    ahead.compute(lambda: done.append("theirs"))
    idle()
    assert done == ["mine", "theirs"]
