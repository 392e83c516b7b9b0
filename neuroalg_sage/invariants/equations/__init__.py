"""The ideal of the neurovariety, its degree and Hilbert function, and known varieties."""
