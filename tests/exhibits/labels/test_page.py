"""The pages of the lecture's tables: labels, landscape, chooser."""

import pytest

from tests.pages import opened

ODD = ["nan", "1e308", "-7", "<b>x</b>", "x" * 5000, "", "inf"]


def test_labels_open_with_boxes_and_take_a_preset() -> None:
    app = opened("labels")
    assert not app.exception
    assert not app.warning
    assert app.metric[0].value == "1 M – 4 M"
    app.button(key="preset_0").click().run()
    assert app.metric[0].value == "7 M"
    app.button(key="preset_4").click().run()
    assert app.metric[0].value == "420 M – 1.4 G"
    assert "14{,}000{,}000" in app.latex[0].value


def test_labels_follow_the_address() -> None:
    app = opened("labels", images_from="1000", images_to="1000", usd_from="2", usd_to="3", share="50", wage="10")
    assert [metric.value for metric in app.metric] == ["1 k – 1.5 k", "0.05 – 0.075", "12 – 18"]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("key", ["images_from", "usd_to", "wage", "share"])
def test_labels_on_an_address_that_makes_no_sense(key: str, value: str) -> None:
    app = opened("labels", **{key: value}, unknown="1")
    assert not app.exception
    assert app.warning
    assert app.metric[0].value == "1 M – 4 M"


@pytest.mark.parametrize("part", ["Four ideas", "Benchmark", "Contrastive zoo", "Other fields", "Evaluations"])
def test_each_part_of_the_landscape(part: str) -> None:
    app = opened("landscape", part=part)
    assert not app.exception
    assert not app.warning
    assert app.button_group(key="part").value == part


@pytest.mark.parametrize("value", ODD)
def test_landscape_and_chooser_on_odd_addresses(value: str) -> None:
    for page, key in (("landscape", "part"), ("chooser", "labels"), ("chooser", "domain")):
        app = opened(page, **{key: value})
        assert not app.exception
        assert app.warning


def test_the_chooser_follows_the_address() -> None:
    assert opened("chooser").subheader[0].value == "MoCo"
    assert opened("chooser", compute="a laptop").subheader[0].value == "SimSiam"
    assert opened("chooser", domain="colour decides", labels="100", images="1M").subheader[0].value == "MAE"
