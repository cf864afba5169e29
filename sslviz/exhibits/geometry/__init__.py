"""Points on a circle or a sphere that a loss moves: alignment and uniformity by hand."""
