"""The InfoNCE loss, term by term, on a worksheet."""
