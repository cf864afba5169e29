"""A run in other forms: a script or a notebook that stands alone, TensorBoard, a zip, a copy small enough to ship."""
