"""The slow teacher of BYOL, MoCo and DINO, by hand."""

from sslviz.views import board_ema

board_ema.show()
