"""The page of a method and the live pictures of a run, which other exhibits show too."""
