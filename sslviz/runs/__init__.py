"""From settings to a run folder: training in a process of its own, everything recorded as it happens."""
