"""Behind every door lies a card for each of its pages; no page is without a door."""

import pytest

from sslviz.methods import METHODS
from sslviz.views import catalogue
from tests.pages import EXHIBITS, opened


@pytest.mark.parametrize("door", catalogue.DOORS)
def test_a_door_shows_a_card_for_each_page(door: str) -> None:
    app = opened(door)
    assert not app.exception
    rows = [catalogue.row(name) for name in catalogue.behind(door)]
    assert [link.proto.label for link in app.get("page_link")] == [row.title for row in rows]
    assert [text.value for text in app.caption] == [row.says for row in rows]
    assert len(app.get("image")) == len(catalogue.behind(door))


def test_every_page_lies_behind_one_door() -> None:
    found = [name for door in catalogue.DOORS for name in catalogue.behind(door)]
    assert sorted(found) == sorted([*METHODS, *EXHIBITS])
    assert len(catalogue.pages()) == len(found) + len(catalogue.DOORS)


def test_the_navigation_shows_few() -> None:
    assert sum(page.visibility == "visible" for page in catalogue.pages()) <= 7  # and the first page
