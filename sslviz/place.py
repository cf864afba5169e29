"""Where things lie: beside this package in a checkout, inside it once it is installed."""

import os
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent
SITE = CHECKOUT if (CHECKOUT / "app.py").is_file() else PACKAGE / "site"  # app.py, pages/, checkpoints/gallery/
APP, PAGES, GALLERY = SITE / "app.py", SITE / "pages", SITE / "checkpoints" / "gallery"


def expand(path: str | Path) -> Path:
    """`~` is the home folder; `~nobody`, where there is no such user, stays as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises


def home() -> Path:
    """The home folder. A user whom the system does not know and who has no $HOME gets one among the temporary files."""
    found = expand("~")
    return found if found.is_absolute() else Path(tempfile.gettempdir()) / f"sslviz-{getattr(os, 'getuid', int)()}"


def default_cache() -> Path:
    """Where decoded and downloaded pictures are kept: $SSLVIZ_CACHE, else ~/.cache/sslviz."""
    return Path(os.environ.get("SSLVIZ_CACHE") or home() / ".cache" / "sslviz")


def default_runs() -> Path:
    """$SSLVIZ_RUNS; else checkpoints/runs of the checkout, and ~/.sslviz/runs once installed."""
    usual = SITE / "checkpoints" / "runs" if SITE == CHECKOUT else home() / ".sslviz" / "runs"
    return expand(os.environ.get("SSLVIZ_RUNS") or usual).resolve()
