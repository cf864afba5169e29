"""The InfoNCE loss, worked out by hand."""

from sslviz.views import board_infonce

board_infonce.show()
