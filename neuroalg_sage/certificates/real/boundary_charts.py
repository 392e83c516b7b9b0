"""
Sets that hold the boundary of M, from charts of its parameters.

The words are those of ``boundary.py``.

**Scalings.** A scaling consists of disjoint sets A, B of parameters and of m ≥ 1, such that each
monomial w^e of φ has Σ_A e_i = m Σ_B e_i.  Then multiplication of the w_i with i in A by λ, and of
those with i in B by λ^-m, does not change φ, for all real λ ≠ 0.  Further let φ, with w_A = 0, be
equal to φ with w_A = (1, 0, ..., 0) and w_B = 0.  Let there be scalings k = 1, ..., s such that
those after the k-th do not touch A_k.

*Lemma 1.* M = φ(K), where K consists of the w with max_{i in A_k} |w_i| = 1 for all k.  More
precisely K may be replaced by the union of its charts: in each w_i = 1 for one i in A_k, and |w_j|
≤ 1 for the others.  *Proof.* For k = 1, ..., s: if w_{A_k} = 0, replace w_{A_k} and w_{B_k} as
above.  Then let w_i be the largest in A_k, and scale with λ = 1 / w_i.  Later steps do not undo
this.  ∎

Let N - s = n, and det Dψ ≠ 0 below, so that M has interior points.  The fields of the scalings have
at a point of a chart a triangular matrix of components at the s coordinates that are 1, with ones
on the diagonal; they are in the kernel of Dφ.  So the rank of Dφ is there that of Dψ, where ψ is φ
on the space of the chart, R^n → R^n.

*Lemma 2.* Each z in ∂M is φ(w) for a w in a chart with det Dψ(w) = 0, or there are w(1), w(2), ...
in one chart, |w(k)| → ∞, with φ(w(k)) → z.  *Proof.* z is the limit of φ(w(k)) with w(k) in one
chart.  If they do not go to infinity, a subsequence has a limit w in the chart, and φ(w) = z.  If
the rank of Dφ(w) were n, φ would be open at w, and z an interior point.  ∎

**Critical values.** Let h be an irreducible factor of det Dψ that is not constant, and let each of
the polynomials g_1, ..., g_r on V, not zero, have a composition with ψ that h divides.  Then φ(w)
is in Z(g_1, ..., g_r) where h(w) = 0.

**Limits.** On a chart the coordinates in the A_k are bounded.  Let w_i be another one; and let
R_k(w, z) be polynomials in w_i, in z and in coordinates that are known to be bounded, that vanish
where z = ψ(w), of degree d_k ≥ 1 in w_i, with leading coefficients p_k; and let F_j(z), not zero,
be equal to Σ_k u_jk p_k where z = ψ(w), with polynomials u_jk in z and the bounded coordinates.

*Lemma 3.* If F_j(z°) ≠ 0, then w_i is bounded where ψ(w) is near z° (and bounded coordinates are
bounded).  *Proof.* Where |w_i| ≥ 1, R_k = 0 implies |p_k| |w_i| ≤ C, so |F_j(ψ(w))| |w_i| ≤ C'.  ∎
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.coordinates import in_degrevlex
from neuroalg_sage.certificates.fibers.no_real_points import check_no_real_points
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    polynomial,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import substituted

MOST_CHARTS = 64
MOST_COORDINATES = 9
VALUES, LIMITS = "critical values", "limits"

Scaling = tuple[list[int], list[int], int]
Add = Callable[[list[fmpq_mpoly], str], None]
Ends = Callable[[int, list[fmpq], list[fmpq]], None]


def by_charts(model: Model, evidence: Any, add: Add) -> Ends:
    """
    Find sets that hold the boundary, from charts.

    INPUT:

    - ``add`` -- to which each set is given, by its equations, with its kind

    OUTPUT: a function that verifies the ends of a segment, the one with this number
    """
    n = model.ambient_dimension
    require(n <= MOST_COORDINATES, f"Boundaries in over {MOST_COORDINATES} coordinates are not "
            "verified by charts.")
    phi, ring = in_degrevlex(model)
    scalings = _scalings(phi, model, member(evidence, "scalings"))
    require(model.parameters - len(scalings) == n,
            "A chart has not as many coordinates as the ambient space.")
    coordinates = polynomial_ring(n)
    images = [polynomials(part, coordinates)
              for part in items(member(evidence, "images"), "images")]
    for equations in images:
        add(equations, VALUES)
    charts = list(itertools.product(*(above for above, _, _ in scalings)))
    require(len(charts) <= MOST_CHARTS, f"There are over {MOST_CHARTS} charts.")
    for chart, data in zip(charts, items(member(evidence, "limits"), "limits", len(charts))):
        place = [ring.constant(fmpq(1)) if i in chart else w
                 for i, w in enumerate(ring.gens()[: model.parameters])]
        psi = substituted(phi, place, ring)
        free = [i for i in range(model.parameters) if i not in chart]
        jacobian = determinant([[f.derivative(i) for i in free] for f in psi], ring)
        require(jacobian, "The parametrization is critical everywhere.")
        _check_critical_values(jacobian, images, psi, ring)
        bounded = {i for above, _, _ in scalings for i in above}
        _check_limits(data, bounded, free, psi, place, add, ring)
    outside = items(member(evidence, "outside"), "proofs")
    inside = items(member(evidence, "inside"), "parameters of functions", len(outside))

    def check_ends(number: int, start: list[fmpq], end: list[fmpq]) -> None:
        require(number < len(outside), "A segment has no proof.")
        w = numbers(inside[number], "list of parameters", model.parameters)
        require([g(*w) for g in phi] == start, "A function has other parameters.")
        for chart, proof in zip(charts, items(outside[number], "proofs", len(charts))):
            equations = [g - c for g, c in zip(phi, end)]
            equations += [ring.gens()[i] - 1 for i in chart]
            check_no_real_points(equations, ring, proof)

    return check_ends


def _scalings(phi: list[fmpq_mpoly], model: Model, data: Any) -> list[Scaling]:
    """The scalings, verified."""
    found: list[Scaling] = []
    count, ring = model.parameters, phi[0].context()
    taken: set[int] = set()
    for part in items(data, "scalings"):
        first, second, power = fields(part, "above", "below", "power")
        above = integers(first, 0, count - 1, "parameter of a scaling")
        below = integers(second, 0, count - 1, "parameter of a scaling")
        m = integer(power, 1, 2**20, "power of a scaling")
        require(above and len({*above, *below}) == len(above) + len(below),
                "The parameters of a scaling are not disjoint.")
        require(not taken & {*above, *below}, "A scaling undoes a former one.")
        taken |= set(above)
        for f in phi:
            require(all(sum(e[i] for i in above) == m * sum(e[i] for i in below)
                        for e in exponent_vectors(f)), "A scaling changes the parametrization.")
        zero, one = ring.constant(fmpq(0)), ring.constant(fmpq(1))
        gens = list(ring.gens()[:count])
        without = [zero if i in above else w for i, w in enumerate(gens)]
        instead = [one if i == above[0] else zero if i in above or i in below else w
                   for i, w in enumerate(gens)]
        require(substituted(phi, without, ring) == substituted(phi, instead, ring),
                "Parameters of a scaling that are all zero are not reached by a chart.")
        found.append((above, below, m))
    return found


def determinant(rows: list[list[fmpq_mpoly]], ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    """The determinant of a square matrix, from its minors with the last rows."""
    size = len(rows)
    minors: dict[tuple[int, ...], fmpq_mpoly] = {(): ring.constant(fmpq(1))}
    for k, row in enumerate(reversed(rows), 1):
        minors = {columns: sum(
            (row[c] * minors[columns[:j] + columns[j + 1:]] * (-1) ** j
             for j, c in enumerate(columns) if row[c]), ring.constant(fmpq(0)))
            for columns in itertools.combinations(range(size), k)}
    return minors[tuple(range(size))]


def _check_critical_values(jacobian: fmpq_mpoly, images: list[list[fmpq_mpoly]],
                           psi: list[fmpq_mpoly], ring: fmpq_mpoly_ctx) -> None:
    """Verify that each factor of the Jacobian determinant is mapped into one of the sets."""
    composed = [substituted(equations, psi, ring) for equations in images]
    for h, _ in jacobian.factor()[1]:
        require(any(not any(g % h for g in equations) for equations in composed),
                "Critical values are not shown to be on a candidate.")


def _check_limits(data: Any, bounded: set[int], free: list[int], psi: list[fmpq_mpoly],
                  place: list[fmpq_mpoly], add: Add, ring: fmpq_mpoly_ctx) -> None:
    """Verify where the coordinates of a chart stay bounded, one after the other."""
    count, n = len(place), len(psi)
    graph = polynomial_ring(count + n)
    bounded = set(bounded)
    for part in items(data, "limits of a chart"):
        number, relations, multiples = fields(part, "parameter", "relations", "multiples")
        i = integer(number, 0, count - 1, "parameter")
        known = {*bounded, *range(count, count + n)}
        leading = []
        for relation in polynomials(relations, graph):
            require(_occurring(relation) <= {*known, i}, "A relation has other coordinates.")
            degree = int(relation.degrees()[i])
            require(degree >= 1, "A relation is not one of the coordinate.")
            require(not any(substituted([relation], [*place, *psi], ring)),
                    "A relation does not hold.")
            leading.append(graph.from_dict({
                tuple(0 if j == i else k for j, k in enumerate(e)): c
                for e, c in zip(exponent_vectors(relation), relation.coeffs())
                if e[i] == degree}))
        equations = []
        for multiple in items(multiples, "multiples"):
            result, factors = fields(multiple, "value", "cofactors")
            f = polynomial(result, polynomial_ring(n))
            cofactors = polynomials(factors, graph)
            require(len(cofactors) == len(leading) and all(
                _occurring(u) <= known for u in cofactors), "Cofactors do not fit.")
            total = sum((u * p for u, p in zip(cofactors, leading)), graph.constant(fmpq(0)))
            require(substituted([total], [*place, *psi], ring) == substituted([f], psi, ring),
                    "A multiple of leading coefficients is not as stated.")
            equations.append(f)
        add(equations, LIMITS)
        bounded.add(i)
    require(bounded >= set(free), "A coordinate of a chart is not shown to be bounded.")


def _occurring(f: fmpq_mpoly) -> set[int]:
    """The variables of a polynomial."""
    return {i for e in exponent_vectors(f) for i, k in enumerate(e) if k}
