"""Text that somebody else wrote (a run's name, a class, a path, an error), put where it could be taken for markup.

Whatever it holds is read as it stands: no picture is fetched, no link is made, nothing becomes bold or a formula.
"""

import re

MARKS = re.compile(r"([\\`*_{}\[\]()<>#~$:&!|])")  # what Markdown, LaTeX in it and Streamlit's `:red[…]` begin with
LIST = re.compile(r"^(\d{0,9})([-+.)=])")  # at the beginning of a line: an item of a list, a heading
LONGEST = 200  # characters of one piece of foreign text on a page
TICK = 25  # … of a name in a legend or beside an axis


def in_markdown(text: object, longest: int = LONGEST) -> str:
    """For st.markdown, captions, notices, labels of controls and a notebook's text."""
    line = shortened(_one_line(text), longest)
    return LIST.sub(r"\1\\\2", MARKS.sub(r"\\\1", line))


def in_plotly(text: object, longest: int = LONGEST) -> str:
    """For titles, names, ticks, texts and hover templates of figures, which read `<b>` and `%{x}`."""
    line = shortened(_one_line(text), longest)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "&#37;{")


def tick(text: object) -> str:
    """`in_plotly`, so short that a legend or an axis leaves room for the picture."""
    return in_plotly(text, TICK)


def shortened(text: str, longest: int) -> str:
    """At most so many characters, the last of which says that there are more."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def path_end(path: str, longest: int = 29) -> str:
    """The end of a path, which says more than its beginning. Not yet fit for markup."""
    return path if len(path) <= longest else f"…{path[1 - longest :]}"


def _one_line(text: object) -> str:
    """Without line ends, tabs and invisible controls."""
    return "".join(c if c.isprintable() else " " for c in " ".join(str(text).split()))
