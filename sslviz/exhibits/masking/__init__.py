"""What MAE's encoder gets of a picture, and what that saves."""
