"""The first page: what this is, and where to begin."""

from sslviz.exhibits.home import page

page.show()
