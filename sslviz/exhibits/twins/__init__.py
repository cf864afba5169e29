"""Two runs that differ in one thing and train in lock-step."""
