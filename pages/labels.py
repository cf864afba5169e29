"""What labels cost."""

from sslviz.exhibits.labels import page

page.show()
