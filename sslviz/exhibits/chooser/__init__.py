"""Which method for which situation: rules with their sources, and a map of advice."""
