"""The app of test_repaint.py."""

from pathlib import Path

import streamlit as st

from sslviz.views.plot.plot import plotly_route

app = st.App(Path(__file__).with_name("repaint_page.py"), routes=[plotly_route()])
