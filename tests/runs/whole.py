"""A run with everything that a run can hold: trained, turned, mapped, evaluated, named."""

from pathlib import Path

import numpy as np

from sslviz.data.dataset import Dataset
from sslviz.judging.evaluation import evaluate
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Notes
from sslviz.runs.settings import RunSettings
from sslviz.training.worker import Wishes, run


def whole_run(folder: Path, pictures: Dataset) -> RunFolder:
    """SimCLR, six steps on `pictures`."""
    knobs = {"steps": 6, "batch_size": 32, "precision": "float32", "threads": 1, "width": 16, "warmup_steps": 2}
    made = RunFolder.create(folder / "runs", RunSettings(data=pictures.name).change(**knobs))
    made.send("set", name="temperature", value=0.3)
    assert run(made, folder / "cache", Wishes(made), loaded=pictures).state == "done"
    step, chance = made.snapshot_steps()[-1], np.random.default_rng(0)
    probe = made.probe()
    assert probe is not None
    assert probe.labels is not None
    for kind in ("umap", "pca"):
        made.write_projection(step, kind, chance.normal(0, 1, (len(probe.labels), 2)))
    made.write_notes(Notes(name="the first one", tags=("try",), remark="a remark"))
    evaluate(made, made.weights_steps()[-1], folder / "cache", names=("knn",), loaded=pictures)
    made.write_evaluation_progress(step=step, name="knn", done=True)
    return made
