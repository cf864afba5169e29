"""The first page leads through the lecture: every step has a link that the navigation knows, and says what to do."""

from sslviz.exhibits.home import page
from sslviz.views import catalogue
from tests.pages import FRAME, opened


def test_the_lecture_has_eight_steps_in_its_order() -> None:
    app = opened(FRAME)
    assert not app.exception
    links = [link.proto.label for link in app.get("page_link")]
    steps = ["What labels cost", "Pretext room", "InfoNCE worksheet", "Temperature", "SimCLR", "Projection head"]
    steps += ["BYOL", "EMA", "MAE room"]
    numbered = [label.split(". ", 1) for label in links if label[0].isdigit()]
    assert [name for _, name in numbered] == steps
    assert [int(number) for number, _ in numbered] == [1, 2, 3, 4, 5, 6, 7, 7, 8]
    assert links[len(steps) : len(steps) + 3] == ["Compare", "Judge a run", "Landscape"]


def test_it_names_the_blackboard_the_rooms_and_compare() -> None:
    shown = "\n".join(text.value for text in opened(FRAME).markdown)
    for place in catalogue.TABLES:
        assert f"**{place.lower()}**" in shown.lower()


def test_a_page_that_is_not_there_has_no_link() -> None:
    assert catalogue.named("no_such_page") is None
    assert all(catalogue.named(name) for stop in (*page.LECTURE, *page.AFTERWARDS) for name in stop.pages)
