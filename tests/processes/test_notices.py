import pytest

from sslviz.processes import notices
from sslviz.processes.notices import NEWS, Notices


def test_a_sentence_is_said_again_once_it_is_no_longer_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Notices()
    for now in (1000.0, 1000.0 + NEWS - 1, 1000.0 + NEWS, 1000.0 + NEWS + 1):
        monkeypatch.setattr(notices.time, "time", lambda now=now: now)
        said.say("It died.")
    assert [when for when, _ in said] == [1000.0, 1000.0 + NEWS]
