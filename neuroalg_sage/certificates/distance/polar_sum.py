"""
The ED degree of a cone as the sum of its polar degrees.

For a generic quadratic form that is a theorem: J. Draisma, E. Horobeț, G. Ottaviani,
B. Sturmfels, R. Thomas, The Euclidean distance degree of an algebraic variety, Found. Comput.
Math. 16 (2016), Theorem 5.4.
"""

SUM = "theorem: Draisma et al. (2016)"
LARGEST = 10**1000  # of these degrees
