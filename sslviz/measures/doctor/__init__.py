"""The doctor: what goes wrong in a run, how sure that is, and what is to blame."""
