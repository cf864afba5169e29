"""MoCo, live."""

from sslviz.views.method import page

page.show("moco")
