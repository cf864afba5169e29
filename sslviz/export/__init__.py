"""A run in other forms: a script or a notebook that stands alone, for TensorBoard, or as a zip."""
