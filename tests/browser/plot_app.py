"""The app of test_plot.py: a page whose charts are refreshed every 0.3 s."""

from pathlib import Path

import streamlit as st

from sslviz.views.plot import plotly_route

app = st.App(Path(__file__).with_name("plot_page.py"), routes=[plotly_route()])
