"""The knobs of the training loop, whatever the method."""

from typing import Literal

from sslviz.knobs import Knobs, knob


class TrainingKnobs(Knobs):
    """How long, how fast, on how many pictures at a time."""

    batch_size: int = knob(
        256, 16, 1024, symbol="N", help="pictures per step; each anchor is compared with 2N − 2 others"
    )
    learning_rate: float = knob(2e-3, 0.0, 1e7, symbol=r"\eta", log=True, help="peak step size of AdamW, after warm-up")
    weight_decay: float = knob(1e-4, 0.0, 1.0, log=True, help="how strongly AdamW pulls weights towards zero")
    warmup_steps: int = knob(10, 0, 1000, help="steps in which the learning rate rises to its peak")
    steps: int = knob(1000, 1, 1_000_000, help="length of the run: the learning rate falls to 5 % along a cosine")
    encoder: Literal["auto", "conv", "vit"] = knob(
        "auto", live=False, help="a small residual net or a small vision transformer; auto: what suits the method"
    )
    width: Literal[16, 32, 64] = knob(32, live=False, label="encoder width", help="channels of the first stage")
    precision: Literal["auto", "float32", "bfloat16"] = knob(
        "auto", live=False, help="auto: whichever a quick probe finds faster on this machine"
    )
    threads: int = knob(
        0,
        0,
        64,
        live=False,
        label="CPU threads",
        help="0: all cores but one from the app, all cores from the command line",
    )
