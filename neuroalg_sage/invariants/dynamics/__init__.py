"""Gradient flow and its kin: conservation laws, balancedness, drift."""
