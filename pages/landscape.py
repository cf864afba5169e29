"""The landscape: ideas, methods, other fields, benchmark, evaluation."""

from sslviz.views import board_landscape

board_landscape.show()
