"""Sweeps: one or two knobs over several values and seeds, and a map that fills while they are trained."""

from sslviz.exhibits.sweep import page

page.show()
