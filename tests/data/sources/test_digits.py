import torch

from sslviz.data.sources import digits


def test_digits_are_the_real_ones_enlarged():
    data = digits.make()
    assert data.train.images.shape == (1437, 3, 32, 32)
    assert data.test.images.shape == (360, 3, 32, 32)
    assert data.train.images.dtype == torch.uint8
    assert data.classes == tuple("0123456789")
    assert data.test.labels is not None
    assert data.test.labels.bincount().tolist() == [36] * 10
    grey = data.train.images
    assert torch.equal(grey[:, 0], grey[:, 1])
    assert int(grey.min()) == 0
    assert int(grey.max()) == 255
    # a zero is hollow, a one is not: the middle of the mean picture tells them apart
    mean = [data.train.images[data.train.labels == d].float().mean(0)[0, 14:18, 14:18].mean() for d in (0, 1)]
    assert mean[0] < 60
    assert mean[1] > 180


def test_the_split_is_fixed():
    one, two = digits.make(), digits.make()
    assert torch.equal(one.test.images, two.test.images)
    train = {image.numpy().tobytes() for image in one.train.images}
    assert sum(image.numpy().tobytes() in train for image in one.test.images) == 0
