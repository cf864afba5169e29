"""Two runs in lock-step that differ in one thing, side by side."""

from sslviz.exhibits.twins import page

page.show()
