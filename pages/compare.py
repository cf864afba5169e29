"""Up to six runs side by side: their curves, settings, pictures under one clock, and rankings."""

from sslviz.views import compare

compare.show()
