"""A launcher with real worker processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sslviz.processes.launcher import Launcher


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def launcher(tmp_path: Path, cache: Path) -> Iterator[Launcher]:
    shared = Launcher(tmp_path / "runs", cache, spare=False, projector=False).open()
    yield shared
    shared.close()
