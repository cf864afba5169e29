"""Random views of any picture, one operation at a time and all together; and the shortcut through the colours."""

from sslviz.views import board_studio

board_studio.show()
