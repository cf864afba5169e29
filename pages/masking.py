"""Hiding patches, by hand: what MAE's encoder sees, and what that saves."""

from sslviz.views import board_masking

board_masking.show()
