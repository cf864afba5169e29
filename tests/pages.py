"""A page of the app as a test opens it: under an address, without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from sslviz.methods import METHODS
from sslviz.place import GALLERY
from sslviz.runs.folder import RunFolder
from sslviz.views import catalogue

ROOT = Path(__file__).parents[1]
FRAME = ROOT / "sslviz" / "views" / "frame.py"
EXHIBITS = [name for door in catalogue.DOORS.values() for name in door.pages]
PAGES = ["home", *catalogue.DOORS, *METHODS, *EXHIBITS]  # every page, by the name in its address


def example(name: str) -> RunFolder:
    """A recorded run that ships."""
    return RunFolder(GALLERY / name)


def end(name: str) -> int:
    """Its last step."""
    return example(name).snapshot_steps()[-1]


def opened(page: str | Path, **query: str | list[str]) -> AppTest:
    """`page`: the name of a page, or a path."""
    path = page if isinstance(page, Path) else ROOT / "pages" / f"{page}.py"
    if path.exists():
        app = AppTest.from_file(str(path), default_timeout=60)
    else:
        show = f"from sslviz.views import catalogue\ncatalogue.content({str(page)!r})()"
        app = AppTest.from_string(show, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def text(app: AppTest) -> str:
    """Everything that can be read on it."""
    assert not app.exception
    return "\n".join(element.value for element in [*app.markdown, *app.latex, *app.info, *app.caption])
