"""The lecture on the blackboard: formulae and tables, computed exactly. Knows nothing of networks and of the page."""
