"""The tasks of the pretext methods, for a person and for the network: rotation, jigsaw, colorization."""
