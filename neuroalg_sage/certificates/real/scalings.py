"""
Scalings of the parameters, and signed permutations, that φ does not see.

Let a_1, ..., a_s be vectors of integers with a_k · e = 0 for the exponents e of all monomials in
φ.  Then (λ_1, ..., λ_s), real numbers that are not 0, act on the parameters, w_i
becomes w_i Π_k λ_k^(a_ki), and φ is constant on orbits.  Let p_1, ..., p_s be places where a_k is
1 at p_k and 0 at p_l for l ≠ k.  Then each orbit of real parameters that are not 0 at these
places has exactly one point where all w_(p_k) = 1: that of λ_k = 1 / w_(p_k).

A signed permutation A with φ ∘ A = φ maps orbits to orbits if it turns each a_k into a sum of
multiples of the a_l, whose factors are its values at the p_l.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import exponent_vectors, fields, integers, items, require


class Symmetries(NamedTuple):
    """Scalings with their places; and signed permutations, pairs of places and of signs."""

    weights: list[list[int]]
    places: list[int]
    finite: list[tuple[list[int], list[int]]]


def scalings(model: Model, evidence: Any, finite: Any) -> Symmetries:
    """Verify the stated scalings, and signed permutations."""
    n = model.parameters
    weights, places = fields(evidence, "weights", "places")
    p = integers(places, 0, n - 1, "place")
    rows = [integers(row, -1000, 1000, "weight", n) for row in items(weights, "weights", len(p))]
    require([[row[j] for j in p] for row in rows] == [
        [int(k == j) for j in range(len(p))] for k in range(len(p))],
        "A scaling moves the place of another one.")
    coordinates = model.parametrization
    require(not any(sum(map(int.__mul__, row, e)) for row in rows for f in coordinates
                    for e in exponent_vectors(f)), "A scaling changes the parametrization.")
    signed = []
    for data in items(finite, "finite symmetries"):
        permutation, signs = fields(data, "permutation", "signs")
        moved = integers(permutation, 0, n - 1, "place", n)
        by = integers(signs, -1, 1, "sign", n)
        require(len(set(moved)) == n and all(by), "A finite symmetry is not invertible.")
        for f in coordinates:
            ring = f.context()
            images = [ring.gens()[j] * c for j, c in zip(moved, by)]
            require(f.compose(*images, ctx=ring) == f, "A finite symmetry changes φ.")
        for row in rows:
            after = [row[j] for j in moved]
            require(after == [sum(after[j] * a[i] for j, a in zip(p, rows)) for i in range(n)],
                    "A finite symmetry moves orbits of scalings to what is none.")
        signed.append((moved, by))
    return Symmetries(rows, p, signed)
