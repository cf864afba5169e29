"""DINO, live."""

from sslviz.views import lesson

lesson.show("dino")
