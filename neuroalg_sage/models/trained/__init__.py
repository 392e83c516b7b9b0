"""Trained networks: a model, and the point of its parameters that a file holds."""
