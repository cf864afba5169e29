"""Views as points on a circle or a sphere, pulled and pushed by a loss."""

from sslviz.exhibits.geometry import page

page.show()
