"""Encoders of others: everything but the download itself runs here, with weights made for the same networks; and a
network that is missing, silent or slow ends in a sentence, in seconds, with all other references in place.
"""

import hashlib
import socket
import threading
import time
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import models, transforms

from sslviz.data.sources.download import Archive, Patience
from sslviz.judging import pretrained, references
from sslviz.judging.bench import set_up
from sslviz.judging.evaluation import evaluate
from sslviz.judging.pretrained import PRETRAINED, Pretrained, Unavailable
from sslviz.runs.folder import RunFolder
from sslviz.training.worker import Wishes, run

pytestmark = pytest.mark.slow

PLACE = PRETRAINED["resnet18"].archives[0].place
HASTY = Patience(seconds=0.3)


@pytest.fixture
def small(tiny, monkeypatch):
    """Few pictures, hardly enlarged: a ResNet at 224 x 224 takes its time."""
    monkeypatch.setattr(pretrained, "SIDE", 64)
    return replace(tiny, train=head(tiny.train, 40), test=head(tiny.test, 16))


@pytest.fixture
def finished(tmp_path, small, quick) -> RunFolder:
    folder = RunFolder.create(tmp_path / "runs", quick.model_copy(update={"data": "tiny"}))
    assert run(folder, tmp_path, Wishes(folder), loaded=small).state == "done"
    return folder


def head(split, n):
    factors = {name: values[:n] for name, values in split.factors.items()}
    return replace(split, images=split.images[:n], labels=split.labels[:n], factors=factors)


@pytest.fixture
def no_network(monkeypatch):
    """Every address is one where nobody listens."""

    def nowhere(entry: Pretrained) -> Pretrained:
        there = tuple(replace(a, url="http://127.0.0.1:9/" + a.place) for a in entry.archives)
        return replace(entry, archives=there)

    for name, entry in list(PRETRAINED.items()):
        monkeypatch.setitem(PRETRAINED, name, nowhere(entry))


def resnet_weights(folder: Path) -> models.ResNet:
    torch.manual_seed(0)
    net = models.resnet18(weights=None)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), folder / PLACE)
    return net.eval()


def told(_: str) -> None:
    pass


def test_a_local_copy_is_used_and_its_features_are_torchvisions(tmp_path, tiny):
    net = resnet_weights(tmp_path)
    entry = PRETRAINED["resnet18"]
    pretrained.obtain(entry, tmp_path, told)  # it is there: nobody is asked
    found = pretrained.features(pretrained.build(entry, tmp_path), tiny.test.images[:3], told)
    # a second way: torchvision's own transforms, one picture at a time, and a hook before the last layer
    usual = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    see = transforms.Compose([transforms.ToTensor(), transforms.Resize((224, 224), antialias=False), usual])
    seen = []
    net.avgpool.register_forward_hook(lambda module, given, out: seen.append(out.flatten()))
    with torch.no_grad():
        for picture in tiny.test.images[:3]:
            net(see(Image.fromarray(picture.permute(1, 2, 0).numpy()))[None])
    assert found.shape == (3, 512)
    torch.testing.assert_close(found, torch.stack(seen), rtol=1e-3, atol=1e-4)


def test_dinov2_is_made_by_the_hub_from_the_local_code_and_keeps_its_weights(tmp_path):
    code = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    code += (
        "        self.token = nn.Linear(3, 384)\n    def forward(self, x):\n        return self.token(x.mean((2, 3)))\n"
    )
    code += "def dinov2_vits14(pretrained):\n    assert not pretrained\n    return Net()\n"
    with zipfile.ZipFile(tmp_path / "dinov2-main.zip", "w") as packed:
        packed.writestr("dinov2-main/hubconf.py", code)
    weights = {"token.weight": torch.randn(384, 3), "token.bias": torch.randn(384)}
    torch.save(weights, tmp_path / "dinov2_vits14_pretrain.pth")
    entry = PRETRAINED["dinov2"]
    pretrained.obtain(entry, tmp_path, told)
    net = pretrained.build(entry, tmp_path)  # the real torch.hub, on the code above
    x = torch.rand(2, 3, 224, 224)
    torch.testing.assert_close(net(x), x.mean((2, 3)) @ weights["token.weight"].T + weights["token.bias"])
    assert not any(p.requires_grad for p in net.parameters())
    (tmp_path / "dinov2-main.zip").unlink()
    pretrained.obtain(entry, tmp_path, told)  # unpacked is as good

    def broken(*_, **__):
        raise ImportError("no module named xformers")

    with pytest.raises(ImportError):
        pretrained.dinov2(tmp_path, hub=broken)
    with pytest.raises(Unavailable, match=r"cannot be used as DINOv2 \(ViT-S/14\) \(ImportError: no module"):
        pretrained.build(replace(entry, build=lambda folder: pretrained.dinov2(folder, hub=broken)), tmp_path)


@pytest.mark.parametrize("what", ["half", "text", "another network", "code"])
def test_a_file_that_is_no_such_network_is_a_sentence(what, tmp_path):
    resnet_weights(tmp_path)
    path = tmp_path / PLACE
    if what == "half":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif what == "text":
        path.write_text("<html>404</html>")
    elif what == "another network":
        torch.save({"weight": torch.zeros(3)}, path)
    else:
        torch.save({"weight": Evil()}, path)
    with pytest.raises(Unavailable, match="cannot be used as ResNet-18") as error:
        pretrained.build(PRETRAINED["resnet18"], tmp_path)
    assert "\n" not in str(error.value)
    assert not Evil.ran


class Evil:
    ran = False

    def __reduce__(self):
        return (exec, ("from tests.runs.test_pretrained import Evil; Evil.ran = True",))


def entry_at(url: str, sha256: str = "") -> Pretrained:
    return Pretrained("a small net", (Archive(url, "small.pth", sha256=sha256),), lambda folder: torch.nn.Identity())


def test_refused_and_silent_servers_give_up_in_seconds(tmp_path):
    began = time.monotonic()
    with pytest.raises(Unavailable) as error:
        pretrained.obtain(entry_at("http://127.0.0.1:9/small.pth"), tmp_path, told)
    assert str(error.value) == (
        "The weights of a small net could not be downloaded from 127.0.0.1 (Connection refused). "
        f"Put small.pth into {tmp_path} to use a local copy."
    )
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # accepts, and never says a word
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/small.pth"
        with pytest.raises(Unavailable, match="could not be downloaded from 127"):
            pretrained.obtain(entry_at(url), tmp_path, told, HASTY)
    with pytest.raises(Unavailable, match=r"could not be downloaded from no-such-host\.invalid"):
        pretrained.obtain(entry_at("http://no-such-host.invalid/small.pth"), tmp_path, told, HASTY)
    assert time.monotonic() - began < 10
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def served():
    """Gives 100,000 bytes at /whole, half of them and hangs up at /half, half of them and then nothing at /stuck."""
    body, over = np.random.default_rng(0).bytes(100_000), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if self.path == "/whole" else body[:50_000])
            self.wfile.flush()
            if self.path == "/stuck":
                over.wait(20)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", body
    over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_half_a_file_is_not_kept_and_a_whole_one_is(served, tmp_path):
    url, body = served
    for path, reason in (("/half", r"only 50,000 of 100,000 bytes|IncompleteRead"), ("/stuck", "timed out|kB arrive")):
        with pytest.raises(Unavailable, match=reason):
            pretrained.obtain(entry_at(url + path), tmp_path, told, HASTY)
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(Unavailable, match="is not the archive"):
        pretrained.obtain(entry_at(url + "/whole", "00ff"), tmp_path, told)
    heard = []
    pretrained.obtain(entry_at(url + "/whole", hashlib.sha256(body).hexdigest()[:8]), tmp_path, heard.append)
    assert (tmp_path / "small.pth").read_bytes() == body
    assert heard[-1] == "Downloading small.pth: 100%"


def test_without_a_network_the_other_references_are_there_and_with_a_copy_it_is_measured(
    finished, small, tmp_path, no_network
):
    step = finished.weights_steps()[-1]
    heard = []
    table = evaluate(finished, step, tmp_path, names=("references",), loaded=small, on_doing=heard.append)
    assert set(table[table.score.notna()].encoder) == {"trained", "random", "pixels"}
    notes = table[table.note.notna()]
    assert list(notes.encoder) == ["resnet18", "dinov2"]
    assert "Connection refused" in notes.note.iloc[0]
    assert heard[0] == f"Asking 127.0.0.1 for {PLACE}"

    resnet_weights(tmp_path / "weights")
    again = evaluate(finished, step, tmp_path, names=("references",), loaded=small, on_doing=heard.append)
    measured = again[again.encoder == "resnet18"]
    assert measured.note.isna().all()
    assert set(measured.probe) == {"knn", "linear"}
    assert set(measured.target) == {"class", "hue"}
    assert "ResNet-18 (ImageNet labels): 56 of 56 pictures looked at" in heard


def test_features_of_others_are_kept_for_the_next_run(finished, small, tmp_path, monkeypatch):
    resnet_weights(tmp_path / "weights")
    bench = set_up(finished, finished.weights_steps()[-1], small, cache=tmp_path)
    first = references.foreign(bench, PRETRAINED["resnet18"])
    monkeypatch.setattr(pretrained, "features", lambda *_: pytest.fail("looked at again"))
    again = references.foreign(bench, PRETRAINED["resnet18"])
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert [len(part) for part in first] == [40, 16]


def test_the_supervised_reference_is_the_viewers_own_run_on_the_same_pictures(tmp_path, tiny, quick):
    def trained(method, data, where="runs", **knobs):
        settings = quick.model_copy(update={"method": method, "data": data, "knobs": {}}).change(**knobs)
        folder = RunFolder.create(tmp_path / where, settings)
        assert run(folder, tmp_path, Wishes(folder), loaded=tiny).state == "done"
        return folder

    mine, gallery = trained("simclr", "tiny"), tmp_path / "gallery"
    assert references.supervised(mine, gallery) is None
    other = trained("supervised", "tiny")
    RunFolder.create(tmp_path / "runs", other.settings().model_copy(update={"data": "others"}))
    other.throw_away()
    assert references.supervised(mine, gallery) is None
    recorded = trained("supervised", "tiny", "gallery")
    assert references.supervised(mine, gallery).path == recorded.path
    own = trained("supervised", "tiny")
    assert references.supervised(mine, gallery).path == own.path
    step = mine.weights_steps()[-1]
    bench = set_up(mine, step, tiny, cache=tmp_path)
    rows = list(references.asked(bench, "supervised", references.last_features(bench, own)))
    live = own.snapshot(own.snapshot_steps()[-1]).scores["knn"]
    assert next(r["score"] for r in rows if r["probe"] == "knn" and r["target"] == "class") == live
