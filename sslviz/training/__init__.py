"""From settings to a recorded run: the loop, what is looked at on the way, and the process it runs in."""
