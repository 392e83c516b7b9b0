"""
Sums of points of a smooth toric variety with coefficients.

Let φ(w) = Σ_i ψ(w_i), a sum of r ≥ 2 copies of one map, whose coordinates are multiples of the c_k
g(x), k = 1, ..., m, for the same monomials g; let A be their exponents.  Some coordinates of φ may
be free.  Let X, of dimension n, be the toric variety of A, as in
:mod:`neuroalg_sage.certificates.equations.toric_varieties`, with one more exponent 1 for c, so that
some weight is 1.  It is smooth, and L = O(1) has the sections g.

The closure of the image of ψ is that of all c ⊗ x, with c in C^m and x in the cone over X, mapped
by an injective linear map.  So this is an irreducible cone, of dimension n + m.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neuroalg_sage.certificates.equations.sums_of_points import Exponents, Sum, check_copies
from neuroalg_sage.certificates.equations.toric_varieties import (
    check_free,
    check_vertices,
    read_vertices,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, require


def plus(a: Exponents, b: Exponents, times: int = 1) -> Exponents:
    return tuple(x + times * y for x, y in zip(a, b))


@dataclass(frozen=True)
class ToricSum(Sum):
    """
    A sum of points of a toric variety with coefficients.

    - ``n`` -- the dimension of the variety
    - ``points`` -- the set A
    - ``charts`` -- its vertices, with the e_i
    """

    n: int
    points: set[Exponents]
    charts: dict[Exponents, list[Exponents]]

    @property
    def dimension(self) -> int:
        """The number r (n + m), which the dimension of M does not exceed."""
        return len(self.summands) * (self.n + self.coefficients)


def check_toric_sum(model: Model, evidence: Any) -> ToricSum:
    """Verify that φ is such a sum, free coordinates apart, and number the other parameters."""
    free, given, vertices = fields(evidence, "free", "summands", "vertices")
    rest = check_free(tuple(model.parametrization), free)
    left = sorted({*range(model.parameters)} - {v for _, v in free})
    summands, psi = check_copies(rest, given, {*left})
    require(len(summands[0]) == 2, "The coefficients are not set apart.")
    m = len(summands[0][0])
    exponents = [(1, *term[0][m:]) if term else None for term in psi]
    systems: list[set[Exponents]] = [set() for _ in range(m)]
    for term, e in zip(psi, exponents):
        if term and e:
            require(sum(term[0][:m]) == 1, "A summand is not linear in its coefficients.")
            systems[term[0].index(1)].add(e)
    require(all(system == systems[0] for system in systems),
            "The coefficients have different monomials.")
    listed = read_vertices(exponents, vertices)
    n = check_vertices(systems[0], listed) - 1
    require(n > 0, "There is one point only.")
    number = {v: k for k, v in enumerate(left)}
    return ToricSum([[[number[v] for v in block] for block in copy] for copy in summands], psi, (),
                    True, n, systems[0], {v: [plus(a, v, -1) for a in others]
                                          for v, others in listed})
