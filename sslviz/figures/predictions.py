"""What a pretext task's network answers, how sure it is, and whether that is right."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from scipy.special import softmax

from sslviz.figures import style, tiles
from sslviz.foreign import in_legend

HOW_TO_READ_ROTATION = (
    "Each row shows one picture in its four rotations as the network sees them; below, its answer and how sure it is, "
    "✓ if that is right and ✗ and a dashed frame if not."
)
HOW_TO_READ_COLORS = (
    "Only the grey picture is seen by the network; below, the colours that it expects and the true ones: where many "
    "colours are possible, an honest guess is a dull one."
)
HOW_TO_READ_CLASSES = (
    "Below each picture, the probability of each class (yellow = sure); the true class is framed, ✓ says that it is "
    "also the most probable one."
)
WRONG = style.CLASSES[6]
MOST_CLASSES = 12  # shown below a picture


def rotation(
    pictures: np.ndarray, angle_logits: np.ndarray, *, images: int = 4, height: int | None = None
) -> go.Figure:
    """Pictures turned by 0°, 90°, 180°, 270° (counter-clockwise), with the network's answers.

    pictures: uint8, N x H x W x 3 upright, or 4N x … already turned; angle_logits: 4N x 4, all 0° first.
    """
    p = softmax(angle_logits.astype(np.float64), axis=1).reshape(4, -1, 4)  # turn x N x answer
    total = p.shape[1]
    turned = (
        pictures if len(pictures) == 4 * total else np.concatenate([np.rot90(pictures, k, (1, 2)) for k in range(4)])
    )
    turned = turned.reshape(4, total, *turned.shape[1:])
    shown, pitch = min(images, total), tiles.pitch_of(turned.shape[3])
    answer = p.argmax(2)
    right = answer == np.arange(4)[:, None]
    rows = [
        tiles.Row(
            f"{i + 1}",
            np.ascontiguousarray(turned[:, i]),
            captions=[f"{mark(right[k, i])} {90 * answer[k, i]}° {p[k, i].max():.0%}" for k in range(4)],
        )
        for i in range(shown)
    ]
    step = pitch + tiles.CAPTION
    boxes = [box(k * pitch, i * step, 1) for i in range(shown) for k in range(4) if not right[k, i]]
    return tiles.figure(
        rows,
        title="Which way is up?",
        subtitle=f"{right.mean():.0%} of {right.size} right (guessing: 25%) · below: answer and confidence",
        x_title="turned by",
        y_title="picture",
        columns=["0°", "90°", "180°", "270°"],
        width=460,
        shapes=tiles.outline(boxes, WRONG),
        height=height,
    )


def colorization(
    gray: np.ndarray,
    colored: np.ndarray,
    truth: np.ndarray,
    *,
    confidence: np.ndarray | None = None,
    images: int = 8,
    height: int | None = None,
) -> go.Figure:
    """gray | predicted | truth, and how sure the network is of each place if it chooses among quantised colours.

    gray, colored: uint8 N x 3 x H x W; truth: uint8 N x H x W x 3; confidence: N x h x w in [0, 1].
    """
    rows = [
        tiles.Row("gray", np.asarray(gray[:images]).transpose(0, 2, 3, 1)),
        tiles.Row("predicted", np.asarray(colored[:images]).transpose(0, 2, 3, 1)),
        tiles.Row("truth", truth[:images]),
    ]
    scale = (0.0, 1.0)
    if confidence is not None:
        rows.append(tiles.Row("confidence", numbers=np.asarray(confidence[:images], np.float32)))
        scale = (0.0, tiles.top_of(confidence[:images]))
    return tiles.figure(
        rows,
        title="Colours from a grey picture",
        x_title="picture",
        scale=scale,
        scale_title="probability of the likeliest colour",
        hover="%{z:.0%}",
        height=height,
    )


def classes(
    pictures: np.ndarray,
    class_logits: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str] = (),
    *,
    images: int = 8,
    height: int | None = None,
) -> go.Figure:
    """Each picture above the probabilities of its classes. pictures: uint8 N x H x W x 3; class_logits: N x C.

    labels: N. Of many classes, those are shown that are true or most probable in these pictures.
    """
    p, labels = softmax(class_logits.astype(np.float64), axis=1), np.asarray(labels).astype(int)
    names = list(names) or [f"class {c}" for c in range(p.shape[1])]
    first = p[:images]
    weight = first.max(0) + np.isin(np.arange(p.shape[1]), labels[:images])
    chosen = np.sort(np.argsort(-weight, kind="stable")[:MOST_CLASSES])
    right = p.argmax(1) == labels
    pitch, line = tiles.pitch_of(pictures.shape[2]), 0.42
    places = {int(c): i for i, c in enumerate(chosen)}
    boxes = [
        (i * pitch, pitch + line * places[c], i * pitch + 1, pitch + line * (places[c] + 1))
        for i, c in enumerate(labels[:images].tolist())
        if c in places
    ]
    return tiles.figure(
        [
            tiles.Row("picture", pictures[:images]),
            tiles.Row(
                "probability",
                numbers=first[:, chosen][:, :, None],
                height=line * len(chosen),
                names=[in_legend(names[c]) for c in chosen],
            ),
        ],
        title="Probability of each class",
        subtitle=f"{right.mean():.0%} of {len(right)} right",
        x_title="picture",
        columns=[f"{i + 1} {mark(ok)}" for i, ok in enumerate(right[:images])],
        scale_title="probability",
        hover="%{z:.1%}",
        written="%{z:.0%}",
        shapes=tiles.outline(boxes, style.POSITIVE, dash=False),
        height=height,
    )


def mark(right: bool | np.bool_) -> str:
    return "✓" if right else "✗"


def box(left: float, top: float, size: float) -> tuple[float, float, float, float]:
    inset = 0.03 * size
    return left + inset, top + inset, left + size - inset, top + size - inset
