"""The route at which a browser fetches the history of a picture (plot/history_address.py says its address).

Streamlit checks no origin for a route of our own: `allowed` does. Only runs and recorded examples can be named.
"""

from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sslviz.views import net
from sslviz.views.controls import server

LONGEST = 200  # characters of a value in the address


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
        found = history.built(run, tuple(sorted(asked.items())))
    except (LookupError, ValueError, OSError) as error:
        return PlainTextResponse(f"This history cannot be read: {str(error)[:LONGEST]}", 404)
    except Exception:
        return PlainTextResponse(f"This history cannot be shown (fault {net.tell('A history')} in the log).", 500)
    kind = "image/jpeg" if asked["view"] in history.SHEETS else "application/octet-stream"
    headers = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(found, media_type=kind, headers=headers)


def allowed(request: Request) -> bool:
    """True for the app's own pages under a name that this server goes by: no foreign page may read along. The same
    settings decide as for Streamlit's own connection, so that a proxy that works for the one works for the other.
    """
    hosts = [str(name).lower().rstrip(".") for name in st.get_option("server.allowedHosts") or ["*"]]
    host = request.headers.get("host", "")
    named = hostname(f"//{host}")
    if not ("*" in hosts or named in hosts or any(h.startswith("*.") and named.endswith(h[1:]) for h in hosts)):
        return False
    if not st.get_option("server.enableCORS"):  # whoever runs the server lets all pages in
        return True
    origin = request.headers.get("origin")
    welcome = {hostname(str(name)) for name in st.get_option("server.corsAllowedOrigins") or []} - {""}
    own = origin is None or origin.partition("//")[2] == host or hostname(origin) in welcome
    return own and request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def hostname(address: str) -> str:
    """The computer that an address names; "" if that cannot be read."""
    try:
        return (urlsplit(address.strip()).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""
