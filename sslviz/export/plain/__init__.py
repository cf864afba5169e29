"""Short stand-ins, written out with a run in place of files that check what they read and need pydantic for it."""
