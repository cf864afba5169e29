"""EMP-SSL, live."""

from sslviz.views.method import page

page.show("emp_ssl")
