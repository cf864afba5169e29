"""The app: `streamlit run app.py`. Starts the launcher with the server and closes it with the server."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Read when torch is loaded. Every script run has a thread of its own, for each of which torch would make helpers; that
# took longer than all the rest of a page with small pictures. Workers say themselves how many threads they want.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import streamlit as st

from sslviz.place import PACKAGE
from sslviz.views.controls import server
from sslviz.views.method import history_route
from sslviz.views.plot.plot import plotly_route


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    with server.running():
        gc.freeze()  # torch and its 166,000 objects stay: no garbage collection needs to walk them again
        yield


app = st.App(PACKAGE / "views" / "frame.py", lifespan=lifespan, routes=[plotly_route(), history_route.route()])
