"""Settings: one flat name space of knobs, validated wherever they come from."""

import pytest

from sslviz.data.augment import AugmentKnobs
from sslviz.methods import METHODS
from sslviz.runs.settings import RunSettings, all_knobs, parse, recommended
from sslviz.runs.training_knobs import TrainingKnobs


@pytest.mark.parametrize("method", METHODS)
def test_no_two_tables_share_a_name(method: str) -> None:
    tables = [METHODS[method].Knobs, AugmentKnobs, TrainingKnobs]
    names = [name for table in tables for name in table.model_fields]
    assert len(names) == len(set(names)) == len(all_knobs(method))


@pytest.mark.parametrize("method", METHODS)
def test_every_knob_explains_itself_and_has_a_valid_default(method: str) -> None:
    for knob in all_knobs(method).values():
        assert len(knob.help) > 10, knob.name
        assert knob.kind == "choice" or knob.kind == "bool" or knob.low <= knob.default <= knob.high, knob.name


def test_change_reaches_each_table_and_leaves_the_original() -> None:
    before = RunSettings()
    after = before.change(temperature=0.1, hue=0.2, batch_size=64)
    assert (after.values()["temperature"], after.augment.hue, after.training.batch_size) == (0.1, 0.2, 64)
    assert before.values()["temperature"] == 0.2
    assert RunSettings.model_validate_json(after.model_dump_json()) == after


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"temperature": 5.0}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"batch_size": "many"}, "batch_size"),
        ({"colour": 1.0}, "no knob 'colour'"),
        ({"projector": "transformer"}, "projector"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(values: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        RunSettings().change(**values)
    assert "\n" not in str(caught.value)


def test_unknown_methods_are_refused() -> None:
    with pytest.raises(ValueError, match="there is no method 'simclear'"):
        RunSettings(method="simclear")


def test_the_command_line_is_typed_by_the_knob() -> None:
    s = RunSettings()
    for text in ("temperature=0.1", "width=64", "batch_size=128", "learn_temperature=true", "precision=float32"):
        s = s.change(**parse(text, "simclr"))
    v = s.values()
    assert (v["temperature"], v["width"], v["batch_size"], v["learn_temperature"]) == (0.1, 64, 128, True)
    with pytest.raises(ValueError, match="not NAME=VALUE"):
        parse("temperature", "simclr")


def test_photographs_get_less_hue_jitter_than_shapes() -> None:
    assert recommended(data="pictures.zip").augment.hue < recommended(data="shapes").augment.hue
