"""A run on disk: its settings, its folder of plain files, and everything that is read from them."""
