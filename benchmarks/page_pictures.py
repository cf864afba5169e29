"""Every page as a picture, light and dark; and, of two such sets, which pixels differ.

    python -m benchmarks.page_pictures take OUT [--only simclr …]
    python -m benchmarks.page_pictures compare BEFORE AFTER

`take` in a checkout of before, `take` in one of after (it photographs the app that it stands in, with the recorded runs
alone), then `compare`: a line for each page, and in AFTER/different the differing pixels in red. Needs chromium.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.live import FLAGS, App, end
from sslviz.views import catalogue

SIZE = {"width": 1440, "height": 900}
DRAWN = """() => document.querySelector('[data-test-script-state=notRunning]')
    && document.querySelector('[data-testid=stMain] :is(h1, h2)')
    && !document.querySelector('[data-testid=stSkeleton], [data-loading=true]')
    && [...document.querySelectorAll('[data-testid=stBidiComponentRegular]')].every(each => each.firstElementChild)
    && [...document.querySelectorAll('.sslviz-plot')].every(plot => plot._fullData || !plot.clientWidth)"""
LEAST = 8  # of 255: smaller differences of a pixel are none


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    taker = commands.add_parser("take")
    taker.add_argument("out", type=Path)
    taker.add_argument("--only", nargs="*", default=pages(), help="names of pages")
    taker.set_defaults(do=lambda options: take(options.out, options.only))
    comparer = commands.add_parser("compare")
    comparer.add_argument("before", type=Path)
    comparer.add_argument("after", type=Path)
    comparer.set_defaults(do=lambda options: compare(options.before, options.after))
    options = parser.parse_args()
    options.do(options)


def pages() -> list[str]:
    return ["", *catalogue.DOORS, *catalogue.names()]


def take(out: Path, names: list[str]) -> None:
    """OUT/light/NAME.png and OUT/dark/NAME.png, from top to bottom."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(Path(folder), spare=False)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for scheme in ("light", "dark"):
            (out / scheme).mkdir(parents=True, exist_ok=True)
            context = browser.new_context(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")
            for name in names:
                page = context.new_page()
                page.goto(f"{app.url}/{name}")
                page.wait_for_function(DRAWN, polling=100, timeout=90_000)
                tall = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
                page.set_viewport_size({**SIZE, "height": max(SIZE["height"], min(tall, 12_000))})
                page.wait_for_timeout(700)
                page.wait_for_function(DRAWN, polling=100, timeout=90_000)
                page.screenshot(path=out / scheme / f"{name or 'home'}.png")
                page.close()
            context.close()
        browser.close()
        end(app)


def compare(before: Path, after: Path) -> None:
    print("| page | size before | size after | pixels that differ |\n|---|---|---|---:|")
    for path in sorted(after.glob("*/*.png")):
        name = path.relative_to(after)
        if "different" in name.parts:
            continue
        if not (before / name).exists():
            print(f"| {name.with_suffix('')} | none | | |")
            continue
        one, other = (np.asarray(Image.open(each).convert("RGB")).astype(int) for each in (before / name, path))
        tall, wide = (min(a, b) for a, b in zip(one.shape[:2], other.shape[:2], strict=True))
        differ = (np.abs(one[:tall, :wide] - other[:tall, :wide]) > LEAST).any(2)
        sizes = " | ".join(f"{each.shape[1]} × {each.shape[0]}" for each in (one, other))
        print(f"| {name.with_suffix('')} | {sizes} | {differ.mean():.2%} |")
        if differ.any():
            marked = other[:tall, :wide] // 2 + 127
            marked[differ] = (220, 0, 0)
            (after / "different").mkdir(exist_ok=True)
            picture = Image.fromarray(marked.astype(np.uint8))
            picture.save(after / "different" / f"{name.parts[0]}-{name.name}")


if __name__ == "__main__":
    main()
