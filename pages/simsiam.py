"""SimSiam, live."""

from sslviz.views.method import page

page.show("simsiam")
