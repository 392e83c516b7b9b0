"""The dimension of the neuromanifold, its symmetries, its generic fiber, identifiability."""
