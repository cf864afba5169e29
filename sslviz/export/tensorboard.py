"""A run for TensorBoard: every metric in its *Scalars*, the embedding of the probe pictures in its *Projector*.

    logdir/<run>/events.out.tfevents.…       the curves, in TensorBoard's own format (tensorboardX writes it)
    logdir/<run>/projector_config.pbtxt      says which of the following belong together
    logdir/<run>/embedding-000157.tsv        h of one recorded moment: a line per picture
    logdir/<run>/pictures.tsv, pictures.png  class and known factors of each; all of them on one sheet

Several runs may go into one logdir: TensorBoard shows them side by side. `tensorboard --logdir logdir` opens it.
"""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from sslviz.data.dataset import DataError
from sslviz.runs.files import Array
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import ProbeSet
from sslviz.runs.steps import thinned

MOMENTS = 6  # of which the embedding is written, 2 MB each: the first and the last among them
AXES = ("step", "seconds", "images")  # what everything is drawn over


def write_tensorboard(run: RunFolder, logdir: Path) -> Path:
    """Writes the run into logdir/<run>, in place of what was written there before. Raises DataError, in a sentence,
    where tensorboardX is missing.
    """
    try:
        from tensorboardX import SummaryWriter
    except ModuleNotFoundError:
        raise DataError("TensorBoard's files are written by tensorboardX: pip install tensorboardX.") from None
    folder = logdir / run.id
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("events.out.tfevents.*"):
        old.unlink()
    status = run.status()
    began = status.heartbeat - status.seconds
    with SummaryWriter(str(folder)) as writer:
        writer.add_text("settings", f"```json\n{run.settings().model_dump_json(indent=1)}\n```", 0, began)
        for row in run.metrics().to_dict("records"):
            for name, value in row.items():
                if name not in AXES and math.isfinite(value):  # not every look measures everything
                    writer.add_scalar(name, value, int(row["step"]), began + row["seconds"])
    write_projector(run, folder)
    return folder


def write_projector(run: RunFolder, folder: Path) -> None:
    """The embeddings; nothing if none was kept."""
    probe = run.probe()
    config = []
    for step, h in embeddings(run):
        name = f"embedding-{step:06d}.tsv"
        np.savetxt(folder / name, h, fmt="%.4g", delimiter="\t")  # it was recorded in half precision
        config += ["embeddings {", f'  tensor_name: "step {step}"', f'  tensor_path: "{name}"']
        if probe is not None:
            config += ['  metadata_path: "pictures.tsv"', '  sprite { image_path: "pictures.png"']
            config += [f"    single_image_dim: {probe.tile}"] * 2 + ["  }"]
        config.append("}")
    if config:
        (folder / "projector_config.pbtxt").write_text("\n".join(config) + "\n")
    if config and probe is not None:
        count = len(h)
        rows = list(known(probe, count))
        if len(rows[0]) == 1:  # the Projector expects no title above a single column
            del rows[0]
        (folder / "pictures.tsv").write_text("\n".join("\t".join(row) for row in rows) + "\n", "utf-8")
        Image.fromarray(sprite(probe.pictures()[:count])).save(folder / "pictures.png")


def embeddings(run: RunFolder) -> Iterator[tuple[int, Array]]:
    """Recorded moments of which h was kept, the last one first: TensorBoard opens on it. M x d each."""
    metrics = run.metrics()
    looks = set(metrics["step"][metrics["std"].notna()]) if "std" in metrics else set()
    for step in reversed(thinned(sorted(looks & set(run.snapshot_steps())), MOMENTS)):
        snapshot = run.snapshot(int(step))
        if snapshot is not None and snapshot.embedding is not None:
            yield int(step), snapshot.embedding.astype(np.float32)


def known(probe: ProbeSet, count: int) -> Iterator[list[str]]:
    """A line of titles, then one line per picture: its number, class and factors."""
    yield ["picture", *(["class"] if probe.labels is not None else []), *probe.factors]
    for number in range(count):
        row = [str(number)]
        if probe.labels is not None:
            label = int(probe.labels[number])
            name = probe.classes[label] if label < len(probe.classes) else str(label)
            row.append(" ".join(name.split()))  # a tab in a name would be another column
        yield row + [f"{values[number]:.4g}" for values in probe.factors.values()]


def sprite(pictures: Array) -> Array:
    """M x tile x tile x 3 -> one square sheet, row by row, which is how TensorBoard cuts it up."""
    count, tile = pictures.shape[:2]
    side = math.ceil(math.sqrt(count))
    sheet = np.zeros((side * side, tile, tile, 3), np.uint8)
    sheet[:count] = pictures
    return sheet.reshape(side, side, tile, tile, 3).swapaxes(1, 2).reshape(side * tile, side * tile, 3)
