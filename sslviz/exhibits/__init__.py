"""One exhibit, one folder: its page, its mathematics, its figures and its JavaScript."""
