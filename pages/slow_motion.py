"""Slow motion: one training step, stage by stage, with the tensors of that step."""

from sslviz.views import room_slow

room_slow.show()
