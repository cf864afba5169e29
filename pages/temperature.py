"""What the temperature does to one choice among several."""

from sslviz.views import board_temperature

board_temperature.show()
