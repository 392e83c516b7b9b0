"""Claims about critical points of a loss."""
