"""The network of one kept moment, to be played with: nothing trains here, and nothing is written.

The app's own process may run such a network on a picture or two. It computes on the CPU, in float32: for one picture
that is as quick as anything, and the same picture gives the same numbers everywhere.
"""

from dataclasses import dataclass

import torch

from sslviz.data.dataset import Dataset
from sslviz.methods.method import Method
from sslviz.nets.precision import Precision
from sslviz.runs.folder import RunFolder
from sslviz.runs.same_pictures import require_same
from sslviz.training.trainer import Trainer


@dataclass(frozen=True)
class Loaded:
    """`method` with the weights of `step`, and `untrained` with the random weights that the run began with. Both in
    eval mode, both without gradients; neither may be changed, for others play with them too.
    """

    run: str
    step: int
    method: Method
    untrained: Method


def load_network(run: RunFolder, step: int, pictures: Dataset) -> Loaded:
    """Raises LookupError, in a sentence, if no weights were kept at this step; PicturesChanged if `pictures` are no
    longer those of the run.
    """
    require_same(run, pictures)
    kept = run.weights(step)
    if kept is None:
        raise LookupError(f"No weights of {run.id} were kept at step {step}; there are: {run.weights_steps()}")
    trainer = Trainer(run.settings(), pictures, torch.device("cpu"))
    trainer.restore_method(*kept)
    trainer.compute_in(Precision(torch.float32, torch.contiguous_format))
    method, untrained = (net.eval().requires_grad_(False) for net in (trainer.method, trainer.untrained))
    return Loaded(run.id, step, method, untrained)
