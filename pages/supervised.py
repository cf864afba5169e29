"""The supervised reference, live."""

from sslviz.views.method import page

page.show("supervised")
