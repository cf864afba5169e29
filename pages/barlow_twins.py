"""Barlow Twins, live."""

from sslviz.views.method import page

page.show("barlow_twins")
