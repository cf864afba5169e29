"""Histories: the numbers that a browser gets are the recorded ones, and nobody else gets them."""

import json
import shutil
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

from sslviz.figures import style
from sslviz.runs.folder import RunFolder
from sslviz.runs.records import Snapshot
from sslviz.runs.settings import RunSettings
from sslviz.views.controls import server
from sslviz.views.controls.server import GALLERY
from sslviz.views.method import history, history_route, layouts
from sslviz.views.plot import clock, history_address
from tests.pages import end, opened

SIMCLR = RunFolder(GALLERY / "simclr")
DTYPES = {"cells": "<i2", "places": "<u2", "heights": "<f4"}


def get(address: str, **headers: str) -> Response:
    """What the route answers, without a server."""
    known = {"host": "127.0.0.1:8501"} | {name.replace("_", "-"): value for name, value in headers.items()}
    query = address.partition("?")[2].replace(" ", "+").encode()
    pairs = [(name.encode(), value.encode()) for name, value in known.items()]
    return history_route.answer(Request({"type": "http", "method": "GET", "query_string": query, "headers": pairs}))


def read(answer) -> tuple[dict, np.ndarray]:
    assert answer.status_code == 200, bytes(answer.body)
    head, _, rest = bytes(answer.body).partition(b"\n")
    header = json.loads(head)
    return header, np.frombuffer(rest, DTYPES[header["kind"]]).reshape(header["shape"])


def test_the_matrix_of_every_moment_is_the_recorded_one(runs: Path) -> None:
    header, whole = read(get(history_address.address(SIMCLR, "matrix", images=8)))
    assert header["step"] == SIMCLR.snapshot_steps()
    rows = [*range(8), *range(32, 40)]
    for i, step in ((0, header["step"][0]), (-1, header["step"][-1])):
        recorded_then = SIMCLR.snapshot(step).exhibits["similarity"].astype(np.float32)[np.ix_(rows, rows)]
        empty = whole[i] == header["nothing"]
        assert (empty == np.eye(16, dtype=bool)).all()
        np.testing.assert_allclose((whole[i] * header["scale"])[~empty], recorded_then[~empty], atol=2e-5)


def test_the_map_of_every_moment_is_the_recorded_one(runs: Path) -> None:
    header, whole = read(get(history_address.address(SIMCLR, "map", kind="umap", points=600)))
    assert header["step"] == SIMCLR.projection_steps("umap")
    low, high = np.array(header["low"]), np.array(header["high"])
    step = header["step"][3]
    then = SIMCLR.projection(step, "umap")[:600]
    np.testing.assert_allclose(low + whole[3] / 65535 * (high - low), then, atol=1e-3)
    assert whole.nbytes == len(header["step"]) * 600 * 2 * 2  # x and y of each point, two bytes each


def test_moments_know_what_they_had_cost(runs: Path) -> None:
    header, _ = read(get(history_address.address(SIMCLR, "matrix", images=4)))
    known = SIMCLR.metrics().set_index("step")
    for axis in ("seconds", "images"):
        assert header[axis] == sorted(header[axis])
        assert header[axis][-1] == pytest.approx(known[axis].loc[header["step"][-1]], abs=1e-3)


def test_the_spectrum_and_its_words(runs: Path) -> None:
    header, values = read(get(history_address.address(SIMCLR, "spectrum")))
    last = SIMCLR.snapshot(header["step"][-1]).exhibits["spectrum"].astype(np.float32)
    np.testing.assert_allclose(values[-1], np.maximum(last, 1e-4), rtol=1e-6)
    assert header["subtitles"][-1].endswith(f"{(last > 0.1 / np.sqrt(len(last))).sum()} of {len(last)}")


def test_whole_figures_where_everything_changes(runs: Path) -> None:
    mae = RunFolder(GALLERY / "mae")
    answer = get(history_address.address(mae, "panel", name="reconstruction"))
    head, *lines = bytes(answer.body).split(b"\n")
    steps = json.loads(head)["step"]
    assert steps == mae.snapshot_steps()
    figures = [json.loads(line) for line in lines]
    assert [figure["layout"]["meta"]["step"] for figure in figures] == steps
    assert figures[0]["data"] != figures[-1]["data"]
    softmax = get(history_address.address(SIMCLR, "softmax", anchor=3, temperature=0.2))
    assert bytes(softmax.body).count(b"\n") == len(SIMCLR.snapshot_steps())


def test_what_the_doctor_says_of_every_moment(runs: Path) -> None:
    known = json.loads(bytes(get(history_address.address(SIMCLR, "doctor")).body))
    assert known["step"] == SIMCLR.snapshot_steps()
    assert known["verdict"][-1] is None  # a healthy run
    run = RunFolder.create(server.launcher().runs, RunSettings(method="simsiam").change(stop_gradient=False))
    collapsed = {"std": 0.002, "mean_cosine": 0.998, "rank": 1.5, "knn": 0.15, "knn_random_init": 0.2}
    for step in range(401):
        row = {"step": step, "seconds": step / 10, "images": 64 * step, "loss": -step / 410, "positive_cosine": 0.99}
        run.append_metrics(row | (collapsed if step % 40 == 0 else {}))
    for step in (0, 400):
        exhibits = {"channel_std": np.full(64, 0.002, np.float16)}
        run.write_snapshot(Snapshot(step, {}, exhibits))
    sick = json.loads(bytes(get(history_address.address(run, "doctor")).body))
    assert sick["step"] == [0, 400]
    assert sick["verdict"][0] is None
    assert sick["verdict"][1]["name"] == "complete collapse"


def test_pictures_come_as_jpeg(runs: Path) -> None:
    for address in (history_address.views_sheet(SIMCLR).replace("{step}", "0"), history_address.probe_sheet(SIMCLR)):
        answer = get(address)
        assert answer.headers["content-type"] == "image/jpeg"
        assert bytes(answer.body)[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    ("name", "asked"), [("maps", {}), ("simclr", {}), ("compare", {}), ("twin", {"a": "simclr", "b": "byol"})]
)
def test_every_sheet_that_a_page_names_is_served_as_a_picture(
    name: str, asked: dict[str, str], runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, named = style.sprite, set()
    monkeypatch.setattr(style, "sprite", lambda url, *args, **more: named.add(url) or make(url, *args, **more))
    st.cache_data.clear()
    assert not opened(name, **asked).exception
    assert named
    for address in named:
        run = RunFolder(GALLERY / address.partition("run=")[2].partition("&")[0])
        answer = get(address.replace("{step}", str(run.snapshot_steps()[-1])))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg"), address


@pytest.mark.parametrize(
    "wrong",
    [
        {"run": "../../etc"},
        {"run": "nothing"},
        {"view": "secrets"},
        {"view": "map", "kind": "../umap"},
        {"view": "map", "kind": "umap", "points": "1e9"},
        {"view": "softmax", "anchor": "-1", "temperature": "0.1"},
        {"view": "softmax", "anchor": "0", "temperature": "nan"},
        {"view": "panel", "name": "<b>"},
        {"images": "x"},
        {"order": "by chance"},
        {"until": "now"},
        {"view": "tiles", "step": "7777"},
    ],
)
def test_strange_addresses_get_a_sentence(wrong: dict[str, str], runs: Path) -> None:
    known = {"run": "simclr", "view": "matrix", "until": str(end("simclr"))} | wrong
    answer = get("?" + urlencode(known))
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert str(GALLERY) not in bytes(answer.body).decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_no_foreign_page_reads_along(headers: dict[str, str], runs: Path, monkeypatch) -> None:
    option = history_route.st.get_option
    allowed = {"server.allowedHosts": ["127.0.0.1", "localhost"]}
    monkeypatch.setattr(history_route.st, "get_option", lambda name: allowed.get(name) or option(name))
    address = history_address.address(SIMCLR, "matrix", images=4)
    assert get(address, **headers).status_code == 403
    same = {"origin": "http://127.0.0.1:8501", "sec-fetch-site": "same-origin"}
    assert get(address, **same).status_code == 200


@pytest.mark.parametrize(
    ("options", "headers", "status"),
    [
        ({}, {"host": "lab.example"}, 403),
        ({"allowedHosts": ["lab.example"]}, {"host": "lab.example", "origin": "http://lab.example"}, 200),
        ({"allowedHosts": ["Lab.Example."]}, {"host": "LAB.example.:8080"}, 200),
        ({"allowedHosts": ["*.example"]}, {"host": "lab.example"}, 200),
        ({}, {"origin": "https://lab.example"}, 403),  # a proxy has rewritten the host
        ({"corsAllowedOrigins": ["https://lab.example"]}, {"origin": "https://lab.example"}, 200),
        ({"corsAllowedOrigins": ["https://lab.example"]}, {"origin": "https://evil.example"}, 403),
        ({"enableCORS": False}, {"origin": "https://lab.example", "sec-fetch-site": "cross-site"}, 200),
        ({"enableCORS": False}, {"host": "lab.example"}, 403),
        ({"corsAllowedOrigins": ["lab.example"]}, {"origin": "null"}, 403),
        ({"allowedHosts": []}, {"host": "[", "origin": "http://]"}, 403),
    ],
)
def test_the_servers_settings_let_a_proxy_in(options, headers, status, runs: Path, monkeypatch) -> None:
    option, usual = history_route.st.get_option, {"allowedHosts": ["127.0.0.1"], "corsAllowedOrigins": []}
    known = {f"server.{name}": value for name, value in {**usual, **options}.items()}
    monkeypatch.setattr(history_route.st, "get_option", lambda name: known[name] if name in known else option(name))
    assert get(history_address.address(SIMCLR, "matrix", images=4), **headers).status_code == status


def test_a_run_without_layouts_or_views_has_no_history(runs: Path) -> None:
    rotation = RunFolder(GALLERY / "rotation")
    assert get(history_address.address(rotation, "matrix")).status_code == 404
    assert get(history_address.address(rotation, "map", kind="tsne")).status_code == 404
    with pytest.raises(LookupError):
        layouts.positions((), "tsne")


def test_many_moments_are_thinned_to_the_first_the_last_and_some_between() -> None:
    steps = list(range(200))
    some = history.thinned(steps)
    assert (len(some), some[0], some[-1]) == (60, 0, 199)
    assert history.thinned(steps[:10]) == steps[:10]


def test_the_past_of_a_run_knows_the_last_score() -> None:
    table = pd.DataFrame({"step": range(5), "seconds": [0.0, 2, 4, 6, 8], "images": [0, 10, 20, 30, 40]})
    table["knn"] = [np.nan, 0.25, np.nan, np.nan, 0.5]
    past = clock.past(0, [0, 2, 4], table, ended=True)
    assert past.score == ("live k-NN not measured yet", "live k-NN 25.0%", "live k-NN 50.0%")
    assert [past.at("seconds", amount) for amount in (0, 3.9, 4, 99)] == [0, 0, 1, 2]
    assert [past.at("step", amount) for amount in (0, 2, 3)] == [0, 1, 1]
    assert clock.past(0, [], table, ended=True).at("step", 1) is None
    table["seconds"] = [0.0, 0.5, 1.00004, 2.0, 930.96348482]
    past = clock.past(0, [0, 2, 4], table, ended=True)
    assert past.at("seconds", 930.96348482) == 2  # to the last digit: the clock ends where the longest run does


def test_damaged_snapshots_are_passed_over(runs: Path) -> None:
    shutil.copytree(SIMCLR.path, server.launcher().runs / "copy")
    run = server.find("copy")
    (run.path / "snapshots" / f"{run.snapshot_steps()[1]:06d}.npz").write_bytes(b"no archive")
    header, _ = read(get(history_address.address(run, "matrix", images=4)))
    assert header["step"] == [run.snapshot_steps()[0], *run.snapshot_steps()[2:]]
