"""Foreign text in markup is read as it stands."""

import re

import pytest

from sslviz.foreign import JOINER, in_legend, in_markdown, in_plotly, one_line, path_end

UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*([\[\]*`<>$~])")


@pytest.mark.parametrize(
    "text",
    [
        "![](http://host/b)",
        "[CIFAR-10](//evil)",
        "mark **up** $x$ ~~gone~~ `code`",
        "<b>bold</b> &lt;",
        ":red[big] :material/home:",
        "\\[x\\](y)",
        "_it_ is",
    ],
)
def test_nothing_in_markdown_is_markup(text: str) -> None:
    escaped = in_markdown(text)
    assert not UNESCAPED.search(escaped)
    assert not re.search(r":(?=\w)|(?<!\\)&|(?<![\w\\])_", escaped)
    assert re.sub(r"\\([^a-z0-9\s])", r"\1", escaped).replace(JOINER, "") == text  # a reader sees it whole


@pytest.mark.parametrize("text", ["- item", "# head", "1. first", "+ more", "=== line"])
def test_a_line_begins_no_block(text: str) -> None:
    assert re.match(r"\d*\\", in_markdown(text))
    assert in_markdown("a\n\n" + text) == "a " + text


def test_ordinary_names_stay_as_they_are() -> None:
    for name in (
        "0.07",
        "-0.5",
        "1e-07",
        "simclr-261125-101500-3fa2",
        "barlow_twins",
        "SimCLR 3fa2 (recorded)",
        "hot dog, naïve 🐈",
    ):
        assert in_markdown(name) == in_plotly(name) == name


def test_plotly_reads_no_tags_and_fills_in_no_values() -> None:
    assert in_plotly("<b>a</b> & %{x}") == "&lt;b&gt;a&lt;/b&gt; &amp; &#37;{x}"


def test_long_names_are_cut_and_say_so() -> None:
    assert in_legend("x" * 200) == "x" * 24 + "…"
    assert len(in_markdown("x" * 5000)) == 200
    assert path_end("/home/anna/pictures/forty-two.zip", 20) == "…tures/forty-two.zip"
    assert one_line("a\r\n\x00b\u2028c") == "a b c"
