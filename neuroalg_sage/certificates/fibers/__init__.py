"""Claims about the fiber of one function."""
