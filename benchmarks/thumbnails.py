"""A small picture of every page, for the cards that lead there: made of the app as it is, with the recorded runs.

    python -m benchmarks.thumbnails [--only simclr …]

Of each page the first picture that says most: the one of `CHOICE`, else its largest chart. Needs chromium.
"""

import argparse
import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.live import FLAGS, App, end
from benchmarks.page_pictures import DRAWN
from sslviz.views import catalogue
from sslviz.views.cards import PICTURES

WINDOW = {"width": 1440, "height": 1800}
SIZE = (360, 225)  # pixels of a thumbnail
QUALITY = 80
# page -> how the title of the chart begins
CHOICE = {
    "simclr": "Similarity",
    "moco": "Queue",
    "byol": "Similarity",
    "mae": "Recon",
    "colorization": "Color",
}
# marks the chart with this title, else the largest one
MARK = """(title) => {
    const main = document.querySelector('[data-testid=stMain]');
    const charts = [...main.querySelectorAll('.sslviz-plot')].filter(chart => chart.clientWidth);
    const named = charts.find(chart => title && chart._fullLayout?.title?.text?.startsWith(title));
    const area = chart => chart.clientWidth * chart.clientHeight;
    (named ?? charts.sort((a, b) => area(b) - area(a))[0] ?? main).setAttribute('data-thumbnail', ''); }"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[*catalogue.names()], help="names of pages")
    options = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    os.environ["SSLVIZ_PROJECTOR"] = "0"  # the recorded maps are enough
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(Path(folder), spare=False)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport=WINDOW, color_scheme="light", reduced_motion="reduce")
        for name in options.only:
            page.goto(f"{app.url}/{name}")
            page.wait_for_function(DRAWN, polling=100, timeout=90_000)
            page.wait_for_timeout(1500)
            thumbnail(page, CHOICE.get(name, "")).save(PICTURES / f"{name}.webp", quality=QUALITY)
        browser.close()
        end(app)


def thumbnail(page: Page, title: str) -> Image.Image:
    """The chart, as large as fits on white."""
    page.evaluate(MARK, title)
    image = Image.open(io.BytesIO(page.locator("[data-thumbnail]").screenshot())).convert("RGB")
    image.thumbnail(SIZE, Image.Resampling.LANCZOS)
    card = Image.new("RGB", SIZE, "white")
    card.paste(image, ((SIZE[0] - image.width) // 2, (SIZE[1] - image.height) // 2))
    return card


if __name__ == "__main__":
    main()
