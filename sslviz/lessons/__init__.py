"""The lecture's tables about methods, as data."""
