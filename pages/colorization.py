"""Colorization, live."""

from sslviz.views.method import page

page.show("colorization")
