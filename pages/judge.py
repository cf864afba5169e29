"""Four evaluations of any run at any kept moment."""

from sslviz.exhibits.judge import page

page.show()
