"""
Critical functions of a quadratic loss, which may be degenerate, and where its quotient ramifies.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import comb
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.equations.ideal import check_hilbert
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    items,
    member,
    numbers,
    polynomial,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.singularities.decomposition import check_components, presented
from neuroalg_sage.certificates.substitution import substituted

MOST_MINORS, LARGEST_MINOR = 1000, 6


def check_critical_functions(model: Model, value: Any, evidence: Any) -> Checked:
    """
    The components of the functions that are critical for a quadratic loss q on the closure of M.

    Coordinates S are kept, in which some of the generators of I(M) express the others, so that
    the affine space of these k coordinates contains M, and q is a function on it.  Let M have
    codimension c there, J be the Jacobian matrix of the other generators g, r the rank of q, K
    the kernel of its form, and π the quotient by K.  M is smooth at z if and only if J has rank c,
    and then its rows span the normal space.  So z is critical if and only if (J, dq) has rank at
    most c, and all these minors vanish where M is singular, too.  Thus each component of their
    zero set on M lies in the singular locus, ``singular``, or is one of the closure of the
    critical functions where M is smooth, and all of these occur.

    Such a component is a ``fiber`` if q has no slope on it, in any direction; else ``ramified`` if
    dπ has on tangent spaces of M less than the rank min(dim M, r) that it can have.  The kernel
    of dπ there is that of J on K, so it is larger than dim M - min(dim M, r) if and only if J has
    on K a rank below min(c, k - r); else it is ``unramified``.

    Minors are taken in a basis of the space whose last k - r vectors span K: the ideal of minors
    of a size does not depend on the basis.
    """
    return _checked(model, value, evidence, ramification=False)


def check_ramification_locus(model: Model, value: Any, evidence: Any) -> Checked:
    """
    The components of the points of the closure of M where dπ is ``ramified``, as it is at
    :func:`check_critical_functions`, and those of its ``singular`` points, where J has less rank.
    """
    return _checked(model, value, evidence, ramification=True)


def _checked(model: Model, value: Any, evidence: Any, ramification: bool) -> Checked:
    data, places, rank, components, kinds = items(value, "claim", 5)
    degree, proof = fields(evidence, "degree", "decomposition")
    dimension, _, _, verified, trust = check_hilbert(model, degree)
    kept = integers(places, 0, model.ambient_dimension - 1, "coordinate")
    whole, ring = polynomial_ring(model.ambient_dimension), polynomial_ring(k := len(kept))
    images, equations = _within(model, polynomials(degree["generators"], whole), kept, ring)
    (loss,) = substituted([polynomial(data, whole)], images, ring)
    require(loss.total_degree() <= 2, "The loss is not quadratic.")
    slope = [loss.derivative(a) for a in range(k)]
    form = fmpq_mat(k, k, [h.derivative(a)(*[fmpq(0)] * k) for h in slope for a in range(k)])
    basis = fmpq_mat(k, k, numbers(member(evidence, "basis"), "matrix", k * k))
    require([form.rank()] == integers([rank], 0, k, "rank") and basis.det() and not any(
        x for row in (form * basis).tolist() for x in row[rank:]),
        "The rank of the loss is not as stated, or the basis does not show its kernel.")
    *jacobian, differential = (
        [sum((x * basis[a, b] for a, x in enumerate(row)), ring.constant(0)) for b in range(k)]
        for row in [*([g.derivative(a) for a in range(k)] for g in equations), slope])
    c, one = k - dimension, ring.constant(1)
    tests = {"singular": minors(jacobian, c, k, one), "fiber": [one] if ramification else slope,
             "ramified": minors([row[rank:] for row in jacobian], min(c, k - rank), k - rank, one)}
    more, trusted = check_components([*equations, *(tests["ramified"] if ramification else minors(
        [*jacobian, differential], c + 1, k, one))], ring, components, proof)
    for component, kind, shown in zip(components, items(kinds, "list of kinds", len(components)),
                                      proof["components"]):
        groebner = presented(polynomials(component["generators"], ring), ring, shown)
        require(kind == next((name for name, zeros in tests.items()
                              if all(map(groebner.contains, zeros))), "unramified"),
                "A component is of another kind.")
    return [*verified, *more], list(dict.fromkeys([*trust, *trusted]))


def _within(model: Model, generators: list[fmpq_mpoly], kept: list[int], ring: fmpq_mpoly_ctx
            ) -> tuple[list[fmpq_mpoly], list[fmpq_mpoly]]:
    """The coordinates of V by those that are kept, and what else is zero on M in these."""
    require(kept and len(set(kept)) == len(kept), "The coordinates kept are not different.")
    place = dict(zip(kept, ring.gens()))
    images = [place.get(i, ring.constant(0)) for i in range(model.ambient_dimension)]
    expressed, equations = {}, []
    for g, rest in zip(generators, substituted(generators, images, ring)):
        foreign = [i for i, e in enumerate(g.degrees()) if e and i not in kept]
        if foreign:
            require(len(foreign) == g.total_degree() == 1 and foreign[0] not in expressed,
                    "A coordinate that is left out is not expressed by one linear equation.")
            expressed[foreign[0]] = rest / -g.derivative(foreign[0]).leading_coefficient()
        else:
            equations.append(rest)
    require(len(expressed) + len(kept) == len(images), "A coordinate is not expressed.")
    return [expressed.get(i, x) for i, x in enumerate(images)], equations


def minors(matrix: Sequence[Sequence[fmpq_mpoly]], size: int, columns: int, one: fmpq_mpoly
           ) -> list[fmpq_mpoly]:
    """The minors of a size that are not zero; that of size 0 is 1."""
    require(size <= LARGEST_MINOR and comb(len(matrix), size) * comb(columns, size) <= MOST_MINORS,
            f"Over {MOST_MINORS} minors, or those of over {LARGEST_MINOR} rows, are not verified.")

    def determinant(rows: list[Sequence[fmpq_mpoly]]) -> fmpq_mpoly:
        return sum((x * (-1)**j * determinant([[*row[:j], *row[j + 1:]] for row in rows[1:]])
                    for j, x in enumerate(rows[0]) if x), one * 0) if rows else one

    return [f for rows in itertools.combinations(matrix, size)
            for chosen in itertools.combinations(range(columns), size)
            if (f := determinant([[row[j] for j in chosen] for row in rows]))]
