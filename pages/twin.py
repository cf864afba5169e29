"""Two runs in lock-step that differ in one thing, side by side."""

from sslviz.views import twin

twin.show()
