"""The buttons that take a run along, clicked in a real browser: each file arrives whole."""

import zipfile
from pathlib import Path

import nbformat
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_each_button_downloads_what_it_says(museum, page, tmp_path: Path) -> None:
    page.goto(f"{museum.url}/runs")
    page.get_by_role("link", name="Judge a run", exact=True).click(timeout=60_000)
    page.get_by_text("Take it with you").wait_for(timeout=60_000)
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=60_000)
    files = {}
    for label in ("Run as .zip", "Script", "Notebook", "TensorBoard"):
        with page.expect_download(timeout=60_000) as download:
            page.locator(".st-key-take_away").get_by_role("button", name=label).click()
        files[label] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[label])
    assert [path.name for path in files.values()] == [
        "simclr.zip",
        "simclr.py",
        "simclr.ipynb",
        "simclr-tensorboard.zip",
    ]
    with zipfile.ZipFile(files["Run as .zip"]) as archive:
        assert "simclr/settings.json" in archive.namelist()
    compile(files["Script"].read_text(), "simclr.py", "exec")
    nbformat.validate(nbformat.read(files["Notebook"], as_version=4))
    with zipfile.ZipFile(files["TensorBoard"]) as archive:
        assert "simclr/projector_config.pbtxt" in archive.namelist()
    assert page.complaints == []
