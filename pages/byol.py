"""BYOL, live."""

from sslviz.views import lesson

lesson.show("byol")
