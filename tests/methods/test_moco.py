import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from lightly.loss import NTXentLoss

from sslviz.methods.moco import MoCo
from tests.methods.given import Given, build, vectors

K = 256
moco = partial(build, MoCo, queue_length=K)


def on_vectors(**knobs):
    return moco(Given(), projector="none", **knobs)


@pytest.mark.parametrize("tau", [0.07, 1.0])
def test_loss_is_the_sum_on_the_blackboard(tau):
    x1, x2 = vectors()
    method = on_vectors(temperature=tau)
    queue = method.queue.double()
    total = 0.0
    for q, k in zip(x1.double(), x2.double(), strict=True):
        q, k = q / q.norm(), k / k.norm()
        positive = math.exp(float(q @ k) / tau)
        negatives = sum(math.exp(float(q @ old) / tau) for old in queue)
        total += -math.log(positive / (positive + negatives))
    assert float(method.step(x1, x2).loss.detach()) == pytest.approx(total / len(x1), rel=1e-5)


@pytest.mark.parametrize("tau", [0.07, 0.5])
def test_loss_agrees_with_lightly_and_its_memory_bank_step_after_step(tau):
    method, theirs = on_vectors(temperature=tau), NTXentLoss(temperature=tau, memory_bank_size=(K, 16))
    theirs.memory_bank.bank.copy_(method.queue)
    for seed in range(6):  # 6 x 64 keys: once round the queue and a half
        x1, x2 = vectors(64, seed=seed)
        step = method.step(x1, x2)
        assert float(step.loss.detach()) == pytest.approx(float(theirs(x1.requires_grad_(), x2).detach()), rel=1e-5)
        method.after_step(step)
        assert torch.allclose(method.queue, theirs.memory_bank.bank, atol=1e-6)


def test_knowing_nothing_costs_log_of_the_number_of_candidates():
    same = torch.ones(4, 16)
    method = on_vectors()
    method.queue.fill_(0.25)
    assert float(method.step(same, same).loss.detach()) == pytest.approx(math.log(K + 1), rel=1e-5)


def test_the_queue_is_first_in_first_out_whatever_the_batch():
    method, history = on_vectors(), []
    history += list(method.queue.clone())
    for seed, n in enumerate((100, 100, 100, 7, 256, 300)):
        x1, x2 = vectors(n, seed=seed)
        step = method.step(x1, x2)
        torch.testing.assert_close(step.update["keys"], F.normalize(x2))
        assert not step.update["keys"].requires_grad
        method.after_step(step)
        history += list(F.normalize(x2))
        age = method.step(x1, x2).exhibits["queue_age"]
        assert sorted(age.tolist()) == list(range(K))
        newest_first = method.queue[age.argsort()]
        torch.testing.assert_close(newest_first, torch.stack(history[::-1][:K]))


def test_after_step_moves_the_key_network_by_the_momentum_of_this_moment(pictures):
    method = moco(momentum=0.9)
    step = method.step(*method.views(pictures))
    keys = list(method.key_network.parameters())
    assert not any(k.requires_grad for k in keys)
    online = [*method.encoder.parameters(), *method.projector.parameters()]
    with torch.no_grad():
        for p in online:
            p.add_(1)
    for momentum, distance in ((0.9, 0.9), (1.0, 0.9), (0.5, 0.45), (0.0, 0.0)):
        method.knobs = MoCo.Knobs(momentum=momentum, queue_length=K)
        method.after_step(step)
        for p, k in zip(online, keys, strict=True):
            torch.testing.assert_close(p - k, torch.full_like(p, distance), atol=1e-5, rtol=0)


def test_temperature_acts_at_the_next_step():
    x1, x2 = vectors()
    method = on_vectors(temperature=0.2)
    method.knobs = MoCo.Knobs(temperature=1.0, queue_length=K, projector="none")
    assert torch.equal(method.step(x1, x2).loss, on_vectors(temperature=1.0).step(x1, x2).loss)
    assert not torch.equal(method.step(x1, x2).loss, on_vectors(temperature=0.2).step(x1, x2).loss)


def test_exhibits_and_metrics_against_loops():
    x1, x2 = vectors(12, seed=1)
    x2[6:] += 3 * x1[6:]  # these find their partner
    method = on_vectors()
    method.queue[:4] = F.normalize(x1[:4])  # the queue holds the very queries: these four are lost
    step = method.step(x1, x2)
    z = torch.cat([x1, x2])
    expected = F.cosine_similarity(z[:, None], z[None], dim=-1)
    torch.testing.assert_close(step.exhibits["similarity"], expected)
    old = F.cosine_similarity(x1[:, None], method.queue[None], dim=-1)
    torch.testing.assert_close(step.exhibits["queue_similarity"], old[:8])  # of the first eight only
    partner = [float(expected[i, i + 12]) for i in range(12)]
    won = [partner[i] > max(old[i].tolist()) for i in range(12)]
    assert not any(won[:4])
    assert all(won[6:])
    assert float(step.metrics["queue_accuracy"]) == pytest.approx(sum(won) / 12)
    assert float(step.metrics["positive_cosine"]) == pytest.approx(sum(partner) / 12, abs=1e-6)
    assert float(step.metrics["negative_cosine"]) == pytest.approx(float(old.mean()), abs=1e-6)


def test_a_queue_that_is_longer_than_the_data_is_told_of():
    """K = 4096 keys of 32 pictures: 128 of them are the query's own; perfect features see cosine 1 in each of these."""
    assert MoCo.remark({"queue_length": 256}, 256) == ""
    said = MoCo.remark({"queue_length": 4096}, 32)
    perfect = torch.zeros(1, 1 + 4096)
    perfect[0, 1 + 128 :] = -1e4  # all others are as far away as can be
    assert f"{F.cross_entropy(perfect, torch.tensor([0])).item():.2f}" in said
    assert "128.0 times" in said
