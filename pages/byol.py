"""BYOL, live."""

from sslviz.views.method import page

page.show("byol")
