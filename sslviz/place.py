"""Where things lie: beside this package in a checkout, inside it once it is installed."""

import os
from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent
SITE = CHECKOUT if (CHECKOUT / "app.py").is_file() else PACKAGE / "site"  # app.py, pages/, checkpoints/gallery/
APP, PAGES, GALLERY = SITE / "app.py", SITE / "pages", SITE / "checkpoints" / "gallery"


def default_runs() -> Path:
    """$SSLVIZ_RUNS; else checkpoints/runs of the checkout, and ~/.sslviz/runs once installed."""
    usual = SITE / "checkpoints" / "runs" if SITE == CHECKOUT else Path("~/.sslviz/runs")
    return Path(os.environ.get("SSLVIZ_RUNS") or usual).expanduser().resolve()
