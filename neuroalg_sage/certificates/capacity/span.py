"""
The space that M spans, and whether M has the least degree that it can have there.

*Lemma.*  The linear forms that vanish on M are the linear relations of the coordinates of φ, since
a polynomial that vanishes on R^N is zero.  So the linear span of M has the dimension s of the
space of these polynomials, and its affine span has the dimension a of the space of these and of 1,
less one.  They are ranks of matrices of coefficients.  Polynomials of which no two share a monomial
with one another, not even by way of others, make up blocks, whose ranks add.

*Without expansion.*  Let parameters, inputs and outputs have weights a, b, c with
f_j(t^a w, t^b x) = t^(c_j) f_j(w, x).  Then the coordinate of x^e of the output j is homogeneous of
weight c_j - b · e in w, and the space of all these polynomials is the sum of those of each weight,
in which 1 has weight 0.  From above the dimension for a weight is bounded by the number of the
coordinates that have it and occur: with all parameters 1 and all constants of the model replaced by
their absolute values nothing cancels, so what does not occur there is the polynomial zero.  From
below it is bounded by the rank of the coordinates' values at points.  If these do not meet, the
coordinates of a weight have a rank larger than r at K > r random points from {0, ..., 2^30 - 1}^N,
if it is larger at all, but for a probability of (r + 1) D / 2^30, D the degree of the coordinates:
some minor of size r + 1 is a polynomial of degree (r + 1) D (Schwartz, Zippel).

*Consequences.* Values at s generic inputs determine a function of the span: as long as some
function of it that is not zero vanishes at all inputs so far, a generic further input lowers the
dimension of the space of those that do. The pseudo-dimension of the functions of one output is at
most s. For k > s inputs the values of all functions satisfy Σ λ_i v_i = 0 for some λ ≠ 0. Let t be
thresholds, and choose the sign of λ such that c = Σ λ_i t_i > 0, or that c = 0 and some λ_i > 0. If
f(x_i) > t_i just where λ_i > 0, then Σ λ_i (f(x_i) - t_i) = -c ≤ 0 is a sum of numbers that are not
negative, of which some is positive if c = 0: a contradiction.

*Lemma.* Let the closure of M have dimension d and degree e (for a cone that of the projective
variety, else of the projective closure). Then a ≤ d + e - 1, and M is *of minimal degree* if
equality holds. For the projective closure X, of dimension d in its span of dimension a, this is the
bound e ≥ a - d + 1 for irreducible varieties: a general hyperplane section of X spans the
hyperplane and is irreducible if d ≥ 2; for a curve, the hyperplane through a general points meets
it in as many points at least. If M is a cone, e is also the degree of its closure as an affine
variety.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.dimension.dimension import RANDOM, check_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.real.sampling import number
from neuroalg_sage.certificates.work import Work

MOST_POINTS = 2_000


def rank_of_polynomials(polynomials: Sequence[fmpq_mpoly]) -> int:
    """The dimension of the space that polynomials span, over Q, block by block."""
    owner: dict[tuple[int, ...], int] = {}
    block = list(range(len(polynomials)))

    def root(i: int) -> int:
        while block[i] != i:
            block[i] = block[block[i]]
            i = block[i]
        return i

    for i, f in enumerate(polynomials):
        for e in exponent_vectors(f):
            block[root(i)] = root(owner.setdefault(e, i))
    blocks: dict[int, list[fmpq_mpoly]] = {}
    for i, f in enumerate(polynomials):
        blocks.setdefault(root(i), []).append(f)
    work = Work()
    return sum(_rank(rows, work) for rows in blocks.values())


def _rank(rows: list[fmpq_mpoly], work: Work) -> int:
    if len(rows) == 1:
        return int(bool(rows[0]))
    columns = {e: k for k, e in enumerate({e for f in rows for e in exponent_vectors(f)})}
    work.spend(len(rows) * len(columns) * min(len(rows), len(columns)))
    matrix = [[fmpq(0)] * len(columns) for _ in rows]
    for row, f in zip(matrix, rows):
        for e, c in zip(exponent_vectors(f), f.coeffs()):
            row[columns[e]] = c
    return int(fmpq_mat(matrix).rank()) if columns else 0


def span_dimensions(model: Model) -> tuple[int, int]:
    """The dimensions of the linear and of the affine span of M."""
    phi = model.parametrization
    if not phi:
        return 0, 0
    return (rank_of_polynomials(phi),
            rank_of_polynomials([*phi, phi[0].context().constant(1)]) - 1)


def functions_at(model: Model, parameters: Sequence[int], is_absolute: bool = False
                 ) -> list[dict[tuple[int, ...], fmpq]]:
    """
    The outputs as polynomials in the inputs, for parameters that are integers; or with absolute
    values of all constants of the model.
    """
    ring, work = polynomial_ring(model.inputs), Work()

    def constant(c: Fraction) -> fmpq_mpoly:
        value = fmpq(c.numerator, c.denominator)
        return ring.constant(abs(value) if is_absolute else value)

    def multiply(f: fmpq_mpoly, g: fmpq_mpoly) -> fmpq_mpoly:
        work.spend(len(f) * len(g))
        return f * g

    values = model.fold([ring.constant(fmpq(c)) for c in parameters], list(ring.gens()), constant,
                        lambda f, g: f + g, multiply)
    return [dict(zip(exponent_vectors(f), f.coeffs())) for f in values]


def weights_of_outputs(model: Model, parameters: Sequence[int], inputs: Sequence[int]
                       ) -> list[int | None]:
    """
    The weights c, read off from the steps: all terms of a sum must have one.  An output that is
    the polynomial zero has none.
    """
    def add(a: Any, b: Any) -> Any:
        require(a is None or b is None or a == b, "The model is not homogeneous as is stated.")
        return b if a is None else a

    return model.fold(list(parameters), list(inputs), lambda c: 0 if c else None, add,
                      lambda a, b: None if a is None or b is None else a + b)


def random_parameters(model: Model, seed: int, count: int) -> list[list[int]]:
    """So many points from {0, ..., 2^30 - 1}^N that belong to a seed."""
    return [[number(seed, k, i) >> 34 for i in range(model.parameters)] for k in range(count)]


def span_by_values(model: Model, weights: Sequence[Sequence[int]], seed: int, count: int
                   ) -> tuple[list[int], bool, Fraction]:
    """
    The dimensions of the linear and of the affine span, as so many random points have it; whether
    they are proved; and else a bound for the probability that they are larger.
    """
    outputs = weights_of_outputs(model, *weights)
    blocks: dict[int, list[tuple[int, tuple[int, ...]]]] = {0: []}
    for j, f in enumerate(functions_at(model, [1] * model.parameters, True)):
        for e in f:
            key = (outputs[j] or 0) - sum(b * k for b, k in zip(weights[1], e))
            blocks.setdefault(key, []).append((j, e))
    values = [functions_at(model, w) for w in random_parameters(model, seed, count)]
    degree, work = model.bound(1, 0, lambda c: 0), Work()
    linear, affine, is_proved, error = 0, 0, True, Fraction(0)
    for key, places in blocks.items():
        rows = [[f[j].get(e, fmpq(0)) for j, e in places] for f in values]
        work.spend(count * len(places) * min(count, len(places)))
        found = int(fmpq_mat(rows).rank()) if places else 0
        linear += found
        size = len(places)
        if key == 0:
            found = int(fmpq_mat([[*row, fmpq(1)] for row in rows]).rank())
            size, affine = size + 1, found - linear
        if found < size:
            is_proved = False
            error += Fraction((found + 1) * degree, 2**30) if found < count else 1
    return [linear, linear + affine - 1], is_proved, error


def check_span(model: Model, value: Any, evidence: Any, status: str, stated_error: Any = None
               ) -> Checked:
    """Verify the dimensions of the linear span and of the affine span of M."""
    stated = integers(value, 0, 10**9, "dimension", 2)
    if "weights" not in evidence:
        require(status == "proved" and stated == list(span_dimensions(model)),
                "The dimensions of the spans are not those.")
        return ["ranks of the coordinates' coefficients"], []
    weights, seed, count = fields(evidence, "weights", "seed", "points")
    parameters, inputs = items(weights, "weights", 2)
    found, is_proved, error = span_by_values(
        model, [integers(parameters, -(10**30), 10**30, "weight", model.parameters),
                integers(inputs, -(10**30), 10**30, "weight", model.inputs)],
        integer(seed, 0, 2**64 - 1, "seed"), integer(count, 1, MOST_POINTS, "number of points"))
    require(stated == found and (is_proved or status == "monte_carlo"),
            "The dimensions of the spans are not those.")
    verified = ["coordinates are sorted by weights", "ranks of their values at points"]
    if status == "proved":
        return [*verified, "no others occur"], []
    require(isinstance(stated_error, float) and error <= stated_error <= 1,
            "The error bound stated is smaller than the points give.")
    return verified, [RANDOM]


def check_minimal_degree(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify whether M is of minimal degree."""
    from neuroalg_sage.certificates.equations.degree import check_degree

    d, of_dimension, e, of_degree = fields(evidence, "dimension", "dimension_evidence", "degree",
                                           "degree_evidence")
    verified, trust = check_dimension(model, d, of_dimension, "proved")
    spans = evidence["span"] if "span" in evidence else list(span_dimensions(model))
    if "span" in evidence:
        verified += check_span(model, spans, member(evidence, "span_evidence"), "proved")[0]
    more, believed = check_degree(model, integer(e, 1, 10**300, "degree"), of_degree)
    require(value is (spans[1] == d + e - 1), "The claim about the minimal degree is false.")
    return [*verified, *more], [
        *trust, *(name for name in believed if name not in trust)]
