"""
Parameters of a function with given values of conservation laws: that there are some, or none.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.boxes import value
from neuroalg_sage.certificates.dynamics.conservation_laws import conserved, vector_fields
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integers,
    items,
    member,
    polynomial,
    polynomials,
    rational,
    require,
)
from neuroalg_sage.certificates.work import bound_horner

PRECISION = 256
MOST_ROOTS = 2_000


def _numbers(data: Any, role: str, length: int | None = None) -> list[fmpq]:
    return [fmpq(c.numerator, c.denominator)
            for c in map(rational, items(data, role, length))]


def check_initialization(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify whether there are real parameters of a function with given values of laws.

    The claim: the coordinates of the function, laws of gradient flow, their values, and the
    verdict "exists", "none over C" or "none over R".
    """
    function, laws, values, verdict = items(value, "claim", 4)
    ring, generators = vector_fields(model, None, model.parameters)
    laws = conserved(ring, generators, laws)
    phi = [f.compose(*ring.gens(), ctx=ring) for f in model.parametrization]
    system = [f - c for f, c in zip([*phi, *laws], [
        *_numbers(function, "function", len(phi)), *_numbers(values, "values", len(laws))])]
    if verdict != "exists":
        require(verdict in ("none over C", "none over R"), "The verdict is not known.")
        return _none(system, evidence, verdict), []
    if "box" in evidence:
        return _box(system, evidence["box"]), []
    return _algebraic_point(system, evidence), []


def _none(system: list[fmpq_mpoly], evidence: Any, verdict: str) -> list[str]:
    """
    Verify that Σ c_k g_k has no zero.

    It is u(l) for a polynomial u without roots, and a polynomial l, whose value at a common zero
    of the g_k would be a root of u; or it has positive coefficients, even exponents, and a
    constant term.
    """
    ring = system[0].context()
    factors = polynomials(member(evidence, "multipliers"), ring)
    require(len(factors) == len(system), "There is not one multiplier for each equation.")
    combination = sum((c * g for c, g in zip(factors, system)), ring.constant(0))
    if "form" not in evidence:
        terms = list(zip(exponent_vectors(combination), combination.coeffs()))
        require(verdict == "none over R" and any(not any(e) for e, _ in terms)
                and all(c > 0 and not any(k % 2 for k in e) for e, c in terms),
                "The combination of the equations may have a real zero.")
        return ["a combination of the equations is a positive constant and squares, so they have "
                "no real solution"]
    form, univariate = fields(evidence, "form", "univariate")
    u = fmpq_poly(_numbers(univariate, "univariate polynomial"))
    require(u != 0 and u.degree() <= MOST_ROOTS, "The univariate polynomial is zero, or too large.")
    if verdict == "none over C":
        require(u.degree() == 0, "The univariate polynomial has roots.")
    elif u.degree():
        roots: Any = u.numer().complex_roots()
        require(all(x.imag != 0 for x, _ in roots), "The univariate polynomial has a real root.")
    place, value = polynomial(form, ring), ring.constant(0)
    bound_horner(u.coeffs(), place)
    for c in reversed(u.coeffs()):
        value = value * place + c
    require(combination == value, "The combination of the equations is not as stated.")
    return ["a combination of the equations is a polynomial without "
            + ("roots" if u.degree() == 0 else "real roots") + ", so they have no solution"]


def _algebraic_point(system: list[fmpq_mpoly], evidence: Any) -> list[str]:
    """
    Verify the point (q_1(t), ..., q_N(t)), for a root t in [a, b] of a polynomial.

    The polynomial changes its sign between a and b, so it has a root there; and the equations
    at the q_i are multiples of it.
    """
    univariate, interval, coordinates = fields(evidence, "univariate", "interval", "coordinates")
    u = fmpq_poly(_numbers(univariate, "univariate polynomial"))
    a, b = _numbers(interval, "interval", 2)
    require(u.degree() >= 1 and a <= b and u(a) * u(b) <= 0, "There may be no root.")
    point = [fmpq_poly(_numbers(q, "coordinate")) % u
             for q in items(coordinates, "coordinates", system[0].context().nvars())]
    for g in system:
        total = fmpq_poly([])
        for exponents, c in zip(exponent_vectors(g), g.coeffs()):
            term = fmpq_poly([c])
            for q, e in zip(point, exponents):
                term = term * _power(q, e, u) % u
            total += term
        require(total == 0, "The point does not solve an equation.")
    return [f"a real point of degree at most {u.degree()} over Q solves all equations"]


def _power(q: fmpq_poly, e: int, u: fmpq_poly) -> fmpq_poly:
    if e < 2:
        return q if e else fmpq_poly([1])
    half = _power(q, e // 2, u)
    return half * half * (q if e % 2 else 1) % u


def _box(system: list[fmpq_mpoly], data: Any) -> list[str]:
    """
    Verify a zero in a box, by Krawczyk's test.

    All coordinates but those that are free have their rational values at the center c.  For as
    many equations g as free coordinates, a matrix Y and the box B of radius r around c,
    x ↦ x - Y g(x) maps B into c - Y g(c) + (1 - Y Dg(B)) (B - c).  If that is in the interior of
    B, it has a fixed point there by Brouwer's theorem, and Y Dg(B) is regular, so Y is: g has a
    zero.
    """
    free, center, radius, matrix = fields(data, "free", "center", "radius", "preconditioner")
    count, size = system[0].context().nvars(), len(system)
    free = integers(free, 0, count - 1, "free coordinate", size)
    require(len(set(free)) == size, "A coordinate is stated twice.")
    at = _numbers(center, "center", count)
    r = rational(radius)
    require(0 < r <= 10**6, "The radius is not positive.")
    y = [_numbers(row, "row", size) for row in items(matrix, "preconditioner", size)]
    with ctx.workprec(PRECISION):
        ball = arb(0, arb(fmpq(r.numerator, r.denominator)).upper())
        box = [arb(c) + ball if i in free else arb(c) for i, c in enumerate(at)]
        slopes = [[value(g.derivative(j), box) for j in free] for g in system]
        values = [g(*at) for g in system]
        for i, row in enumerate(y):
            offset = arb(sum((a * b for a, b in zip(row, values)), fmpq(0)))
            spread = arb(0)
            for k in range(size):
                entry = int(i == k) - sum((arb(a) * line[k] for a, line in zip(row, slopes)),
                                          arb(0))
                spread += abs(entry) * arb(fmpq(r.numerator, r.denominator))
            require(abs(offset) + spread < arb(fmpq(r.numerator, r.denominator)),
                    "The box need not have a zero.")
    return [f"a box of radius {float(Fraction(r)):.1e} has a point that solves all equations"]
