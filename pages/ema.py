"""The slow teacher of BYOL, MoCo and DINO, by hand."""

from sslviz.exhibits.ema import page

page.show()
