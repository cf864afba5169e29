"""The commands: what is typed instead of clicked."""
