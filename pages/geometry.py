"""Views as points on a circle or a sphere, pulled and pushed by a loss."""

from sslviz.views import board_geometry

board_geometry.show()
