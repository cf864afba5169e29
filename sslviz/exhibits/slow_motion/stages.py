"""The stages of one step, in order: forward from the pictures to the loss, backward from the loss to the weights.

Which stages a method has is read off the step itself: one for every part that was called, one back for every part that
a gradient reached.
"""

from sslviz.exhibits.slow_motion import backward, forward, loss, pretext
from sslviz.exhibits.slow_motion.stage import Stage
from sslviz.exhibits.slow_motion.step import SlowStep
from sslviz.exhibits.slow_motion.walk import Walk
from sslviz.training.trainer import Trainer


def stages(step: SlowStep, trainer: Trainer) -> list[Stage]:
    """trainer: the one that has taken the step, for its method and its knobs."""
    w = Walk(step, trainer)
    parts = [stage for name in step.parts for stage in (*forward.mask_tokens(w, name), forward.part(w, name))]
    return [
        *(forward.pictures(w), forward.views(w), *pretext.given(step), *parts, *pretext.predicted(step, w.values)),
        *(*forward.matrices(w), *loss.choice(w), loss.loss(w)),
        *(*backward.back(w), backward.weights(w), *backward.teacher(w), backward.after(w)),
    ]
