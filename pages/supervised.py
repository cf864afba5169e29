"""The supervised reference, live."""

from sslviz.views import lesson

lesson.show("supervised")
