"""
Floor 0: certificates, and the checker that verifies them.

The checker needs python-flint and the standard library, nothing else: it
runs where neither Sage nor Macaulay2 is installed.
"""
