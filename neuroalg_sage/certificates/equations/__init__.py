"""Claims about the ideal, the degree and the Hilbert function."""
