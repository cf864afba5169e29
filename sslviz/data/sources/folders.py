"""What stands around the class folders and between them: a wrapper, strays beside it, masks beside the pictures."""

import re
from collections import Counter
from pathlib import PurePosixPath

from sslviz.data.sources.splits import Parts, Paths, find_split, words

STRAYS = 2  # so few pictures in folders beside a wrapper are strays: no class can be learnt from them …
STRAYS_SHARE = 0.1  # … if they are no more than this share of all
IMAGES = frozenset({"image", "images", "img", "imgs", "photo", "photos", "picture", "pictures", "rgb", "jpegimages"})
MASKS = frozenset({"mask", "masks", "gt", "groundtruth", "truth", "annotation", "annotations", "annots", "trimaps"})
MASKS |= {"labels", "segmentation", "segmentations"}
BESIDE = {"ground", "class", "object"}  # words that go with these: ground_truth, SegmentationClass
OF_A_PICTURE = re.compile(r"(.+?)[ _-]*(mask|masks|gt|groundtruth|segmentation)([ _-]*\d+)?", re.IGNORECASE)


def unwrapped(paths: Paths, notes: list[str]) -> Paths:
    """Without the folders that surround everything: "pets/cats/1.jpg", "pets/dogs/2.jpg" lose their "pets". A few
    pictures that lie beside such a folder (a cover, a logo) are left out, with a note.
    """
    while (wrapper := _wrapper(paths)) is not None:
        inside = {row: parts[1:] for row, parts in paths.items() if len(parts) > 1 and parts[0] == wrapper}
        if strays := len(paths) - len(inside):
            notes.append(f"{pictures(strays)} beside the folder {wrapper} left out.")
        paths = inside
    return paths


def _wrapper(paths: Paths) -> str | None:
    heads = Counter(parts[0] for parts in paths.values() if len(parts) > 1)
    if not heads:
        return None
    (head, inside), *others = heads.most_common()
    deep = sum(len(parts) > 2 for parts in paths.values() if parts[0] == head)
    if not deep:
        return None
    loose, beside = len(paths) - heads.total(), sum(n for _, n in others)
    if not loose and not beside:
        return head
    inner = {row: parts[1:] for row, parts in paths.items() if parts[0] == head and len(parts) > 2}
    if 2 * deep < inside or 2 * (loose + beside) > len(paths) or not _several(inner):
        return None
    few = beside <= min(STRAYS, STRAYS_SHARE * len(paths))
    return head if few or (find_split(paths) is None and find_split(inner) is not None) else None


def _several(paths: Paths) -> bool:
    """True if there is more than one folder in them."""
    return len({parts[0] for parts in unwrapped(paths, []).values() if len(parts) > 1}) > 1


def without_masks(paths: Paths, notes: list[str]) -> Paths:
    """Without what is drawn over the pictures for segmentation: images/1.jpg has masks/1.png beside it, or 1_mask.png.
    Folders are taken for masks only if their names say so and the files in them are called as the pictures are.
    """
    stems: dict[Parts, set[str]] = {}  # folder -> the names of the files somewhere in it
    for parts in paths.values():
        for depth in range(len(parts)):
            stems.setdefault(parts[:depth], set()).add(_stem(parts[-1]))
    masks = {folder: beside for folder in stems if (beside := _pictures_of(folder, stems)) is not None}
    kept: Paths = {}
    left: Counter[str] = Counter()
    for row, parts in paths.items():
        over = next((parts[:depth] for depth in range(len(parts)) if parts[:depth] in masks), None)
        if over is not None:
            left[f"in {over[-1]} left out: they are masks of those in {masks[over]}"] += 1
        elif (called := OF_A_PICTURE.fullmatch(_stem(parts[-1]))) and called[1] in stems[parts[:-1]]:
            left["left out that are called as the masks of others"] += 1
        else:
            kept[row] = parts
    notes += [f"{pictures(n)} {why}." for why, n in left.items()]
    return kept


def _pictures_of(folder: Parts, stems: dict[Parts, set[str]]) -> str | None:
    """The folder of the pictures whose masks are in this one: "masks" has "images", "train_masks" has "train"."""
    if not folder or not (named := _about(folder[-1], MASKS))[1]:
        return None
    for other in stems:
        if len(other) != len(folder) or other[:-1] != folder[:-1] or other == folder:
            continue
        rest, as_images = _about(other[-1], IMAGES)
        if rest == named[0] and (as_images or rest):
            bare = {match[1] if (match := OF_A_PICTURE.fullmatch(stem)) else stem for stem in stems[folder]}
            if 2 * len(bare & stems[other]) >= len(bare):
                return other[-1]
    return None


def _about(folder: str, topic: frozenset[str]) -> tuple[Parts, bool]:
    """The words of a name without those of the topic; whether there are any of these."""
    named = words(folder)
    rest = tuple(word for word in named if word not in topic and word not in BESIDE)
    return rest, any(word in topic for word in named)


def repeated(classes: dict[int, str | None], paths: Paths) -> list[str]:
    """A note where all class folders hold folders of the same names: perhaps these are the classes."""
    inner: dict[str, set[str]] = {}
    for row, name in classes.items():
        if name is not None:
            inner.setdefault(name, set()).update(paths[row][1:2] if len(paths[row]) > 2 else ())
    first = next(iter(inner.values()), set())
    if len(inner) < 2 or len(first) < 2 or any(its != first for its in inner.values()):
        return []
    outer, within = (" and ".join(sorted(names)[:2]) for names in (inner, first))
    return [
        f"The folders {outer} are taken as classes, but the same folders repeat in each of them ({within}, …): "
        f"if they are a split, call them train and test."
    ]


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def pictures(n: int) -> str:
    return "1 picture" if n == 1 else f"{n:,} pictures"
