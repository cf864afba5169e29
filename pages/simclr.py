"""SimCLR, live."""

from sslviz.views import lesson

lesson.show("simclr")
