"""Claims about critical points of distances."""
