"""The address of the history of a picture, and the route at which a browser fetches it.

Streamlit checks no origin for a route of our own: `allowed` does. Only runs and recorded examples can be named.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sslviz.figures.style import SheetAddress
from sslviz.runs.folder import RunFolder
from sslviz.views.controls import server

LONGEST = 200  # characters of a value in the address


def address(run: RunFolder, view: str, **choice: Any) -> str:
    """Where the history of a view is found, seen from the root of the app."""
    known = {"run": run.id, "view": view, "until": max(run.snapshot_steps(), default=0), "size": run.recorded_bytes()}
    return "sslviz/history?" + urlencode({**known, **choice}, safe="{}")


def views_sheet(run: RunFolder) -> SheetAddress:
    """Of the views behind a matrix; plot.js puts the step of the picture that is shown into it."""
    return _sheet({"run": run.id, "view": "tiles", "of": f"{run.created:.0f}", "step": "{step}"})


def probe_sheet(run: RunFolder) -> SheetAddress:
    """Of all test pictures."""
    return _sheet({"run": run.id, "view": "probe", "of": f"{run.created:.0f}"})


def _sheet(asked: dict[str, str]) -> SheetAddress:
    """The only place where addresses of pictures are made. They stay the same as long as there is the run."""
    return SheetAddress("sslviz/history?" + urlencode(asked, safe="{}"))


def route() -> Route:
    """For `routes` of st.App. The function is no coroutine, so starlette runs it in a thread of its own."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return Route(f"/{base}/sslviz/history".replace("//", "/"), answer)


def answer(request: Request) -> Response:
    if not allowed(request):
        return PlainTextResponse("Only the app's own pages may ask for this.", 403)
    from sslviz.views.method import history  # not sooner: its caches want the server to be there

    asked = {name: value for name, value in request.query_params.items() if len(value) <= LONGEST}
    run = server.find(asked.get("run", ""))
    if run is None or asked.get("view") not in history.VIEWS:
        return PlainTextResponse("There is no such history here.", 404)
    try:
        found = history.built(str(run.path), tuple(sorted(asked.items())))
    except (LookupError, ValueError, OSError) as error:
        return PlainTextResponse(f"This history cannot be read: {str(error)[:LONGEST]}", 404)
    kind = "image/jpeg" if asked["view"] in history.SHEETS else "application/octet-stream"
    headers = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(found, media_type=kind, headers=headers)


def allowed(request: Request) -> bool:
    """True for the app's own pages under a name that this server goes by: no foreign page may read along."""
    hosts = [str(name).lower() for name in st.get_option("server.allowedHosts") or ["*"]]
    host = request.headers.get("host", "")
    named = (urlsplit(f"//{host}").hostname or "").lower()
    origin = request.headers.get("origin")
    return (
        ("*" in hosts or named in hosts or any(h.startswith("*.") and named.endswith(h[1:]) for h in hosts))
        and (origin is None or urlsplit(origin).netloc == host)
        and request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    )
