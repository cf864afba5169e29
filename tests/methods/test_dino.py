import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from lightly.loss import DINOLoss
from torch import nn

from sslviz.methods.dino import DINO, Directions
from sslviz.nets.convnet import ConvNet
from sslviz.nets.vit import ViT
from tests.methods.given import Given, build

K = 12
dino = partial(build, DINO, outputs=K, freeze_last_steps=0)


class Frozen(nn.Identity):
    def forward(self, x, *, frozen=False):
        return x


class Backwards(nn.Module):
    """A teacher that has drifted away: it says the opposite, backwards."""

    def forward(self, x):
        return -x.flip(1)


def on_outputs(**knobs):
    """g_s is what the test gives, g_t is its negative, backwards; the centre is 0.1, 0.2, …"""
    method = dino(Given(K), **knobs)
    method.head, method.last, method.teacher.copy = nn.Identity(), Frozen(), nn.Sequential(Backwards())
    method.center.copy_(torch.arange(K) / 10)
    return method


def outputs(views=2, n=8, seed=0):
    return (torch.rand(views, n, K, generator=torch.Generator().manual_seed(seed)) * 2 - 1).unbind()


def softmax(row):
    weights = [math.exp(float(x)) for x in row]
    return [w / sum(weights) for w in weights]


@pytest.mark.parametrize("views", [2, 5])
@pytest.mark.parametrize(("centring", "sharpening"), [(True, True), (False, True), (True, False)])
def test_loss_is_the_sum_on_the_blackboard(views, centring, sharpening):
    crops = outputs(views)
    method = on_outputs(centring=centring, sharpening=sharpening, student_temperature=0.2, teacher_temperature=0.05)
    centre = torch.arange(K).double() / 10 * centring
    total, terms = 0.0, 0
    for i in (0, 1):
        for v in range(views):
            if v == i:
                continue
            for whole, part in zip(crops[i].double(), crops[v].double(), strict=True):
                p = softmax((-whole.flip(0) - centre) / (0.05 if sharpening else 0.2))
                guess = softmax(part / 0.2)
                total -= sum(a * math.log(b) for a, b in zip(p, guess, strict=True))
                terms += 1
    assert float(method.step(*crops).loss.detach()) == pytest.approx(total / terms, rel=1e-5)


@pytest.mark.parametrize("local", [0, 3])
@pytest.mark.parametrize(("tau_s", "tau_t", "keep"), [(0.1, 0.04, 0.9), (0.5, 0.2, 0.5)])
def test_loss_agrees_with_lightly_and_its_centre_step_after_step(local, tau_s, tau_t, keep):
    method = on_outputs(student_temperature=tau_s, teacher_temperature=tau_t, center_momentum=keep)
    method.center.zero_()
    theirs = DINOLoss(K, teacher_temp=tau_t, student_temp=tau_s, center_momentum=keep)
    method.teacher.follow = lambda *_, **__: None  # this teacher stays as it is
    for seed in range(4):
        crops = outputs(2 + local, 64, seed)
        step = method.step(*crops)
        expected = theirs([-x.flip(1) for x in crops[:2]], list(crops))
        assert float(step.loss.detach()) == pytest.approx(float(expected), rel=1e-5)
        method.after_step(step)
        torch.testing.assert_close(method.center, theirs.center[0, 0])


def test_knowing_nothing_costs_log_of_the_number_of_outputs():
    method = on_outputs(centring=False)
    same = torch.full((8, K), 0.3)
    step = method.step(same, same)
    assert float(step.loss.detach()) == pytest.approx(math.log(K), rel=1e-5)
    assert float(step.metrics["teacher_entropy"]) == pytest.approx(math.log(K), rel=1e-5)
    assert float(step.metrics["teacher_kl"]) == pytest.approx(0, abs=1e-5)
    name, value = DINO.ignorance({"outputs": K})
    assert value == pytest.approx(math.log(K))
    assert str(K) in name


def test_views_are_two_large_and_some_small_crops(pictures):
    sizes = [tuple(x.shape[2:]) for x in dino(local_crops=3).views(pictures)]
    assert sizes == [(32, 32)] * 2 + [(16, 16)] * 3
    assert len(dino(local_crops=0).views(pictures)) == 2


def test_the_last_layer_gives_cosines_whatever_the_length_of_its_weights():
    torch.manual_seed(0)
    last, z = Directions(16, K), torch.randn(8, 16)
    expected = F.cosine_similarity(z[:, None], last.weight[None], dim=-1)
    torch.testing.assert_close(last(z), expected)
    with torch.no_grad():
        last.weight.mul_(torch.linspace(0.5, 2, K)[:, None])
    torch.testing.assert_close(last(3 * z), expected)


def test_the_last_layer_is_frozen_at_first_then_learns(pictures):
    method = dino(freeze_last_steps=2)
    for frozen in (True, True, False):
        method.zero_grad()
        step = method.step(*method.views(pictures))
        step.loss.backward()
        assert (method.last.weight.grad is None) == frozen
        assert all(p.grad is not None for p in (*method.encoder.parameters(), *method.head.parameters()))
        method.after_step(step)


def test_the_teacher_follows_ever_more_slowly(pictures):
    method = dino(momentum=0.8, momentum_steps=100)
    step = method.step(*method.views(pictures))
    student = [*method.encoder.parameters(), *method.head.parameters(), *method.last.parameters()]
    assert not any(t.requires_grad for t in method.teacher.parameters())
    for done, momentum in ((0, 0.8), (50, 0.9), (100, 1.0), (1000, 1.0)):
        method.steps_done.fill_(done)
        with torch.no_grad():
            for p, t in zip(student, method.teacher.parameters(), strict=True):
                t.copy_(p - 1)
        method.after_step(step)
        assert method.steps_done == done + 1
        for p, t in zip(student, method.teacher.parameters(), strict=True):
            torch.testing.assert_close(p - t, torch.full_like(p, momentum), atol=1e-5, rtol=0)


def test_the_momentum_rises_as_long_as_the_run_lasts(pictures):
    method = dino(momentum=0.8)
    method.steps_done.fill_(2000)
    for progress, momentum in ((0, 0.8), (0.5, 0.9), (0.96, 0.9992), (1, 1.0)):
        method.progress = progress
        assert method.momentum == pytest.approx(momentum, abs=1e-4)
    assert method.step(*method.views(pictures)).metrics["momentum"].item() == method.momentum == 1


def test_the_centre_is_the_running_mean_of_the_teacher():
    method = on_outputs(center_momentum=0.75)
    method.teacher.follow = lambda *_, **__: None
    crops = outputs(4)
    mean = torch.cat([-x.flip(1) for x in crops[:2]]).mean(0)
    step = method.step(*crops)
    method.after_step(step)
    torch.testing.assert_close(method.center, 0.75 * torch.arange(K) / 10 + 0.25 * mean)


def test_exhibits_and_metrics_against_loops():
    method = on_outputs(student_temperature=0.2, teacher_temperature=0.1)
    crops = outputs(3)
    step = method.step(*crops)
    z = torch.cat(crops[:2])
    torch.testing.assert_close(step.exhibits["similarity"], F.cosine_similarity(z[:, None], z[None], dim=-1))
    torch.testing.assert_close(step.exhibits["teacher_logits"], -z.flip(1))
    assert torch.equal(step.exhibits["center"], method.center)
    p = [softmax((-row.flip(0) - method.center) / 0.1) for row in z]
    own = -sum(a * math.log(a) for row in p for a in row) / 16
    assert float(step.metrics["teacher_entropy"]) == pytest.approx(own, rel=1e-4)
    distance = 0.0
    for i in (0, 1):
        for v in {0, 1, 2} - {i}:
            for n in range(8):
                guess = softmax(crops[v][n] / 0.2)
                distance += sum(a * math.log(a / b) for a, b in zip(p[8 * i + n], guess, strict=True)) / 32
    assert float(step.metrics["teacher_kl"]) == pytest.approx(distance, rel=1e-4)
    mean = [sum(row[k] for row in p) / 16 for k in range(K)]
    assert float(step.metrics["mean_output_entropy"]) == pytest.approx(-sum(a * math.log(a) for a in mean), rel=1e-4)
    assert float(step.metrics["output_std"]) == pytest.approx(float(F.normalize(z).std(0).mean()), rel=1e-5)


def test_attention_of_the_teachers_class_token_is_shown_with_a_transformer(pictures):
    method = dino(ViT(16)).eval()
    views = method.views(pictures)
    with torch.no_grad():
        for p in method.teacher.copy[0].parameters():
            p.add_(0.1 * torch.randn_like(p))
    shown = method.step(*views).exhibits["attention"]
    whole = method.teacher.copy[0].attention(views[0])  # N x heads x 65 x 65
    assert shown.shape == (8, 2, 8, 8)
    torch.testing.assert_close(shown.flatten(2), whole[:, :, 0, 1:])
    assert "attention" not in method.train().step(*views).exhibits  # costs a pass, and nobody looks
    assert "attention" not in dino().eval().step(*views).exhibits


@pytest.mark.parametrize("encoder", [ConvNet, ViT])
def test_h_and_z_are_the_teachers(pictures, encoder):
    method = dino(encoder(16)).eval()
    x = method.augment.plain(pictures)
    with torch.no_grad():
        method.encoder.requires_grad_(False)
        for p in method.encoder.parameters():
            p.zero_()
    assert method.embed(x).shape == (8, 64) == method.project(method.embed(x)).shape
    assert method.embed(x).std(0).min() > 0
    torch.testing.assert_close(method.teacher.copy[:2](x), method.project(method.embed(x)))
