"""SimSiam, live."""

from sslviz.views import lesson

lesson.show("simsiam")
