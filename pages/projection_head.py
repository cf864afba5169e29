"""Why the head is thrown away: what a probe reads before it (h) and after it (z), factor by factor."""

from sslviz.views import room_projection_head

room_projection_head.show()
