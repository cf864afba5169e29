"""Layouts on request: every kind has one name; what cannot be laid out, or must not be changed, is left as it is."""

from pathlib import Path

import numpy as np
import pytest

from sslviz.measures.projection import pca
from sslviz.processes.map_kind import APART, NEIGHBOURS, PERPLEXITIES, MapKind
from sslviz.processes.projector import Projector, Request
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Snapshot
from sslviz.runs.settings import RunSettings


@pytest.fixture
def projector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Projector:
    monkeypatch.setattr(Projector, "_warm_up", lambda self: None)
    return Projector(tmp_path)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """Three moments of 40 pictures; h of the second was not kept, in the third the network has diverged."""
    folder = RunFolder.create(tmp_path, RunSettings(), name="run")
    h = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float16)
    for step, embedding in ((0, h), (5, None), (9, np.full_like(h, np.nan)), (12, h[:, ::-1].copy())):
        folder.write_snapshot(Snapshot(step, embedding=embedding))
    return folder


def test_names_and_kinds_are_one_to_one() -> None:
    kinds = [
        *(MapKind("umap", n, d, dimensions=x) for n in NEIGHBOURS for d in APART for x in (2, 3)),
        *(MapKind("tsne", perplexity=p, dimensions=x) for p in PERPLEXITIES for x in (2, 3)),
        *(MapKind("pca", dimensions=x) for x in (2, 3)),
    ]
    assert len({kind.name for kind in kinds}) == len(kinds)
    assert all(MapKind.parse(kind.name) == kind for kind in kinds)
    assert [MapKind(m).name for m in ("umap", "tsne", "pca")] == ["umap", "tsne", "pca"]  # what every run records
    assert MapKind("umap", 30, 0.5, dimensions=3).name == "umap-n30-d0.5-3d"


@pytest.mark.parametrize("name", ["", "globe", "umap-n7", "umap-d0.3", "tsne-p1e9", "../pca", "pca-4d", "umap-n٣٠"])
def test_what_is_no_kind_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"kind of map|is none of"):
        MapKind.parse(name)


def test_a_layout_is_that_of_its_kind_and_turned_onto_the_one_before(projector: Projector, run: RunFolder) -> None:
    for kind, width in (("pca", 2), ("pca-3d", 3), ("tsne-p5", 2)):
        projector.lay_out(run, 0, kind)
        projector.lay_out(run, 12, kind)
        assert run.projection_steps(kind) == [0, 12]
        assert run.projection(12, kind).shape == (40, width)
    h = [run.snapshot(step).embedding.astype(np.float32) for step in (0, 12)]
    np.testing.assert_array_equal(run.projection(12, "pca-3d"), pca(h[1], pca(h[0], dimensions=3), dimensions=3))
    # the second h is the first with its columns in another order: the same picture, once it is turned
    np.testing.assert_allclose(run.projection(12, "pca-3d"), run.projection(0, "pca-3d"), atol=1e-3)


def test_umap_waits_until_it_is_compiled_and_nothing_else_does(projector: Projector, run: RunFolder) -> None:
    for kind in ("umap", "pca"):
        projector.answer(Request(run, 0, kind, None))
    projector.follow()
    assert 0 in run.projection_steps("pca")
    assert run.projection_steps("umap") == []
    projector.warm.set()
    projector.follow()
    assert 0 in run.projection_steps("umap")
    assert projector.later == []


def test_what_cannot_be_laid_out_is_left_alone(projector: Projector, run: RunFolder) -> None:
    for step in (5, 9, 7):  # not kept, diverged, never recorded
        projector.lay_out(run, step, "pca")
    projector.lay_out(run, 0, "umap-n15")  # not how that kind is called
    assert run.projection_steps("pca") == run.projection_steps("umap-n15") == []
    with pytest.raises(ValueError, match="no kind"):
        projector.lay_out(run, 0, "globe")


def test_a_run_that_must_not_change_gets_its_maps_elsewhere(
    projector: Projector, run: RunFolder, tmp_path: Path
) -> None:
    projector.lay_out(run, 0, "pca")
    before = sorted(run.path.rglob("*"))
    spare = RunFolder(tmp_path / "cache" / "maps" / "run-1")
    projector.lay_out(run, 0, "pca", spare)  # it is there already
    projector.lay_out(run, 12, "pca", spare)
    projector.lay_out(run, 0, "pca-3d", spare)
    assert sorted(run.path.rglob("*")) == before
    assert (spare.projection_steps("pca"), spare.projection_steps("pca-3d")) == ([12], [0])
    np.testing.assert_allclose(spare.projection(12, "pca"), run.projection(0, "pca"), atol=1e-3)


def test_a_run_that_is_thrown_away_meanwhile_does_not_come_back(projector: Projector, run: RunFolder) -> None:
    snapshot = run.snapshot(0)
    run.snapshot = lambda step: (run.path.exists() and run.throw_away()) or snapshot  # type: ignore[method-assign]
    projector.lay_out(run, 0, "pca")
    assert not run.path.exists()
