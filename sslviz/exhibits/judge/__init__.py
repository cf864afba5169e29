"""What a trained representation is worth, and what can be taken away from it."""
