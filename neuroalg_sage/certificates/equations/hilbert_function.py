"""
Hilbert functions of neurovarieties, degree by degree, and with them all equations of low degree.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.equations.homogenization import homogenized
from neuroalg_sage.certificates.equations.multiples import Weight, all_of_degree
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integers,
    items,
    polynomial_ring,
    polynomials,
    prime,
    rational,
    require,
    residue,
)
from neuroalg_sage.certificates.substitution import vanishing

MOST_MONOMIALS = 3_000_000


def check_hilbert_function(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the dimensions of the coordinate ring of a cone M in degrees 1, 2, ...."""
    return _checked(model, value, evidence, affine=False)


def check_affine_hilbert_function(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the dimensions of the spaces of polynomial functions of degree ≤ 1, 2, ... on M."""
    return _checked(model, value, evidence, affine=True)


def _checked(model: Model, value: Any, evidence: Any, affine: bool) -> Checked:
    """
    Verify the dimensions of the coordinate ring of a cone M in degrees 1, 2, ...; or, if
    ``affine``, of the polynomial functions of at most these degrees on any M.

    The ideal is graded by weights of the coordinates if weights of the parameters make each
    coordinate of φ homogeneous of its weight; it is homogeneous if some combination of these
    weights is 1 on all coordinates.  Multiples of equations of M, verified by substitution, are
    all equations of these degrees, weight by weight.

    For polynomials of at most these degrees the same is done with the cone over M × {1}, which
    (w, s) ↦ (s φ(w), s) parametrizes, and homogenizations.
    """
    value = integers(value, 0, 10**12, "value of a Hilbert function")
    require(value, "Nothing is claimed.")
    gradings, combination, generators, p, points = fields(
        evidence, "gradings", "combination", "generators", "prime", "points")
    n, phi = model.ambient_dimension + affine, model.parametrization
    require(sum(comb(n + degree - 1, degree) for degree in range(1, len(value) + 1))
            <= MOST_MONOMIALS, "The degree is too high to be verified.")
    equations = polynomials(generators, polynomial_ring(model.ambient_dimension))
    vanishing(model, equations)
    if affine:
        equations, phi = homogenized(equations, n - 1), cone_over(phi)
    count = model.parameters + affine
    weights = coordinate_weights(phi, count, items(gradings, "gradings"))
    parts = [rational(c) for c in items(combination, "combination", len(gradings))]
    require(all(sum((c * w for c, w in zip(parts, weight)), Fraction(0)) == 1
                for weight, f in zip(weights, phi) if f), "The ideal is not homogeneous.")
    p = prime(p)
    values = [[residue(f(*integers(w, -(10**18), 10**18, "coordinate", count)), p)
               for f in phi] for w in items(points, "points")]
    for degree, stated in enumerate(value, 1):
        dimension = all_of_degree(equations, weights, values, degree, p)
        require(stated == comb(n + degree - 1, degree) - dimension,
                "The Hilbert function is not as claimed.")
    return [f"the equations ({len(equations)}) vanish on the neurovariety",
            f"their multiples are all equations of degree at most {len(value)}"], []


def cone_over(phi: list[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """The coordinates of (w, s) ↦ (s φ(w), s)."""
    count = phi[0].context().nvars()
    ring = polynomial_ring(count + 1)
    return [*(ring.from_dict({(*e, 1): c for e, c in zip(exponent_vectors(f), f.coeffs())})
              for f in phi), ring.gens()[count]]


def coordinate_weights(phi: list[fmpq_mpoly], parameters: int, gradings: list[Any]
                       ) -> list[Weight]:
    """The weights of the coordinates for weights of the parameters that grade φ; 0 for zero."""
    columns = [integers(g, -(10**9), 10**9, "weight", parameters) for g in gradings]
    weights = []
    for f in phi:
        found = {tuple(sum(w * k for w, k in zip(g, e)) for g in columns)
                 for e in exponent_vectors(f)}
        require(len(found) <= 1, "A coordinate is not homogeneous for a grading.")
        weights.append(found.pop() if found else (0,) * len(columns))
    return weights
