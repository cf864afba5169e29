"""One training step, stage by stage, with its numbers."""
