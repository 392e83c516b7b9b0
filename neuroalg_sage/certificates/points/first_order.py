"""
Directions in which the function of a point does not change to first order: the kernel of Dφ(w).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly

from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.reading import (
    integer,
    integers,
    items,
    polynomial_ring,
    rational,
    require,
    residue,
)
from neuroalg_sage.certificates.work import Work

Vector = dict[int, Fraction]
FirstOrder = tuple[fmpq_mpoly, dict[int, fmpq_mpoly]]


def sparse_vector(data: Any, size: int) -> Vector:
    """A vector by its entries that are not zero."""
    vector: Vector = {}
    for entry in items(data, "vector"):
        place, c = items(entry, "entry", 2)
        i = integer(place, 0, size - 1, "place of an entry")
        require(i not in vector and rational(c), "A vector is not in normal form.")
        vector[i] = rational(c)
    return vector


def number(c: Fraction) -> fmpq:
    """A fraction as a number of python-flint."""
    return fmpq(c.numerator, c.denominator)


def first_order(point: Point, vectors: Sequence[Vector]) -> Sequence[FirstOrder]:
    """
    For each output f_w as a polynomial in the inputs, and its derivative along each vector.

    The model is evaluated over Q[x] with one more symbol ε_k for each vector, whose products
    vanish: at w + Σ ε_k v_k the coefficient of ε_k is the derivative Df_w(x) along v_k.
    """
    model, work = point.model, Work()
    ring = polynomial_ring(model.inputs, Ordering.lex)
    moved: list[dict[int, fmpq_mpoly]] = [{} for _ in point.weights]
    for k, vector in enumerate(vectors):
        for i, c in vector.items():
            moved[i][k] = ring.constant(number(c))

    def add(left: FirstOrder, right: FirstOrder) -> FirstOrder:
        (f, df), (g, dg) = left, right
        slopes = dict(df)
        for k, b in dg.items():
            slopes[k] = slopes[k] + b if k in slopes else b
        return f + g, slopes

    def multiply(left: FirstOrder, right: FirstOrder) -> FirstOrder:
        (f, df), (g, dg) = left, right
        work.spend(len(f) * len(g) + len(g) * sum(map(len, df.values()))
                   + len(f) * sum(map(len, dg.values())))
        slopes = {k: a * g for k, a in df.items()}
        for k, b in dg.items():
            slopes[k] = slopes[k] + f * b if k in slopes else f * b
        return f * g, slopes

    return model.fold([(ring.constant(number(c)), slopes)
                       for c, slopes in zip(point.weights, moved)],
                      [(x, {}) for x in ring.gens()],
                      lambda c: (ring.constant(number(c)), {}), add, multiply)


def kernel_vectors(point: Point, evidence: Any) -> list[Vector]:
    """
    Verify vectors in the kernel of Dφ(w), and return them.

    - ``symmetries``: linear fields in the kernel of Dφ everywhere give S w;
    - ``vectors``: the derivative of f_w along each is expanded, and vanishes;
    - ``local``: each moves the parameters of one step only, and no entry that matters.
    """
    found: list[Vector] = []
    if "symmetries" in evidence:
        from neuroalg_sage.certificates.dimension.linear_symmetries import symmetry_fields

        for motion in symmetry_fields(point.model, evidence["symmetries"]):
            found.append(tangent(motion, point.weights))
    if "vectors" in evidence:
        vectors = [sparse_vector(v, point.model.parameters)
                   for v in items(evidence["vectors"], "vectors")]
        for _, slopes in first_order(point, vectors):
            require(not any(slopes.values()), "The function changes along a vector.")
        found += vectors
    if "local" in evidence:
        from neuroalg_sage.certificates.points.states import require_local

        vectors = [sparse_vector(v, point.model.parameters)
                   for v in items(evidence["local"], "vectors")]
        require_local(point, vectors)
        found += vectors
    return found


def tangent(matrix: dict[tuple[int, int], Fraction], weights: Sequence[Fraction]) -> Vector:
    """The value at w of a linear vector field."""
    found: Vector = {}
    for (i, j), c in matrix.items():
        value = weights[j] if c == 1 else c * weights[j]
        found[i] = found[i] + value if i in found else value
    return {i: c for i, c in found.items() if c}


def independent(vectors: Sequence[Vector], data: Any, size: int, p: int) -> int:
    """
    How many vectors are independent, at least: the rank modulo a prime of those of their entries
    whose places are listed.
    """
    columns = integers(data, 0, size - 1, "place of an entry")
    require(len(set(columns)) == len(columns), "A place is stated twice.")
    return rank([[residue(v[j], p) if j in v else 0 for j in columns] for v in vectors],
                len(columns), p)
