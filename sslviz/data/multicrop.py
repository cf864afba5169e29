"""Multi-crop: two large crops of each picture, and a few small ones that cost little and must fit the large ones.

A small crop of a quarter of the pixels costs a quarter of the arithmetic, and "this corner belongs to that whole" is
a harder and better question than one more large crop. Caron et al. 2020 (SwAV, arXiv:2006.09882), section 3.2.
"""

from itertools import groupby

import torch
from torch import Tensor

from sslviz.data.augment import Augment


def multi_crop(augment: Augment, images: Tensor, *, local: int, local_size: int, boundary: float) -> tuple[Tensor, ...]:
    """Two global crops, B x 3 x H x W, then `local` ones, B x 3 x local_size x local_size; uint8 B x 3 x H x W given.

    A global crop keeps at least the share `boundary` of the picture, a local one at most that. The augmentation's own
    `crop_scale` bounds both from below. Without local crops there is no boundary: two ordinary views.
    """
    low = augment.knobs.crop_scale
    whole = [augment(images, scale=(max(low, boundary) if local else low, 1.0)) for _ in range(2)]
    parts = [augment(images, size=local_size, scale=(min(low, boundary), boundary)) for _ in range(local)]
    return (*whole, *parts)


def by_size(crops: tuple[Tensor, ...]) -> list[Tensor]:
    """Neighbouring crops of one size as one batch: as few passes through the network as can be, in the same order."""
    return [torch.cat(list(same)) for _, same in groupby(crops, key=lambda crop: crop.shape[-1])]
