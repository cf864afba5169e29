"""Up to six runs side by side: their curves, settings, pictures under one clock, and rankings."""

from sslviz.exhibits.compare import page

page.show()
