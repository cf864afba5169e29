"""The first page: what this is, and where to begin."""

from sslviz.views import welcome

welcome.show()
