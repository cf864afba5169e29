"""The slow teacher: a moving average of its student."""
