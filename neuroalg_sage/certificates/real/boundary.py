"""
The boundary of M in its Zariski closure: hypersurfaces that hold it, and which are needed.

Let φ: R^N → V = R^n be the parametrization, M its image, and ∂M the closure of M without the
interior of M, in the Euclidean topology of the real points of the Zariski closure of M.  If M is
proved to be the zero set of polynomials, it is that set of real points, and ∂M is empty.
Otherwise M is shown to have interior points in V; then that closure is V.

**By a description.**  Let M be where a formula holds: a union of pieces, in which polynomials are
compared with zero.  A piece with the equations g_1, ..., g_r lies in the closed set Z(g_1, ...,
g_r), and so does its boundary.  That of a piece without equations lies in the union of the Z(f),
for the polynomials f of its conditions, since elsewhere these have constant signs nearby.  Or let M
be where a symmetric matrix of polynomials has certain signatures; where the determinant does not
vanish, signatures are constant nearby, so ∂M lies in the zeros of the determinant.

**By charts.**  What follows is another proof that such sets hold the boundary.

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

So ∂M lies in the union of finitely many sets Z(g_1, ..., g_r).  Let g be the greatest common
divisor; then the set is the hypersurface Z(g) and the set E of the common zeros of the g_i / g, of
codimension at least 2.  The irreducible factors of all these g are the **candidates**.

**Components.** Let p in M, q not in M, neither of them in any of the sets.  Let the segment from p
to q meet the zeros of all candidates in one point only, which is a simple zero of the candidate f.

*Lemma 4.* Near that point Z(f) lies in ∂M.  *Proof.* p is not in ∂M, so it is an interior point of
M; likewise q one of the complement.  Segments from points near p to points near q meet the
candidates in one point, of Z(f), too.  Each has a point of ∂M; those that avoid the sets E, which
are almost all, since they have codimension 2, have it where they meet Z(f).  These are dense in a
neighborhood of the point in Z(f), and ∂M is closed.  ∎

So Z(f) is the Zariski closure of a part of ∂M, since f is irreducible over Q and the point smooth;
and ∂M is contained in the union of all candidates, but for a set of codimension at least 2.  A
candidate that is one of limits only meets ∂M in points that are not in M, and one of critical
values only in points of M, again but for codimension 2.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from neuroalg_sage.certificates.coordinates import in_degrevlex
from neuroalg_sage.certificates.fibers.fiber import check_no_real_points
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    polynomial,
    polynomial_ring,
    polynomial_set,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import substituted

MOST_CHARTS = 64
MOST_COORDINATES = 9
VALUES, LIMITS = "critical values", "limits"

Scaling = tuple[list[int], list[int], int]


class Containment:
    """Sets Z(g_1, ..., g_r) that hold the boundary, and the candidates that are found in them."""

    def __init__(self) -> None:
        self.sets: list[list[fmpq_mpoly]] = []
        self.candidates: dict[str, tuple[fmpq_mpoly, set[str]]] = {}

    def add(self, equations: list[fmpq_mpoly], kind: str) -> None:
        """Add the set of common zeros of polynomials, which are not zero."""
        require(equations and all(equations), "Equations of a set are zero, or there are none.")
        self.sets.append(equations)
        common = equations[0]
        for g in equations[1:]:
            common = common.gcd(g)
        for f, _ in common.factor()[1]:
            self.candidates.setdefault(normal(f), (f, set()))[1].update([kind] if kind else [])

    def avoid(self, point: Sequence[fmpq]) -> bool:
        """Whether a point is in none of the sets."""
        return all(any(g(*point) != 0 for g in equations) for equations in self.sets)


def normal(f: fmpq_mpoly) -> str:
    """A polynomial up to factors, as text."""
    return str(f / f.leading_coefficient())


def check_boundary(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Components of the boundary, and the hypersurfaces that may be further ones.

    The value is a pair of lists: of components, each a polynomial, the kinds of points by which it
    is a candidate, a point of M, and a point outside of M; and of further candidates, each a
    polynomial and its kinds.
    """
    n = model.ambient_dimension
    coordinates = polynomial_ring(n)
    components, others = items(value, "claim", 2)
    listed = [items(part, "component", 4) for part in items(components, "list of components")]
    further = [items(part, "candidate", 2) for part in items(others, "list of candidates")]
    claimed = polynomial_set([part[0] for part in [*listed, *further]], coordinates)
    argument = member(evidence, "argument")
    require(argument in ("charts", "description"), "The argument for a boundary is not known.")
    if argument == "description":
        found, ends = _by_description(model, member(evidence, "description"))
        verified = [f"the hypotheses of a theorem on {model.name}"]
    else:
        found, ends = _by_charts(model, evidence)
        verified = ["factors of Jacobian determinants, and bounds for parameters"]
    require({normal(f) for f in claimed} == set(found.candidates),
            "The candidates are not those that are found.")
    for f, part in zip(claimed, [*listed, *further]):
        require(part[1] == sorted(found.candidates[normal(f)][1]),
                "The kind of a candidate is not as claimed.")
    for k, (f, (_, _, start, end)) in enumerate(zip(claimed, listed)):
        inside, beyond = numbers(start, "function", n), numbers(end, "function", n)
        require(found.avoid(inside) and found.avoid(beyond),
                "An end of a segment is where the boundary may be.")
        for g, _ in found.candidates.values():
            require(crossings(g, inside, beyond) == ([1] if normal(g) == normal(f) else []),
                    "A segment does not meet the component only, and once.")
        ends(k, inside, beyond)
    verified.append(f"the boundary lies in {len(claimed)} hypersurfaces, but for codimension 2")
    if listed:
        verified.append(f"{len(listed)} of these are crossed from M to its complement")
    return verified, []


Ends = Callable[[int, list[fmpq], list[fmpq]], None]


def _by_description(model: Model, evidence: Any) -> tuple[Containment, Ends]:
    """Sets that hold the boundary, from a description of M; and who verifies ends of segments."""
    from neuroalg_sage.certificates.real.description import described

    found, belongs = of_description(described(model, evidence))

    def check_ends(number: int, inside: list[fmpq], beyond: list[fmpq]) -> None:
        require(belongs(inside), "A function is not in M.")
        require(not belongs(beyond), "A function is in M.")

    return found, check_ends


def of_description(proved: Any) -> tuple[Containment, Callable[[Sequence[fmpq]], bool]]:
    """
    Sets that hold the boundary of what is described, and whether a point belongs to it.

    INPUT:

    - ``proved`` -- a formula, or :class:`~neuroalg_sage.certificates.real.signatures.Signatures`

    Raises CertificateError where the set has no interior points, and is not a variety.
    """
    from neuroalg_sage.certificates.real.formulas import holds, signs
    from neuroalg_sage.certificates.real.signatures import Signatures

    found = Containment()
    if isinstance(proved, Signatures):
        if proved.functions:
            require(not proved.equations, "M has no interior points.")
            found.add(proved.functions[-1:], "")
        decided = dict(proved.decided())

        def belongs(point: Sequence[fmpq]) -> bool:
            found_signs = tuple(signs(proved.functions, point))
            require(found_signs in decided, "A function has a signature that there is not.")
            return decided[found_signs]

        return found, belongs
    pieces = proved
    only_equations = len(pieces) == 1 and all(relation == "=" for relation, _ in pieces[0])
    if not only_equations:
        require(any(relation != "=" for piece in pieces for relation, _ in piece)
                and any(all(relation != "=" for relation, _ in piece) for piece in pieces),
                "M has no interior points.")
        for piece in pieces:
            equations = [f for relation, f in piece if relation == "="]
            for held in [equations] if equations else [[f] for _, f in piece]:
                found.add(held, "")
    return found, lambda point: holds(pieces, point)


def _by_charts(model: Model, evidence: Any) -> tuple[Containment, Ends]:
    """Sets that hold the boundary, from charts; and who verifies the ends of segments."""
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
    found = Containment()
    for equations in images:
        found.add(equations, VALUES)
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
        _check_limits(data, bounded, free, psi, place, found, ring)
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

    return found, check_ends


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
                  place: list[fmpq_mpoly], found: Containment, ring: fmpq_mpoly_ctx) -> None:
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
        found.add(equations, LIMITS)
        bounded.add(i)
    require(bounded >= set(free), "A coordinate of a chart is not shown to be bounded.")


def _occurring(f: fmpq_mpoly) -> set[int]:
    """The variables of a polynomial."""
    return {i for e in exponent_vectors(f) for i, k in enumerate(e) if k}


def crossings(f: fmpq_mpoly, start: Sequence[fmpq], end: Sequence[fmpq]) -> list[int]:
    """
    The multiplicities of the zeros of a polynomial on a segment, whose ends are none.

    EXAMPLES::

        >>> ring = polynomial_ring(2)
        >>> x, y = ring.gens()
        >>> crossings(x**2 + y**2 - 1, [fmpq(0), fmpq(0)], [fmpq(1), fmpq(1)])
        [1]
        >>> crossings(x**2, [fmpq(-1), fmpq(0)], [fmpq(1), fmpq(1)])
        [2]
    """
    require(f(*start) != 0 and f(*end) != 0, "An end of a segment is on a candidate.")
    line = polynomial_ring(1)
    (t,) = line.gens()
    (g,) = substituted([f], [t * (b - a) + a for a, b in zip(start, end)], line)
    restricted = fmpq_poly([0])
    for (e,), c in zip(exponent_vectors(g), g.coeffs()):
        restricted += fmpq_poly([0] * e + [c])
    found = []
    roots: list[Any] = restricted.numer().complex_roots()
    for root, multiplicity in roots:
        if root.imag != 0:
            continue
        require(root.real < 0 or root.real > 0 and (root.real < 1 or root.real > 1),
                "A zero on a segment is not told from its ends.")
        if 0 < root.real < 1:
            found.append(int(multiplicity))
    return found
