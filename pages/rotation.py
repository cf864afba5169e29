"""Rotation, live."""

from sslviz.views import lesson

lesson.show("rotation")
