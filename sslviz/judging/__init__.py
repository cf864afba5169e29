"""What a finished run is worth: evaluations with labels, and networks to compare it with."""
