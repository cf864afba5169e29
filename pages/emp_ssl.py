"""EMP-SSL, live."""

from sslviz.views import lesson

lesson.show("emp_ssl")
