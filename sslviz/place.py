"""Where things lie: beside this package in a checkout, inside it once it is installed."""

import os
from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent
SITE = CHECKOUT if (CHECKOUT / "app.py").is_file() else PACKAGE / "site"  # app.py, pages/, checkpoints/gallery/
APP, PAGES, GALLERY = SITE / "app.py", SITE / "pages", SITE / "checkpoints" / "gallery"


def expand(path: str | Path) -> Path:
    """`~` is the home folder; `~nobody`, where there is no such user, stays as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises


def default_runs() -> Path:
    """$SSLVIZ_RUNS; else checkpoints/runs of the checkout, and ~/.sslviz/runs once installed."""
    usual = SITE / "checkpoints" / "runs" if SITE == CHECKOUT else Path("~/.sslviz/runs")
    return expand(os.environ.get("SSLVIZ_RUNS") or usual).resolve()
