"""What must be in the window of a page that is a stage, and whether it is."""

from sslviz.lessons import card_of
from sslviz.methods import METHODS
from tests.browser.hand import PATIENCE, quiet

DESKTOPS = ((1440, 900), (1366, 768), (1280, 720))
PROJECTOR, TELEPHONE = (1024, 768), (390, 844)
LEAST, LEAST_OF_TWINS = 220, 205  # pixels of a picture's short side
DRAWN = """names => names.every(name =>
    document.querySelector(`.st-key-tile_${name} :is(.sslviz-plot .main-svg, .sslviz-views img)`))"""
# name -> left, top, right, bottom, in pixels of the window
BOXES = """() => {
    const edges = (b) => [b.left, b.top, b.right, b.bottom];
    const box = (node) => node && edges(node.getBoundingClientRect());
    const tiles = [...document.querySelectorAll('[class*=st-key-tile_]')];
    const each = (of) => Object.fromEntries(tiles.map((t) => [t.className.match(/st-key-tile_(\\w+)/)[1], box(of(t))]));
    const [helm, bar, main] = ['.st-key-helm', '.st-key-bar', 'main'].map((what) => document.querySelector(what));
    return {
        tiles: each((tile) => tile),
        drawn: each((tile) => tile.querySelector('.sslviz-plot .main-svg, .sslviz-views div')),
        hands: { Start: box(helm?.querySelector('button')), "the main knob": box(helm), "the bar": box(bar) },
        scrolled: main.scrollTop,
    };
}"""


TWINS = [
    *(f"twin_{name}" for name in ("loss", "knn")),
    *(f"{name}_{side}" for name in ("similarity", "softmax", "map") for side in "ab"),
]


def staged_on(page: str) -> list[str]:
    """The tiles of this page: a method's card names them; those of twins are the ones of the recorded pair."""
    return [name for row in card_of(page).stage for name in row] if page in METHODS else TWINS


def wrong(page, method: str, window: tuple[int, int], *, tiles: bool = True) -> list[str]:
    """What is missing, too small, or reaches out of a window of this size. tiles: the pictures must be in it, too."""
    page.set_viewport_size({"width": window[0], "height": window[1]})
    staged = staged_on(method)
    page.wait_for_function(DRAWN, arg=staged, timeout=PATIENCE * 1000)
    quiet(page)
    found = page.evaluate(BOXES)
    assert found["scrolled"] == 0
    hands = {name: box for name, box in found["hands"].items() if box is not None}
    inside = {**hands, **(found["tiles"] if tiles else {})}
    lines = [f"{name} reaches out of it: {box}" for name, box in inside.items() if not within(box, (0, 0, *window))]
    least = LEAST if method in METHODS else LEAST_OF_TWINS
    lines += [f"{name} is too small: {box}" for name, box in found["tiles"].items() if short(box) < least]
    lines += [
        f"the picture in {name} reaches out of its tile: {box}"
        for name, box in found["drawn"].items()
        if not within(box, found["tiles"][name])
    ]
    missing = {*staged} - found["tiles"].keys()
    lines += [f"{name} is not there" for name in sorted(missing)]
    return [f"{method} at {window}: {line}" for line in lines]


def within(box: list[float], frame) -> bool:
    return box[0] >= frame[0] - 1 and box[1] >= frame[1] - 1 and box[2] <= frame[2] + 1 and box[3] <= frame[3] + 1


def short(box: list[float]) -> float:
    return min(box[2] - box[0], box[3] - box[1])
