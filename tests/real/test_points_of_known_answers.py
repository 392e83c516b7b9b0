"""A thousand functions of each network whose real neuromanifold is known, and as many others."""

from __future__ import annotations

import random
from math import comb

import pytest
from flint import fmpq_mat, fmpq_poly, fmpz_poly

from neuroalg_sage import NeuroManifold

COUNT = 1000


def times(f, g):
    return (fmpz_poly(f) * fmpz_poly(g)).coeffs()


def padded(f, size):
    return [*map(int, f), *[0] * (size - len(f))]


def filters(*sizes):
    def point(generator):
        product = [1]
        for size in sizes:
            product = times(product, [generator.randint(-9, 9) for _ in range(size)])
        return padded(product, sum(sizes) - len(sizes) + 1)
    return point


def powers(units, degree, outputs=1):
    def point(generator):
        rows = [[0] * (degree + 1) for _ in range(outputs)]
        for _ in range(units):
            a, b = generator.randint(-9, 9), generator.randint(-9, 9)
            for row in rows:
                c = generator.randint(-9, 9)
                for i in range(degree + 1):
                    row[i] += c * comb(degree, i) * a**(degree - i) * b**i
        return sum(rows, [])
    return point


def real_zeros(f):
    """With multiplicities, on the projective line; None of the form 0."""
    if not any(f):
        return None
    first = next(i for i, c in enumerate(f) if c)
    return first + sum(m for root, m in fmpz_poly(f[first:][::-1]).complex_roots()
                       if root.imag == 0)


def distinct_real_zeros(f):
    first = next(i for i, c in enumerate(f) if c)
    g = fmpq_poly(f[first:][::-1])
    square_free = (g // g.gcd(g.derivative())).numer()
    return bool(first) + sum(root.imag == 0 for root, _ in square_free.complex_roots())


def apolar(f):
    """Whether what annihilates one or several quadratic forms allows two real squares."""
    rows = [[2 * f[i], f[i + 1], 2 * f[i + 2]] for i in range(0, len(f), 3)]
    found, nullity = fmpq_mat(rows).rref()[0], 3 - fmpq_mat(rows).rank()
    if nullity != 1:
        return nullity > 1
    (p, q, r), = [[found[0, 1] * found[1, 2] - found[0, 2] * found[1, 1],
                   found[0, 2] * found[1, 0] - found[0, 0] * found[1, 2],
                   found[0, 0] * found[1, 1] - found[0, 1] * found[1, 0]]]
    return q * q > 4 * p * r


# Networks, random functions of each, and when a function is one of it.
KNOWN = {
    "cnn:2,2": (filters(2, 2), lambda f: real_zeros(f) in (None, 2)),
    "cnn:3,2": (filters(3, 2), lambda f: True),
    "cnn:2,2,2": (filters(2, 2, 2), lambda f: real_zeros(f) in (None, 3)),
    "cnn:3,2,2": (filters(3, 2, 2), lambda f: real_zeros(f) in (None, 2, 4)),
    "mlp:2,1,1:x^2": (powers(1, 2), lambda f: f[1]**2 == 4 * f[0] * f[2]),
    "mlp:2,2,1:x^3": (powers(2, 3), lambda f: real_zeros(f) in (None, 1)
                      or distinct_real_zeros(f) == 1),
    "mlp:2,3,1:x^3": (powers(3, 3), lambda f: True),
    "mlp:2,3,1:x^4": (powers(3, 4), lambda f: real_zeros(f) in (None, 0, 2)
                      or distinct_real_zeros(f) == 1),
    "mlp:2,2,2:x^2": (powers(2, 2, 2), apolar),
    "mlp:2,2,3:x^2": (powers(2, 2, 3), apolar),
}


@pytest.mark.parametrize("spec", KNOWN)
def test_a_thousand_points_of_m_and_a_thousand_of_v(spec) -> None:
    point, belongs = KNOWN[spec]
    generator = random.Random(7)
    formula = NeuroManifold(spec, cache=False).semialgebraic_description().data
    for _ in range(COUNT):
        f = point(generator)
        assert formula.holds(f) and belongs(f), f
    for _ in range(COUNT):
        f = [generator.randint(-3, 3) for _ in range(formula.variables)]
        assert formula.holds(f) == belongs(f), f
