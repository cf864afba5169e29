"""What we ask of a representation."""
