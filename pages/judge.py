"""Four evaluations of any run at any kept moment."""

from sslviz.views import judge

judge.show()
