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

**By charts.**  ``boundary_charts.py`` has another proof that such sets hold the boundary.

**By real ranks.**  ``boundary_of_ranks.py`` has all that is claimed of sums of powers of binary
linear forms, whose components need no equations.

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

from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomial_set,
    require,
)
from neuroalg_sage.certificates.substitution import substituted


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
    argument = member(evidence, "argument")
    require(argument in ("charts", "description", "real ranks"),
            "The argument for a boundary is not known.")
    if argument == "real ranks":
        from neuroalg_sage.certificates.real.boundary_of_ranks import check_boundary_of_ranks

        return check_boundary_of_ranks(model, value, evidence)
    n = model.ambient_dimension
    coordinates = polynomial_ring(n)
    components, others = items(value, "claim", 2)
    listed = [items(part, "component", 4) for part in items(components, "list of components")]
    further = [items(part, "candidate", 2) for part in items(others, "list of candidates")]
    claimed = polynomial_set([part[0] for part in [*listed, *further]], coordinates)
    if argument == "description":
        found, ends = _by_description(model, member(evidence, "description"))
        verified = [f"the hypotheses of a theorem on {model.name}"]
    else:
        from neuroalg_sage.certificates.real.boundary_charts import by_charts

        found = Containment()
        ends = by_charts(model, evidence, found.add)
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
