"""
The topological Euler characteristic of the neurovariety over C, by fixed points of a torus.

**Lemma.**  Let a torus T act linearly on a linear or projective space, and let Y be a T-stable
complex subvariety of it, with fixed points Y^T.  Then χ(Y) = χ(Y^T).

*Proof.*  A stabilizer depends only on which coordinates vanish, so there are finitely many.  A
one-dimensional subgroup that lies in none but T itself has the fixed points of T; so let T = C*.
The points whose stabilizer is the cyclic group μ_m form a locally closed set, on which C*/μ_m acts
freely; so its Euler characteristic is a multiple of χ(C*) = 0.  These sets are finitely many, and
for complex varieties χ is additive.  ∎

Here T is a torus of diagonal matrices, given by integer weights of the coordinates, a column for
each; it preserves equations that are homogeneous for every row.  Its fixed points are

- in V: where all coordinates vanish but those whose column is zero;
- in P(V): the disjoint union, over all different columns, of the subspaces of the coordinates with
  that column.

So what remains are pieces in few coordinates, where the equations have all others set to zero.
Each is decided here by one of these, or its χ is an engine's.

- No equation is left: a space A^k or P^(k-1), with χ = 1 or k.
- The equations are linear: such a space of smaller dimension, or empty.
- One coordinate of V, or two of P(V): finitely many points, the different roots of a greatest
  common divisor.
- One quadratic form of rank r in P^(k-1): a cone, whose vertex is P^(k-r-1), over a smooth quadric
  of dimension r - 2, which has χ = r if r is even and r - 1 if it is odd.  A cone without its
  vertex is a bundle of lines over that quadric, so χ is k - r more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.gradings import is_graded
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial_ring,
    polynomials,
    require,
)

Piece = dict[tuple[int, ...], fmpq]  # an equation in the coordinates that are left
MOST_POINTS = 10**9


def degrees(equation: Iterable[tuple[int, ...]]) -> set[int]:
    """The degrees of the terms."""
    return {sum(map(int, e)) for e in equation}


def is_homogeneous(generators: Sequence[fmpq_mpoly]) -> bool:
    """Whether each polynomial is."""
    return all(len(degrees(g.monoms())) < 2 for g in generators)


def restricted(generators: Sequence[fmpq_mpoly], coordinates: Sequence[int]) -> list[Piece]:
    """The equations that are left where all coordinates but these are zero."""
    kept = set(coordinates)
    found = []
    for g in generators:
        equation = {tuple(int(e[i]) for i in coordinates): c for e, c in g.to_dict().items()
                    if all(i in kept for i, k in enumerate(e) if k)}
        if equation:
            found.append(equation)
    return found


def _distinct_roots(polynomials_: Sequence[fmpq_poly]) -> int:
    """The number of common roots over C."""
    common = fmpq_poly([0])
    for p in polynomials_:
        common = common.gcd(p)
    return int(common.degree()) - int(common.gcd(common.derivative()).degree())


def _univariate(terms: dict[int, fmpq]) -> fmpq_poly:
    return fmpq_poly([terms.get(k, fmpq(0)) for k in range(max(terms) + 1)])


def affine_piece(equations: list[Piece], k: int) -> int | None:
    """χ of the zero set in A^k; None if none of the arguments applies."""
    if not equations:
        return 1
    if any(degrees(f) == {0} for f in equations):
        return 0
    if all(max(degrees(f)) == 1 for f in equations):
        rows = [[f.get(tuple(int(i == j) for i in range(k)), fmpq(0)) for j in range(k)]
                for f in equations]
        constants = [[f.get((0,) * k, fmpq(0))] for f in equations]
        return int(fmpq_mat(rows).rank() == fmpq_mat(
            [row + c for row, c in zip(rows, constants)]).rank())
    if k == 1:
        return _distinct_roots([_univariate({e[0]: c for e, c in f.items()}) for f in equations])
    return None


def projective_piece(equations: list[Piece], k: int) -> int | None:
    """χ of the zero set in P^(k-1); None if none of the arguments applies."""
    if not equations:
        return k
    if all(degrees(f) == {1} for f in equations):
        return k - int(fmpq_mat([[f.get(tuple(int(i == j) for i in range(k)), fmpq(0))
                                  for j in range(k)] for f in equations]).rank())
    if k == 1:
        return 0
    if k == 2:
        # The points (x : 1), and (1 : 0), which is one if no equation has a power of x alone.
        at_infinity = all(e[1] for f in equations for e in f)
        return _distinct_roots([_univariate({e[0]: c for e, c in f.items()}) for f in equations]
                               ) + at_infinity
    if len(equations) == 1 and degrees(equations[0]) == {2}:
        gram = [[fmpq(0)] * k for _ in range(k)]
        for e, c in equations[0].items():
            i, *more = [v for v, power in enumerate(e) for _ in range(power)]
            gram[i][more[0]] += c / 2
            gram[more[0]][i] += c / 2
        r = int(fmpq_mat(gram).rank())
        return k - r + (r if r % 2 == 0 else r - 1)
    return None


def classes(weights: list[list[int]], n: int) -> dict[tuple[int, ...], list[int]]:
    """The coordinates with each column of weights."""
    found: dict[tuple[int, ...], list[int]] = {}
    for i in range(n):
        found.setdefault(tuple(row[i] for row in weights), []).append(i)
    return found


def check_euler_characteristic(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify χ of the closure of M and, if it is a cone, of its projectivization."""
    if "formula" in evidence:
        from neuroalg_sage.certificates.topology.known_varieties import check_known_variety

        number, checked = check_known_variety(model, evidence)
        for space, expected in (("affine", 1), ("projective", number)):
            require(integer(member(value, space), 0, MOST_POINTS, "Euler characteristic")
                    == expected, f"The Euler characteristic of the {space} variety is {expected}.")
        require(len(value) == 2, "The claim has other Euler characteristics.")
        return checked
    from neuroalg_sage.certificates.equations.ideal import check_ideal

    data, proof, weight_data, engine_data = fields(
        evidence, "generators", "ideal", "weights", "engine")
    n = model.ambient_dimension
    generators = polynomials(data, polynomial_ring(n))
    verified, trust, _ = check_ideal(model, generators, proof)
    weights = [integers(row, -(10**9), 10**9, "weight", n) for row in items(weight_data, "weights")]
    require(all(is_graded(generators, row) for row in weights),
            "The equations are not homogeneous for the torus.")
    engine: dict[tuple[str, tuple[int, ...]], int] = {}
    for entry in items(engine_data, "values of an engine"):
        space, places, found = items(entry, "value of an engine", 3)
        require(space in ("affine", "projective"), "The space of a piece is not known.")
        engine[space, tuple(integers(places, 0, n - 1, "coordinate"))] = integer(
            found, -MOST_POINTS, MOST_POINTS, "value of an engine")
    used = False

    def decided(space: str, places: list[int]) -> int:
        nonlocal used
        function = affine_piece if space == "affine" else projective_piece
        found = function(restricted(generators, places), len(places))
        if found is None:
            require((space, tuple(places)) in engine, "A piece of the fixed points is undecided.")
            used, found = True, engine[space, tuple(places)]
        return found

    (affine, projective), claimed = fields(value, "affine", "projective"), set(value)
    require(claimed == {"affine", "projective"}, "The claim has other Euler characteristics.")
    columns = classes(weights, n)
    integer(affine, -MOST_POINTS, MOST_POINTS, "Euler characteristic")
    require(affine == decided("affine", columns.get((0,) * len(weights), [])),
            "The Euler characteristic of the affine variety is not as claimed.")
    require((projective is not None) == is_homogeneous(generators),
            "The projectivization is of a cone, whose equations are homogeneous.")
    if projective is not None:
        integer(projective, -MOST_POINTS, MOST_POINTS, "Euler characteristic")
        require(projective == sum(decided("projective", places) for places in columns.values()),
                "The Euler characteristic of the projectivization is not as claimed.")
    count = len(columns)
    return [*verified, f"a torus of diagonal matrices preserves the equations, with {count} "
            f"different characters; the Euler characteristic is that of its fixed points"], (
                [*trust, "macaulay2"] if used and "macaulay2" not in trust else trust)
