"""The InfoNCE loss, worked out by hand."""

from sslviz.exhibits.infonce import page

page.show()
