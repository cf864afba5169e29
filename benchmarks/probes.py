"""Do our probes say what others' say? Our k-NN and linear probe beside lightly's and scikit-learn's, same features.

    python -m benchmarks.probes

h of the recorded runs: 5,000 labelled and 2,000 test pictures of `shapes`, asked for the class and for the hue. Needs
lightly and scikit-learn.
"""

import torch
import torch.nn.functional as F
from lightly.utils.benchmarking import knn_predict
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from benchmarks.machine import machine
from sslviz import data
from sslviz.judging.evaluation import set_up
from sslviz.measures.knn import knn_accuracy
from sslviz.measures.linear import linear_accuracy
from sslviz.runs.shelf import list_runs
from sslviz.views.controls.server import GALLERY

K, TEMPERATURE, L2 = 20, 0.1, 1e-4
KNN_ALLOWED, LINEAR_ALLOWED = 0.5, 1.0  # points
TARGETS = ("class", "hue")


def main() -> None:
    print("## Our probes beside others'\n")
    print(
        f"`python -m benchmarks.probes` on {machine('torch', 'lightly', 'scikit-learn')}. Percent of 2,000 test shapes;"
    )
    print("the same frozen h of the recorded runs, 5,000 labelled pictures.\n")
    print("| run | asked for | 20-NN, ours | lightly | differ | linear, ours | scikit-learn | differ |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    shapes = data.load("shapes", cache=data.default_cache())
    worst = [0.0, 0.0]
    for run in sorted(list_runs(GALLERY), key=lambda run: run.id):
        bench = set_up(run, run.weights_steps()[-1], shapes)
        h, test = bench.trained["h"]
        for target in TARGETS:
            known, wanted, classes = bench.asked[target]
            ours = knn_accuracy(h, known, test, wanted, classes=classes, k=K, temperature=TEMPERATURE)
            theirs = lightly(h, known, test, wanted, classes)
            probe = linear_accuracy(h, known, test, wanted, classes=classes, l2=L2)
            sklearn = logistic(h, known, test, wanted)
            far = [100 * abs(ours - theirs), 100 * abs(probe - sklearn)]
            worst = [max(pair) for pair in zip(worst, far, strict=True)]
            cells = [f"{100 * ours:.2f}", f"{100 * theirs:.2f}", f"{far[0]:.2f}"]
            cells += [f"{100 * probe:.2f}", f"{100 * sklearn:.2f}", f"{far[1]:.2f}"]
            print(f"| {run.id} | {target} | {' | '.join(cells)} |", flush=True)
    print(
        f"\nLargest difference: 20-NN {worst[0]:.2f} points (asked ≤ {KNN_ALLOWED}), linear {worst[1]:.2f} points",
        end="",
    )
    print(f" (asked ≤ {LINEAR_ALLOWED}).")


def lightly(h: Tensor, known: Tensor, test: Tensor, wanted: Tensor, classes: int) -> float:
    bank, labels = F.normalize(h).T.contiguous(), known.long()
    found = knn_predict(F.normalize(test), bank, labels, num_classes=classes, knn_k=K, knn_t=TEMPERATURE)
    return float((found[:, 0] == wanted).float().mean())


def logistic(h: Tensor, known: Tensor, test: Tensor, wanted: Tensor) -> float:
    """The same penalty: scikit-learn's C weighs the sum of the losses, ours is the mean."""
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=1 / (L2 * len(h)), max_iter=2000))
    return float(probe.fit(h.numpy(), known.numpy()).score(test.numpy(), wanted.numpy()))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
