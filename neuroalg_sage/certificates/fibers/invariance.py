"""
Parameters of functions that are invariant under a transformation of the inputs.
"""

from __future__ import annotations

from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.coordinates import parameter_ring
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    items,
    numbers,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.singularities.decomposition import check_components


def check_invariant_parameters(model: Model, value: Any, evidence: Any
                               ) -> Checked:
    """
    The components of the w with f_w ∘ T = f_w, for T = A(t) / d(t) and all t with d(t) ≠ 0.

    That is f_w(A x) = f_w(d x) identically in x and t.  If T is infinitesimal, the condition is
    that the derivative of f_w(x + s A x) at s = 0 vanishes, so that f_w is invariant under the
    one-parameter group of the matrices exp(s A).
    """
    transformation, components = items(value, "claim", 2)
    equations, ring = invariance_equations(model, transformation)
    return check_components(equations, ring, components, evidence)


def invariance_equations(model: Model, transformation: Any
                         ) -> tuple[list[fmpq_mpoly], fmpq_mpoly_ctx]:
    """
    The coefficients of the condition, output by output, monomials in x, t descending
    lexicographically; those that vanish are left out.
    """
    rows, denominator, infinitesimal = fields(transformation, "matrix", "denominator",
                                              "infinitesimal")
    require(set(transformation) == {"matrix", "denominator", "infinitesimal"}
            and isinstance(infinitesimal, bool), "A transformation has an unknown field.")
    ring = parameter_ring(model)
    count, m = model.parameters, model.inputs
    joint = polynomial_ring(count + m + 2, Ordering.lex)
    gens = joint.gens()
    w, x, (t, s) = gens[:count], gens[count : count + m], gens[count + m :]

    def in_t(data: Any) -> fmpq_mpoly:
        return sum((t**k * c for k, c in enumerate(numbers(data, "polynomial in t"))),
                   joint.constant(fmpq(0)))

    d = in_t(denominator)
    require(d != 0, "The denominator of a transformation is zero.")
    moved = [sum((in_t(a) * y for a, y in zip(items(row, "row", m), x)), joint.constant(fmpq(0)))
             for row in items(rows, "matrix", m)]

    if infinitesimal:
        require(d == 1, "An infinitesimal transformation has no denominator.")
        origin = list(gens)
        origin[count + m + 1] = joint.constant(fmpq(0))
        conditions = [f.derivative(count + m + 1).compose(*origin, ctx=joint)
                      for f in model.expanded(w, [y + s * z for y, z in zip(x, moved)])]
    else:
        conditions = [f - g for f, g in zip(
            model.expanded(w, moved), model.expanded(w, [d * y for y in x]))]
    equations = []
    for f in conditions:
        table: dict[tuple[int, ...], dict[tuple[int, ...], fmpq]] = {}
        for e, c in zip(exponent_vectors(f), f.coeffs()):
            table.setdefault(e[count:], {})[e[:count]] = c
        equations += [ring.from_dict(table[e]) for e in sorted(table, reverse=True)]
    return equations, ring
