"""The app where it is not at home: for a user whom nobody knows, without a home folder, on a tree that is read-only;
and behind nginx, with a prefix and another name, set up as docs/deployment.md says.
"""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sslviz.place import compiled, writable
from sslviz.runs.shelf import list_runs
from sslviz.views.plot.plot import PLOTLY_JS

ROOT = Path(__file__).parents[2]
NAME = "lab.example.org"
STRANGER = ["--reuid", "12345", "--regid", "12345", "--clear-groups"]
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
KNOBS = {"data": "digits", "steps": "3", "width": "16", "threads": "1", "precision": "float32"}
NGINX = """daemon off; worker_processes 1; pid {place}/nginx.pid; error_log {place}/nginx.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {place}/1; proxy_temp_path {place}/2; fastcgi_temp_path {place}/3;
    uwsgi_temp_path {place}/4; scgi_temp_path {place}/5;
    server {{ listen 127.0.0.1:{ports[0]}; {keeps} }}
    server {{ listen 127.0.0.1:{ports[1]}; {rewrites} }}
}}
"""


def test_compiled_code_has_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("SSLVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert writable(tmp_path / "not" / "yet")
    assert compiled(tmp_path / "umap") == {}
    monkeypatch.setattr(os, "access", lambda path, _: False)
    assert compiled(tmp_path / "umap") == {"NUMBA_CACHE_DIR": str(tmp_path / "cache" / "numba")}
    monkeypatch.setenv("NUMBA_CACHE_DIR", "elsewhere")
    assert compiled(tmp_path / "umap") == {}


@dataclass
class Stranger:
    """A user with a number and nothing else, and a folder that anybody may write into. `python`: one that is theirs."""

    place: Path
    python: str

    @property
    def environment(self) -> dict[str, str]:
        packages = os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])
        folders = {"SSLVIZ_RUNS": str(self.place / "runs"), "SSLVIZ_PROJECTOR": "0", "SSLVIZ_SPARE": "0"}
        return {"PATH": PATH, "PYTHONPATH": packages, "OMP_NUM_THREADS": "1", **folders}

    def command(self, *words: object) -> list[str]:
        return ["setpriv", *STRANGER, *map(str, words)]


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    if shutil.which("setpriv") is None or os.geteuid() != 0:
        pytest.skip("only root can become somebody whom nobody knows")
    if any(not part.stat().st_mode & stat.S_IXOTH for part in (ROOT, *ROOT.parents)):
        pytest.skip("this checkout lies where nobody else can read it")
    again = "import os, sys; os.execv(sys.executable, [sys.executable, '-c', ''])"
    pythons = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
    theirs = [each for each in pythons if Path(each).exists()]
    theirs = [
        each
        for each in theirs
        if subprocess.run(["setpriv", *STRANGER, each, "-c", again], stderr=subprocess.DEVNULL).returncode == 0
    ]
    if not theirs:
        pytest.skip("this Python lies where nobody else can start it")
    place = Path(tempfile.mkdtemp(prefix="elsewhere-"))
    place.chmod(0o777)
    yield Stranger(place, theirs[0])
    shutil.rmtree(place, ignore_errors=True)


def free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture(scope="module")
def doors(stranger: Stranger) -> Iterator[dict[str, int]]:
    """The ports of nginx: at "keeps" it tells the app the name that it was called by, at "rewrites" its own."""
    nginx = shutil.which("nginx", path=PATH)
    if nginx is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no nginx: apt-get install nginx")
    app_port, *ports = free_ports(3)
    text = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    (keeps,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    keeps = keeps.replace(":8501", f":{app_port}")
    rewrites = "\n".join(line for line in keeps.splitlines() if " Host " not in line)
    (config := stranger.place / "nginx.conf").write_text(
        NGINX.format(place=stranger.place, ports=ports, keeps=keeps, rewrites=rewrites)
    )
    flags = {"HEADLESS": "true", "FILE_WATCHER_TYPE": "none", "BASE_URL_PATH": "lab"}
    flags |= {"ALLOWED_HOSTS": f"{NAME} 127.0.0.1", "CORS_ALLOWED_ORIGINS": f"http://{NAME}"}
    environment = stranger.environment | {f"STREAMLIT_SERVER_{name}": value for name, value in flags.items()}
    app = stranger.command(stranger.python, "-m", "sslviz", "--port", app_port)
    log = (stranger.place / "app.log").open("w")
    processes = [
        subprocess.Popen(app, cwd=ROOT, env=environment, stdout=log, stderr=log),
        subprocess.Popen(stranger.command(nginx, "-p", stranger.place, "-c", config), stderr=log),
    ]
    try:
        deadline = time.monotonic() + 120
        while not answers(ports[0]):
            told = (stranger.place / "app.log").read_text()
            assert time.monotonic() < deadline, told
            assert all(each.poll() is None for each in processes), told
            time.sleep(0.2)
        yield dict(zip(("keeps", "rewrites"), ports, strict=True))
    finally:
        for process in processes:
            process.terminate()
            process.wait(60)
        log.close()


def answers(port: int) -> bool:
    try:
        return ask(port, "/lab/_stcore/health")[0] == 200
    except OSError:
        return False


def ask(port: int, path: str, **headers: str) -> tuple[int, bytes, str]:
    """As a browser that believes this computer to be NAME: status, body, and where it is sent to."""
    known = {"Host": f"{NAME}:{port}", "Sec-Fetch-Site": "same-origin", **headers}
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path, headers=known)
    answer = line.getresponse()
    return answer.status, answer.read(), answer.getheader("Location", "")


def connected(port: int, origin: str) -> ClientConnection:
    path = f"ws://{NAME}:{port}/lab/_stcore/stream"
    return connect(path, sock=socket.create_connection(("127.0.0.1", port)), origin=origin, max_size=None)


def wish(page: str, query: str = "", pressed: str = "") -> bytes:
    """What a browser sends: draw this page; and a button that was pressed."""
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.query_string = page, query
    if pressed:
        message.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
    return message.SerializeToString()


def said(line: ClientConnection) -> Iterator[ForwardMsg]:
    while True:
        yield ForwardMsg.FromString(line.recv(60))


@pytest.fixture(scope="module")
def run(doors: dict[str, int], stranger: Stranger) -> str:
    """The name of one that a visitor has started and that has been trained there."""
    query = urlencode(KNOBS)
    with connected(doors["keeps"], f"http://{NAME}:{doors['keeps']}") as line:
        line.send(wish("simclr", query))
        buttons = (message.delta.new_element.button for message in said(line))
        line.send(wish("simclr", query, next(button.id for button in buttons if button.label == "Start")))
        deadline = time.monotonic() + 120
        while not (runs := list_runs(stranger.place / "runs")) or runs[0].status().at_work:
            assert time.monotonic() < deadline, (stranger.place / "app.log").read_text()
            time.sleep(0.2)
    [run] = runs
    assert (run.status().state, run.status().step) == ("done", 3), run.status().reason
    assert run.path.stat().st_uid == 12345
    return run.id


@pytest.mark.slow
@pytest.mark.parametrize("door", ["keeps", "rewrites"])
def test_behind_nginx(door: str, doors: dict[str, int], run: str) -> None:
    port = doors[door]
    assert [ask(port, page)[0] for page in ("/lab/", "/lab/simclr")] == [200, 200]
    for wrong, right in (("/lab", "/lab/"), ("/lab/simclr/", "/lab/simclr")):
        status, _, place = ask(port, wrong)
        assert (status, urlsplit(place).path) == (301, right)
        assert urlsplit(place).netloc in ("", f"{NAME}:{port}")
    status, script, _ = ask(port, f"/lab/sslviz/{PLOTLY_JS.name}")
    assert (status, len(script)) == (200, PLOTLY_JS.stat().st_size)
    history = f"/lab/sslviz/history?run={run}&view=matrix&until=3&images=4"
    status, numbers, _ = ask(port, history, Origin=f"http://{NAME}:{port}")
    assert (status, json.loads(numbers.partition(b"\n")[0])["step"][-1]) == (200, 3)
    assert ask(port, history, Origin="http://evil.example")[0] == 403
    assert ask(port, history, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    with connected(port, f"http://{NAME}:{port}") as line:
        line.send(wish("infonce"))
        next(message for message in said(line) if message.delta.new_element.HasField("heading"))  # the page, drawn
    with pytest.raises(InvalidStatus, match="403"), connected(port, "http://evil.example"):
        pass
