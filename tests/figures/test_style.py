"""The colours: seen on both pages, told apart by colour-blind eyes."""

import itertools

import numpy as np
import pytest

from sslviz.figures import style

DARK_PAGE = style.DARK[style.PAPER]
# Machado et al. 2009, severity 1, on linear RGB
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
TO_LMS = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]])
TO_LAB = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])


def linear(color: str) -> np.ndarray:
    c = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """WCAG contrast ratio."""
    la, lb = (linear(color) @ [0.2126, 0.7152, 0.0722] + 0.05 for color in (a, b))
    return max(la, lb) / min(la, lb)


@pytest.mark.parametrize(
    "color", [*style.CLASSES, style.POSITIVE, style.NEGATIVE, style.FALSE_NEGATIVE, style.FAINT, style.INK]
)
def test_every_colour_is_seen_on_both_pages(color):
    assert contrast(color, style.PAPER) >= 3
    assert contrast(style.DARK[color], DARK_PAGE) >= 3


@pytest.mark.parametrize("text", [style.INK, style.FAINT])
def test_text_is_readable(text):
    assert contrast(text, style.PAPER) >= 4.5
    assert contrast(style.DARK[text], DARK_PAGE) >= 4.5


@pytest.mark.parametrize("eyes", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["trichromat", "deuteranope", "protanope"])
@pytest.mark.parametrize("page", ["light", "dark"])
def test_classes_can_be_told_apart(eyes, page):
    colors = style.CLASSES if page == "light" else [style.DARK[color] for color in style.CLASSES]
    lab = [TO_LAB @ np.cbrt(TO_LMS @ np.clip(eyes @ linear(color), 0, 1)) for color in colors]  # OKLab
    closest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(lab, 2))
    assert closest > 0.05  # 0.02 is just noticeable


def test_every_class_also_has_its_own_symbol():
    assert len(set(style.SYMBOLS)) == len(style.CLASSES) == len(set(style.CLASSES)) == 10
