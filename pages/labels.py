"""What labels cost."""

from sslviz.views import board_labels

board_labels.show()
