"""MoCo, live."""

from sslviz.views import lesson

lesson.show("moco")
