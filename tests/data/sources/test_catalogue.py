"""torchvision's own formats in small: made here, with checksums to match, given to the loader as its `kind`."""

import gzip
import hashlib
import io
import pickle
import struct
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import scipy.io
import torch
from torchvision import datasets

from sslviz.data.dataset import DataError
from sslviz.data.sources import catalogue
from sslviz.data.sources.download import Patience

NOWHERE = "http://127.0.0.1:9/"  # nobody listens there: refused at once


def md5(data):
    return hashlib.md5(data).hexdigest()


def tarred(files):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file.getvalue()


def cifar(url=NOWHERE):
    """A CIFAR-10 of 5 x 4 + 4 pictures: (kind, archive, the pixels N x 3 x 32 x 32, the labels)."""
    rng = np.random.default_rng(0)
    pixels, labels = rng.integers(0, 255, (24, 3072), np.uint8), rng.integers(0, 10, 24).tolist()
    names = [f"data_batch_{k}" for k in range(1, 6)] + ["test_batch"]
    files = {
        name: pickle.dumps({"data": pixels[4 * k : 4 * k + 4], "labels": labels[4 * k : 4 * k + 4]})
        for k, name in enumerate(names)
    }
    files["batches.meta"] = pickle.dumps({"label_names": [f"class {k}" for k in range(10)]})
    archive = tarred({f"cifar-10-batches-py/{name}": data for name, data in files.items()})

    class CIFAR10(datasets.CIFAR10):
        train_list = [[name, md5(files[name])] for name in names[:5]]
        test_list = [["test_batch", md5(files["test_batch"])]]
        meta = {"filename": "batches.meta", "key": "label_names", "md5": md5(files["batches.meta"])}
        tgz_md5 = md5(archive)

    CIFAR10.url = f"{url}cifar-10-python.tar.gz"
    return CIFAR10, archive, pixels.reshape(-1, 3, 32, 32), labels


@pytest.fixture
def served():
    """A web server on this machine; `pages` holds what it gives, `pace` how (bytes, seconds between them)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = server.pages.get(self.path)
            if body is None:
                self.send_error(429)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if server.trickle:  # one byte now and then, until the other side hangs up or the test is over
                try:
                    while not server.over.wait(0.02):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                except OSError:
                    pass
            else:
                self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pages, server.trickle, server.over = {}, False, threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_cifar10_downloaded(tmp_path, served):
    kind, archive, pixels, labels = cifar(served.url)
    served.pages["/cifar-10-python.tar.gz"] = archive
    told = []
    data = catalogue.make("cifar10", tmp_path, kind=kind, progress=lambda what, share: told.append((what, share)))
    assert data.train.images.dtype == torch.uint8
    assert np.array_equal(data.train.images.numpy(), pixels[:20])
    assert np.array_equal(data.test.images.numpy(), pixels[20:])
    assert data.train.labels is not None
    assert data.train.labels.tolist() == labels[:20]
    assert data.classes[3] == "class 3"
    assert ("Downloading CIFAR-10", 1.0) in told
    assert told[-1] == ("Reading CIFAR-10", 1.0)
    assert [p.name for p in tmp_path.iterdir()] == ["cifar-10-python.tar.gz"]  # what was unpacked is gone again

    served.pages.clear()  # and the second time no network is needed
    again = catalogue.make("cifar10", tmp_path, kind=kind)
    assert torch.equal(again.train.images, data.train.images)


def test_an_archive_put_there_by_hand_or_an_unpacked_folder_is_taken(tmp_path):
    kind, archive, pixels, _ = cifar()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "cifar-10-python.tar.gz").write_bytes(archive)
    data = catalogue.make("cifar10", tmp_path / "a", kind=kind)
    assert np.array_equal(data.test.images.numpy(), pixels[20:])

    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(tmp_path / "b", filter="data")
    data = catalogue.make("cifar10", tmp_path / "b", kind=kind)
    assert np.array_equal(data.test.images.numpy(), pixels[20:])


def test_no_network(tmp_path):
    kind, *_ = cifar()
    began = time.perf_counter()
    with pytest.raises(DataError) as error:
        catalogue.make("cifar10", tmp_path, kind=kind)
    assert time.perf_counter() - began < 10
    assert str(error.value) == (
        "CIFAR-10 cannot be downloaded from 127.0.0.1 (Connection refused): put cifar-10-python.tar.gz into "
        f"{tmp_path} yourself, or give the path of a folder or .zip of its pictures instead."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_throttled_network(tmp_path, served):
    kind, archive, *_ = cifar(served.url)
    with pytest.raises(DataError, match="Too Many Requests"):
        catalogue.make("cifar10", tmp_path, kind=kind)

    served.pages["/cifar-10-python.tar.gz"] = archive
    served.trickle = True
    with pytest.raises(DataError, match=r"only 0\.\d kB arrive per second"):
        catalogue.make("cifar10", tmp_path, kind=kind, patience=Patience(seconds=0.3))
    assert list(tmp_path.iterdir()) == []


def test_a_silent_network(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:  # accepts, never answers
        kind, *_ = cifar(f"http://127.0.0.1:{silent.server_port}/")
        with pytest.raises(DataError, match=r"no answer in 0\.3 s|timed out"):
            catalogue.make("cifar10", tmp_path, kind=kind, patience=Patience(seconds=0.3))


def test_another_file_than_the_archive(tmp_path, served):
    kind, *_ = cifar(served.url)
    served.pages["/cifar-10-python.tar.gz"] = b"<html>Please log in to this hotel's network</html>"
    with pytest.raises(DataError, match="what arrived, 50 bytes, is not the archive"):
        catalogue.make("cifar10", tmp_path, kind=kind)
    assert list(tmp_path.iterdir()) == []


def test_stopping_a_download_leaves_nothing(tmp_path, served):
    kind, archive, *_ = cifar(served.url)
    served.pages["/cifar-10-python.tar.gz"] = archive

    def stop(what, share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalogue.make("cifar10", tmp_path, kind=kind, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_svhn(tmp_path):
    rng = np.random.default_rng(0)
    pictures, labels = (
        rng.integers(0, 255, (32, 32, 3, 6), np.uint8),
        np.array([[10], [1], [2], [10], [9], [3]], np.uint8),
    )
    split_list = {}
    for split in ("train", "test"):
        name = f"{split}_32x32.mat"
        scipy.io.savemat(tmp_path / name, {"X": pictures, "y": labels})
        split_list[split] = [NOWHERE + name, name, md5((tmp_path / name).read_bytes())]

    class SVHN(datasets.SVHN):
        pass

    SVHN.split_list = split_list
    data = catalogue.make("svhn", tmp_path, kind=SVHN)
    assert np.array_equal(data.train.images.numpy(), pictures.transpose(3, 2, 0, 1))
    assert data.test.labels is not None
    assert data.test.labels.tolist() == [0, 1, 2, 0, 9, 3]
    assert data.classes == tuple("0123456789")


def test_fashionmnist(tmp_path, served):
    pictures = np.tile(np.arange(28, dtype=np.uint8)[:, None] * 9, (5, 1, 28))
    labels = bytes([0, 9, 3, 3, 1])
    files = {}
    for split in ("train", "t10k"):
        images = struct.pack(">IIII", 2051, 5, 28, 28) + pictures.tobytes()
        files[f"{split}-images-idx3-ubyte.gz"] = gzip.compress(images)
        files[f"{split}-labels-idx1-ubyte.gz"] = gzip.compress(struct.pack(">II", 2049, 5) + labels)

    class FashionMNIST(datasets.FashionMNIST):
        resources = [(name, md5(data)) for name, data in files.items()]

    FashionMNIST.mirrors = [served.url]
    served.pages |= {f"/{name}": data for name, data in files.items()}
    told = []
    data = catalogue.make("fashionmnist", tmp_path, kind=FashionMNIST, progress=lambda what, share: told.append(share))
    assert data.train.images.shape == (5, 3, 32, 32)
    assert torch.equal(data.train.images[:, 0], data.train.images[:, 2])
    column = data.train.images[0, 0, :, 16].int()
    assert (column.diff() > 0).all()  # the ramp of grey has survived the enlargement
    assert data.train.labels is not None
    assert data.train.labels.tolist() == [*labels]
    assert data.classes[9] == "Ankle boot"
    assert 0.25 in told  # the first of the four files


def test_stl10(tmp_path):
    rng = np.random.default_rng(0)
    small = rng.integers(0, 255, (7, 3, 32, 32), np.uint8)
    big = small.repeat(3, 2).repeat(3, 3)  # 96 x 96
    stored = big.transpose(0, 1, 3, 2).tobytes()  # column by column
    labels = bytes([1, 2, 3, 4, 5, 10, 1])
    files = {"train_X.bin": stored, "train_y.bin": labels, "unlabeled_X.bin": stored}
    files |= {"test_X.bin": stored, "test_y.bin": labels, "class_names.txt": b"airplane\nbird\ncar\n"}
    archive = tarred({f"stl10_binary/{name}": data for name, data in files.items()})
    (tmp_path / "stl10_binary.tar.gz").write_bytes(archive)

    class STL10(datasets.STL10):
        train_list = [[name, md5(files[name])] for name in ("train_X.bin", "train_y.bin", "unlabeled_X.bin")]
        test_list = [[name, md5(files[name])] for name in ("test_X.bin", "test_y.bin")]
        tgz_md5 = md5(archive)

    data = catalogue.make("stl10", tmp_path, kind=STL10)
    assert data.train.images.shape == (7, 3, 32, 32)
    error = data.train.images.float().flatten(1) - torch.from_numpy(small).float().flatten(1)
    assert error.abs().mean() < 25  # upright and the right way round: transposed, noise is off by 80
    assert data.test.labels is not None
    assert data.test.labels.tolist() == [0, 1, 2, 3, 4, 9, 0]
    assert data.classes == ("airplane", "bird", "car")

    data = catalogue.make("stl10-unlabeled", tmp_path, kind=STL10)
    assert data.train.labels is None
    assert data.test.labels is not None
    assert "no labels" in data.notes[0]


def test_a_set_that_lies_there_damaged(tmp_path):
    kind, archive, *_ = cifar()
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archive[:500])
    with pytest.raises(DataError, match="cannot be downloaded"):
        catalogue.make("cifar10", tmp_path, kind=kind)
    assert (tmp_path / "cifar-10-python.tar.gz").stat().st_size == 500  # not ours to delete
