"""The app of test_plot.py: a page whose charts are refreshed every 0.3 s."""

from pathlib import Path

import streamlit as st
from starlette.responses import Response
from starlette.routing import Route

from sslviz.views.plot.plot import plotly_route
from tests.browser.plot_pictures import SHEET

sheet = Route("/sheet", lambda request: Response(SHEET, media_type="image/jpeg"))
app = st.App(Path(__file__).with_name("plot_page.py"), routes=[plotly_route(), sheet])
