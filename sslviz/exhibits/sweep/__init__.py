"""Many runs over a grid of knobs: planned, followed, and read as a heat map or a curve."""
