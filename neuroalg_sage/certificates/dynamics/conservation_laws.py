"""
Conservation laws: exact identities, and all laws up to a degree.

A flow moves the parameters, the momenta of a heavy ball, and a variable s with ṡ = c s
where laws may depend on time.  At each moment it follows a combination of polynomial vector
fields with coefficients that the loss makes arbitrary, and a drift.  A law is a polynomial
that all of these fields annihilate.  In what follows M counts the variables.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    polynomial,
    polynomial_ring,
    polynomial_set,
    prime,
    rational,
    require,
    residue,
)
from neuroalg_sage.certificates.work import Work

MOST_MONOMIALS = 3_000_000
Field = dict[int, Any]  # components that are not zero, by variable


def vector_fields(model: Model, flow: Any, size: int) -> tuple[fmpq_mpoly_ctx, list[Field]]:
    """
    The ring of the M variables, and the fields of a flow; M is stated as ``size``.

    With P the inverse of the metric, μ the weight decay and γ the friction:
    the fields P ∇φ_j and the drift -μ P w of gradient flow; or, for the heavy ball, the fields
    ∇φ_j in the momenta v, and the drift (P v, -γ v - μ w).  The rate c of s is μ or γ; without
    a rate there is no s.
    """
    metric, decay, gamma = None, Fraction(0), None
    if flow is not None:
        metric, weight_decay, friction = fields(flow, "inverse_metric", "weight_decay", "friction")
        require(len(flow) == 3, "The flow has an unknown field.")
        decay = rational(weight_decay)
        gamma = None if friction is None else rational(friction)
    count = model.parameters
    rate = decay if gamma is None else gamma
    moving = count * (1 if gamma is None else 2)
    require(size == moving + (rate != 0), "A point is not one of this flow.")
    phi, ring = model.parametrization, polynomial_ring(size, Ordering.lex)
    variables = ring.gens()

    def constant(c: Fraction) -> fmpq_mpoly:
        return ring.constant(fmpq(c.numerator, c.denominator))

    inverse = {(i, i): constant(Fraction(1)) for i in range(count)}
    if metric is not None:
        inverse = {}
        for entry in items(metric, "inverse metric"):
            i, j, data = items(entry, "entry of the inverse metric", 3)
            key = integer(i, 0, count - 1, "row"), integer(j, 0, count - 1, "column")
            require(key not in inverse, "An entry of the inverse metric is stated twice.")
            inverse[key] = polynomial(data, polynomial_ring(count, Ordering.lex)).compose(
                *variables[:count], ctx=ring)
        require(all(inverse.get((j, i)) == c for (i, j), c in inverse.items()),
                "The inverse metric is not symmetric.")

    def raised(covector: list[fmpq_mpoly]) -> Field:
        total: Field = {}
        for (i, j), entry in inverse.items():
            if covector[j]:
                total[i] = total.get(i, constant(Fraction(0))) + entry * covector[j]
        return total

    found, drift = [], {}
    for f in phi:
        wide = f.compose(*variables[:count], ctx=ring)
        slopes = [wide.derivative(i) for i in range(count)]
        found.append(raised(slopes) if gamma is None else {
            count + i: slope for i, slope in enumerate(slopes)})
    if gamma is None:
        drift = raised([-constant(decay) * w for w in variables[:count]])
    else:
        momenta = variables[count : 2 * count]
        drift = raised(list(momenta))
        for i, (w, v) in enumerate(zip(variables, momenta)):
            drift[count + i] = -constant(gamma) * v - constant(decay) * w
    if rate:
        drift[ring.nvars() - 1] = constant(rate) * variables[-1]
    return ring, [{i: c for i, c in field.items() if c} for field in (*found, drift)]


def conserved(ring: fmpq_mpoly_ctx, generators: list[Field], data: Any) -> list[fmpq_mpoly]:
    """Verify that polynomials are laws, by expansion."""
    laws = polynomial_set(data, ring)
    for h in laws:
        for field in generators:
            require(sum((c * h.derivative(i) for i, c in field.items()), ring.constant(0)) == 0,
                    "A polynomial is not conserved.")
    return laws


def check_laws(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify laws of gradient flow, and that they are all up to a degree."""
    return _laws(model, None, value, evidence)


def check_laws_of_flow(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify laws of a flow, and that they are all up to a degree."""
    return _laws(model, value[0], value[1:], evidence)


def _laws(model: Model, flow: Any, value: list[Any], evidence: Any) -> Checked:
    """
    Verify that polynomials are conserved, and that all laws up to a degree are polynomials in
    these.

    The fields are homogeneous for the gradings stated, by Z or by Z/m: the weight of a term of
    a component less that of its variable is constant.  So the parts of a law in the weight
    spaces are laws.  In one of these let there be k monomials.  At points modulo p the conditions
    on their coefficients have some rank s, so at most k - s laws are independent; products of
    the stated laws have some rank r.  If k - s = r everywhere, these are all.
    """
    degree, data = items(value, "claim", 2)
    integer(degree, 1, 1000, "degree")
    gradings, p, points = fields(evidence, "gradings", "prime", "points")
    require(items(points, "points"), "There are no points.")
    count = len(items(points[0], "point"))
    require(comb(count + degree, degree) <= MOST_MONOMIALS, "There are too many monomials.")
    ring, generators = vector_fields(model, flow, count)
    laws = conserved(ring, generators, data)
    p = prime(p)
    moduli, columns = [], []
    for grading in items(gradings, "gradings"):
        modulus, weights = items(grading, "grading", 2)
        moduli.append(integer(modulus, 0, 10**6, "modulus"))
        columns.append(integers(weights, -(10**9), 10**9, "weight", count))

    def weight(exponents: Any) -> tuple[int, ...]:
        return tuple((s % m if m else s) for m, s in zip(moduli, (
            sum(w * e for w, e in zip(column, exponents) if e) for column in columns)))

    for field in generators:
        shifts = {weight([e - (i == k) for k, e in enumerate(exponents)])
                  for i, f in field.items() for exponents in exponent_vectors(f)}
        require(len(shifts) <= 1, "A field is not homogeneous for a grading.")
    spaces: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for size in range(1, degree + 1):
        for chosen in itertools.combinations_with_replacement(range(count), size):
            exponents = [0] * count
            for i in chosen:
                exponents[i] += 1
            spaces.setdefault(weight(exponents), []).append(tuple(exponents))
    products = _products(ring, laws, degree)
    require(max(map(len, spaces.values())) <= len(points) * len(generators) + len(products),
            "There may be other laws.")
    spanned: dict[tuple[int, ...], list[dict[tuple[int, ...], int]]] = {}
    for product in products:
        row = {tuple(map(int, e)): residue(c, p) for e, c in product.to_dict().items()}
        found = {weight(e) for e in row}
        require(len(found) == 1 and all(map(sum, row)), "A law is not homogeneous.")
        spanned.setdefault(found.pop(), []).append(row)
    samples = _samples(generators, [integers(w, 1, p - 1, "coordinate", count)
                                    for w in items(points, "points")], p)
    for key, monomials in spaces.items():
        r = rank([[row.get(m, 0) for m in monomials] for row in spanned.get(key, [])],
                 len(monomials), p)
        tried = 1
        while len(monomials) - rank(_conditions(samples[:tried], monomials, p),
                                    len(monomials), p) != r:
            require(tried < len(samples), "There may be other laws.")
            tried *= 2
    return [f"polynomials ({len(laws)}) are conserved",
            f"they generate all laws of degree at most {degree}"], []


def _products(ring: fmpq_mpoly_ctx, laws: list[fmpq_mpoly], degree: int) -> list[fmpq_mpoly]:
    """The products of laws up to a degree."""
    found: list[tuple[fmpq_mpoly, int]] = [(ring.constant(1), 0)]
    work = Work()
    for h in laws:
        own = max(map(sum, exponent_vectors(h)), default=0)
        require(0 < own <= degree, "A law is constant, or of a higher degree than is claimed.")
        for f, d in found:  # grows by the multiples of what it holds
            if d + own <= degree:
                require(len(found) <= MOST_MONOMIALS, "There are too many products of laws.")
                work.spend(len(f) * len(h))
                found.append((f * h, d + own))
    return [f for f, _ in found[1:]]


def _samples(generators: list[Field], points: list[list[int]], p: int
             ) -> list[tuple[list[int], list[dict[int, int]]]]:
    """Points, with X_i/w_i at each of them for the fields X."""
    return [(w, [{i: residue(f(*w), p) * pow(w[i], -1, p) % p for i, f in field.items()}
                 for field in generators]) for w in points]


def _conditions(samples: list[tuple[list[int], list[dict[int, int]]]],
                monomials: list[tuple[int, ...]], p: int) -> list[list[int]]:
    """The values X w^a = w^a Σ_i (X_i/w_i) a_i, a row for each point and field."""
    sparse = [[(i, e) for i, e in enumerate(m) if e] for m in monomials]
    rows = []
    for w, slopes in samples:
        values = []
        for terms in sparse:
            value = 1
            for i, e in terms:
                value = value * pow(w[i], e, p) % p
            values.append(value)
        for slope in slopes:
            row = [v * sum(slope.get(i, 0) * e for i, e in terms) % p
                   for v, terms in zip(values, sparse)]
            if any(row):
                rows.append(row)
    return rows
