"""Claims about the dimension, the symmetries and the generic fiber."""
