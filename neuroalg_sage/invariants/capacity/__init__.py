"""How large a neuromanifold is: covering numbers."""
