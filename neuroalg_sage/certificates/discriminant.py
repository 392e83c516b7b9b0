"""
The ED discriminant: the data at which critical points of the distance come together.

Let d = dim M, let numbers stand for all but d parameters, let w be the others and let s be
coordinates on an affine space L of data, u = u(s).  For a quadratic form Q the critical equations
are E = Dφ^T Q (φ - u) = 0; h = det(∂E/∂w) is their Hessian, and m a minor of Dφ of size d.  The
*ramification locus* R is the set of the (w, s) with E = h = 0 and m ≠ 0, and the discriminant
on L the closure of its projection to L.  Verified is

(1) M has dimension at most d, and m is not zero; so the image of the slice is dense in M;
(2) f = Π f_i^{e_i} with m^k f in the ideal (E, h), so f vanishes on the projection;
(3) the f_i are irreducible over Q, and different;
(4) for each i a point (w, s) modulo a prime p, where E = h = f_i = 0, where m and the other f_j
    are not zero, the Jacobian of (E, h) has rank d + 1, and that by w alone has rank d.

Then the discriminant on L is the zero set of Π f_i.  It is contained in it by (2).  By (4)
and Hensel's lemma the point lifts to a smooth point of R over the p-adic integers, at which R has
dimension r - 1, r = dim L, and the projection is an immersion.  So the closure of the image of a
component is a hypersurface, in f = 0; f_j for j ≠ i is a unit at the lifted point, so it is a
component of f_i = 0.  Discriminant and f_i are defined over Q, so the conjugates of that component
are in the discriminant as well, and these are all of f_i = 0.

For the variety of given equations G_1 = ... = G_c = 0 of codimension c, with a minor m of their
Jacobian, the same holds with E = (G, Q (z - u) - Σ_j λ_j dG_j) and w = (z, λ).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, nmod_mat

from neuroalg_sage.certificates.dimension import check_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    polynomial,
    polynomial_ring,
    polynomials,
    prime,
    require,
    residue,
)

MOST_UNKNOWNS, LARGEST_POWER, LARGEST_NUMBER = 7, 100, 10**6


def determinant(rows: Sequence[Sequence[fmpq_mpoly]], one: fmpq_mpoly) -> fmpq_mpoly:
    """The determinant of a square matrix of polynomials, by Leibniz's formula."""
    size = len(rows)
    require(size <= MOST_UNKNOWNS, f"A determinant is larger than {MOST_UNKNOWNS}.")
    total = 0 * one
    for columns in permutations(range(size)):
        odd = sum(a > b for i, a in enumerate(columns) for b in columns[i + 1:]) % 2
        term = -one if odd else one
        for row, column in zip(rows, columns):
            term *= row[column]
            if not term:
                break
        total += term
    return total


def value(f: fmpq_mpoly, point: Sequence[int], p: int) -> int:
    """The value of a polynomial at a point modulo p."""
    total = 0
    for exponents, c in f.to_dict().items():
        term = residue(c, p)
        for x, e in zip(point, map(int, exponents)):
            term = term * pow(x, e, p) % p
        total += term
    return total % p


def check_ramification(equations: list[fmpq_mpoly], minor: fmpq_mpoly, unknowns: int,
                       factors: list[fmpq_mpoly], evidence: Any) -> list[str]:
    """
    Verify (2), (3) and (4): ``equations`` are E, whose first variables are the unknowns w, and
    ``factors`` the f_i, in the same ring.
    """
    power, exponents, cofactors, witnesses = fields(evidence, "power", "exponents", "cofactors",
                                                    "witnesses")
    ring = minor.context()
    require(minor, "The minor is zero.")
    require(len(equations) == unknowns, "There are not as many equations as unknowns.")
    hessian = determinant([[f.derivative(k) for k in range(unknowns)] for f in equations],
                          ring.constant(1))
    system = [*equations, hessian]
    exponents = integers(exponents, 1, LARGEST_POWER, "exponent of a factor", len(factors))
    left = minor ** integer(power, 0, LARGEST_POWER, "power")
    for f, e in zip(factors, exponents):
        left *= f**e
    for f, c in zip(system, polynomials(items(cofactors, "cofactors", len(system)), ring)):
        left -= c * f
    require(not left, "The discriminant does not vanish where critical points come together.")
    for i, f in enumerate(factors):
        require(not any(f.degrees()[:unknowns]), "The discriminant depends on the unknowns.")
        parts = f.factor()[1]
        require(len(parts) == 1 and parts[0][1] == 1, "A factor is not irreducible.")
        require(all((f / f.leading_coefficient()) != g / g.leading_coefficient()
                    for g in factors[:i]), "A factor occurs twice.")
    for i, witness in enumerate(items(witnesses, "points", len(factors))):
        p, place = fields(witness, "prime", "point")
        p = prime(p)
        point = integers(place, 0, p - 1, "point", ring.nvars())
        require(not any(value(f, point, p) for f in [*system, factors[i]]),
                "A point is not on the ramification locus.")
        require(value(minor, point, p) and all(
            value(f, point, p) for j, f in enumerate(factors) if j != i),
            "A point does not tell the components apart.")
        rows = [[value(f.derivative(k), point, p) for k in range(ring.nvars())] for f in system]
        require(nmod_mat(len(rows), ring.nvars(), sum(rows, []), p).rank() == unknowns + 1
                and nmod_mat(len(rows), unknowns, [c for row in rows for c in row[:unknowns]],
                             p).rank() == unknowns, "A point is singular or special.")
    return [f"critical points come together on {len(factors)} irreducible hypersurfaces"]


def affine_space(ring: fmpq_mpoly_ctx, first: int, origin: Any, directions: Any, n: int
                 ) -> list[fmpq_mpoly]:
    """The n coordinates of u(s), where s are the variables from ``first`` on."""
    base = numbers(origin, "origin", n)
    rows = [numbers(v, "direction", n) for v in items(directions, "directions")]
    return [sum((v[j] * ring.gens()[first + i] for i, v in enumerate(rows)),
                ring.constant(base[j])) for j in range(n)]


def check_discriminant(model: Model, claim: Any, evidence: Any) -> tuple[list[str], list[str]]:
    """Verify the claim [Q, origin, directions, factors] of a discriminant on an affine space."""
    form, origin, directions, stated = items(claim, "claim", 4)
    n, count = model.ambient_dimension, model.parameters
    matrix = [numbers(row, "row", n) for row in items(form, "quadratic form", n)]
    require(all(matrix[i][j] == matrix[j][i] for i in range(n) for j in range(i)),
            "The quadratic form is not symmetric.")
    pairs = items(member(evidence, "restriction"), "restriction")
    values = {integer(items(pair, "restriction", 2)[0], 0, count - 1, "parameter"):
              integer(pair[1], 0, LARGEST_NUMBER, "number") for pair in pairs}
    require(len(values) == len(pairs), "A parameter is set to two numbers.")
    free = [i for i in range(count) if i not in values]
    d, r = len(free), len(items(directions, "directions"))
    require(r, "The affine space of data is a point.")
    verified, trust = check_dimension(model, member(evidence, "dimension"), "proved", d)
    ring = polynomial_ring(d + r)
    gens = iter(ring.gens())
    w = [ring.constant(fmpq(values[i])) if i in values else next(gens) for i in range(count)]
    phi = [f.compose(*w, ctx=ring) for f in model.parametrization]
    target = affine_space(ring, d, origin, directions, n)
    zero = ring.constant(0)
    residual = [sum((c * (phi[j] - target[j]) for j, c in enumerate(row) if c), zero)
                for row in matrix]
    equations = [sum((phi[i].derivative(k) * residual[i] for i in range(n)), zero)
                 for k in range(d)]
    rows = integers(member(evidence, "minor"), 0, n - 1, "rows of a minor", d)
    minor = determinant([[phi[i].derivative(k) for k in range(d)] for i in rows],
                        ring.constant(1))
    smaller = polynomial_ring(r)
    factors = []
    for data in items(stated, "factors"):
        f = polynomial(data, smaller)
        factors.append(ring.from_dict({(0,) * d + tuple(map(int, e)): c
                                       for e, c in f.to_dict().items()}))
    return verified + check_ramification(equations, minor, d, factors, evidence), trust
