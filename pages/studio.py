"""Random views of any picture, one operation at a time and all together; and the shortcut through the colours."""

from sslviz.exhibits.studio import page

page.show()
