"""The fiber of one function: its parameters, membership, real points, invariance."""
