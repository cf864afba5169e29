"""What a page is steered with: knobs, choice of runs and pictures, transport, and the server behind them."""
