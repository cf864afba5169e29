"""Slow motion: one training step, stage by stage, with the tensors of that step."""

from sslviz.exhibits.slow_motion import page

page.show()
