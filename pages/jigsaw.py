"""Jigsaw, live."""

from sslviz.views import lesson

lesson.show("jigsaw")
