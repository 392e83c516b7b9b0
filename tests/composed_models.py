"""Models that are no chains of one family: skips, gates, shared parameters."""

from __future__ import annotations

from fractions import Fraction

from neuroalg_sage.models.layers import (
    Activation,
    Chain,
    Convolution,
    Dense,
    PolynomialLayer,
    Product,
    Sum,
)
from neuroalg_sage.models.model import compose

A, B = Dense(2, 2), Dense(2, 2, bias=True)
SQUARE = Activation("x^2")
COMPOSED = {
    "skip": compose([Sum((Chain(), Chain((A, SQUARE)))), Dense(2, 1)]),
    "deep linear skip": compose([Dense(1, 2), Sum((A, Chain((A, A)))), Dense(2, 1)]),
    "gate": compose([Product((A, B)), Dense(2, 1)]),
    "polynomial network": compose([Product((Dense(2, 3), Dense(2, 3), Dense(2, 3))), Dense(3, 1)]),
    "recurrent": compose([Chain((A, SQUARE, A), (None, None, 0)), Dense(2, 1)]),
    "siamese": compose([Product((Chain((Dense(2, 2), SQUARE)),) * 2, (None, 0))]),
    "tied across branches": compose([Sum((A, Chain((A, SQUARE)), A), (None, None, 0))]),
    "convolution, then dense": compose([Convolution(2, 1, (1, 2)), Dense(4, 1)], 3),
    "polynomials inside": compose([Dense(2, 2), PolynomialLayer(
        ("a", "b"), ("x", "y"), ((((1, 0, 1, 1), Fraction(1)),), (((0, 1, 0, 2), Fraction(2)),))),
        Dense(2, 1)]),
}
