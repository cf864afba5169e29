"""SwAV, live."""

from sslviz.views import lesson

lesson.show("swav")
