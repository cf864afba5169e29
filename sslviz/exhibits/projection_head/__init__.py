"""Why the head is thrown away: what a probe reads before it and after it."""
