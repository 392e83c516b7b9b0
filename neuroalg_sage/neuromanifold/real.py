"""
What the neuromanifold is over the real numbers.
"""

from __future__ import annotations

from neuroalg_sage.neuromanifold.distance import DistanceQuestions


class RealQuestions(DistanceQuestions):
    """Questions about the neuromanifold as a semi-algebraic set."""
