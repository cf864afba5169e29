"""Why the head is thrown away: what a probe reads before it (h) and after it (z), factor by factor."""

from sslviz.exhibits.projection_head import page

page.show()
