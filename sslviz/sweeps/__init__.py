"""Many runs as one plan: its grid, its presets, its file, its progress."""
