"""Hiding patches, by hand: what MAE's encoder sees, and what that saves."""

from sslviz.exhibits.masking import page

page.show()
