"""
How to ask a computer-algebra system: sessions, limits, and the transfer of polynomials.

Nothing in this folder knows what a network is.
"""
