"""Networks with piecewise linear layers, at given rational weights."""
