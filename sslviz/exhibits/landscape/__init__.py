"""All families of methods on one map, with the accuracy that their papers report."""
