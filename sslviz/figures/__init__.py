"""Arrays in, plotly figures out. Knows nothing of networks and nothing of the page."""
