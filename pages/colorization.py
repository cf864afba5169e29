"""Colorization, live."""

from sslviz.views import lesson

lesson.show("colorization")
