"""What labels cost."""
