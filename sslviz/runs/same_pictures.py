"""Are these still the pictures that a run was trained on? A folder may have got more of them since, or other classes.

On other pictures a run is neither judged nor trained on: what was held out may have been trained on, labels may mean
other classes, and the recorded maps show pictures that are no longer there.
"""

from sslviz.data.dataset import DataError, Dataset
from sslviz.data.sources.contents import Contents
from sslviz.runs.folder import RunFolder


class PicturesChanged(DataError):
    """The pictures are not those that the run was trained on."""


def change(run: RunFolder, pictures: Dataset) -> str:
    """What has changed since the run began, in a few words; "" if nothing has, as far as the run has kept it."""
    before = run.contents()
    if before is not None:
        return before.changed(Contents.of(pictures))
    probe = run.probe()  # of an earlier version
    if probe is None or probe.labels is None or probe.classes == pictures.classes:
        return ""
    return f"the classes were {', '.join(probe.classes)} and are {', '.join(pictures.classes) or 'none'}"


def require_same(run: RunFolder, pictures: Dataset) -> None:
    """Raises PicturesChanged, in a sentence."""
    if what := change(run, pictures):
        raise PicturesChanged(
            f"{pictures.name} has changed since this run was trained on it ({what}): bring the former pictures back, "
            f"or train a new run on these."
        )
