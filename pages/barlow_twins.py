"""Barlow Twins, live."""

from sslviz.views import lesson

lesson.show("barlow_twins")
