"""Augmentation by hand: what the views show, and the shortcut that colour offers."""
