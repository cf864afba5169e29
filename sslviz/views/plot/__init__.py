"""The picture component: plotly figures that change in place, the clock, and what is picked on them."""
