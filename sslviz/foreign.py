"""Text that somebody else wrote (a run's name, a class, a path, an error), put where it could be taken for markup.

Whatever it holds is read as it stands: no picture is fetched, no words hide a link, nothing becomes bold or a formula.
(An address that stands there openly, https://…, can be clicked; it leads where it says.)
"""

import re

# What Markdown, HTML, LaTeX and Streamlit's `:red[…]` begin with, where they can: not the _ in the midst of a word.
MARKS = re.compile(r"[\\`*\[\]<>~$|]|(?<!\w)_|_(?!\w)|:(?=\u2060)|&(?=[#\w])")
LIST = re.compile(r"^(\d{0,9})([-+.)=#])(?=[\s=#-]|$)")  # at the beginning of a line: an item of a list, a heading
SHORTCODE = re.compile(r":(?=\w)")  # `:smile:` and `:material/home:`, which no backslash stops (Streamlit 1.67)
JOINER = "\u2060"  # takes no room, and parts the colon from the word
LONGEST = 200  # characters of one piece of foreign text on a page
SENTENCE = 1000  # … of an error that holds some
TICK = 25  # … of a name in a legend or beside an axis


def in_markdown(text: object, longest: int = LONGEST) -> str:
    """For st.markdown, captions, notices, labels of controls and a notebook's text."""
    line = shortened(one_line(text), longest)
    return LIST.sub(r"\1\\\2", MARKS.sub(r"\\\g<0>", SHORTCODE.sub(f":{JOINER}", line)))


def in_plotly(text: object, longest: int = LONGEST) -> str:
    """For titles, names, ticks, texts and hover templates of figures, which read `<b>` and `%{x}`."""
    line = shortened(one_line(text), longest)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "&#37;{")


def in_legend(text: object) -> str:
    """`in_plotly`, so short that a legend or an axis leaves room for the picture."""
    return in_plotly(text, TICK)


def shortened(text: str, longest: int) -> str:
    """At most so many characters, the last of which says that there are more."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def path_end(path: str, longest: int = 29) -> str:
    """The end of a path, which says more than its beginning. Not yet fit for markup."""
    return path if len(path) <= longest else f"…{path[1 - longest :]}"


def one_line(text: object) -> str:
    """Without line ends, tabs and invisible controls: for the words in a script, and on the way into markup."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
