"""The app of test_picture.py: one chart in which one picture takes the place of another."""

from pathlib import Path

import streamlit as st

from sslviz.views.plot.plot import plotly_route

app = st.App(Path(__file__).with_name("picture_page.py"), routes=[plotly_route()])
