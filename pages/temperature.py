"""What the temperature does to one choice among several."""

from sslviz.exhibits.temperature import page

page.show()
