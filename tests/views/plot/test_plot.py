"""The plotly.js that draws in the browser is of the plotly that makes the figures."""

import re

from plotly.offline import get_plotlyjs_version

from sslviz.views.plot.plot import PLOTLY_JS


def test_both_are_of_one_major_version() -> None:
    head = PLOTLY_JS.read_text("utf-8")[:200]
    bundled = re.search(r"plotly\.js \(cartesian - minified\) v(\S+)", head)
    assert bundled is not None
    assert f"-{bundled[1]}.min.js" in PLOTLY_JS.name
    assert bundled[1].split(".")[0] == get_plotlyjs_version().split(".")[0]
