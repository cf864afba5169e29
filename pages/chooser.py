"""Which method for which situation."""

from sslviz.views import board_chooser

board_chooser.show()
