"""What the temperature does to one choice among several."""
