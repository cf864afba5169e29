"""The app: `streamlit run app.py`. Starts the launcher with the server and closes it with the server."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from sslviz.views import server
from sslviz.views.plot import plotly_route


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    with server.running():
        gc.freeze()  # torch and its 166,000 objects stay: no garbage collection needs to walk them again
        yield


app = st.App("sslviz/views/frame.py", lifespan=lifespan, routes=[plotly_route()])
