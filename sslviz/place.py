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


def writable(folder: Path) -> bool:
    """True if something can be written into it, or if it can be made."""
    there = next((each for each in (folder, *folder.parents) if os.path.exists(each)), folder)  # noqa: PTH110 - raises
    return os.access(there, os.W_OK | os.X_OK)


def compiled(code: Path) -> dict[str, str]:
    """The variable that says where numba keeps what it has compiled; empty where it finds a place by itself, beside
    the code or in the home folder. Where it finds none, umap cannot even be imported.
    """
    own = writable(code) or (expand("~").is_absolute() and writable(home() / ".cache"))
    return {} if own or "NUMBA_CACHE_DIR" in os.environ else {"NUMBA_CACHE_DIR": str(default_cache() / "numba")}


def default_runs() -> Path:
    """$SSLVIZ_RUNS; else checkpoints/runs of the checkout, and ~/.sslviz/runs once installed."""
    usual = SITE / "checkpoints" / "runs" if SITE == CHECKOUT else home() / ".sslviz" / "runs"
    return expand(os.environ.get("SSLVIZ_RUNS") or usual).resolve()
