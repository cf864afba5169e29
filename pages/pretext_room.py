"""The pretext room: turn a picture, shuffle its tiles, take its colours away, and ask a trained network."""

from sslviz.exhibits.pretext import page

page.show()
