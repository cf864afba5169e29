"""A masked autoencoder paints what is hidden by hand."""
