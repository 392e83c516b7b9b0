"""A loss on the neuromanifold: critical points, minima, interpolation."""
