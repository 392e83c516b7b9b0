"""
The ED degree of a decision boundary {x : f_w(x) = 0}, for generic parameters w.

Here f_w is an output of the model, or the difference of two, and the distance is the Euclidean one
of inputs.  The ED degree is the number of complex critical points of the distance from a generic
input u, on the smooth points of the boundary as a reduced hypersurface.

Let g be a polynomial in w and x such that g divides f, and f a power of g.  Where the points x of
{g_w = 0} with ∇g_w(x) ≠ 0 are dense, these are the smooth points with which one counts; all of
them are smooth points of the hypersurface {f_w = 0} for generic w, so none is counted wrongly.

**At least K.**  The critical points are the x, with a unique multiplier λ, of

    g_w(x) = 0,    x - u = λ ∇g_w(x),    ∇g_w(x) ≠ 0.

Modulo a prime p the evidence gives w, u and points (x, λ) of an algebra GF(p)[t] / q, q
squarefree, at which the equations hold and the Jacobian matrix, with the rows
(1 - λ D^2 g_w, -∇g_w) and (∇g_w^T, 0), is invertible, so that ∇g_w ≠ 0; and a linear form takes K
different values.  By Hensel's lemma they lift to simple solutions over an unramified extension of
the p-adic integers.  Embedded into C, these move continuously with w and u; so there are K for
generic w and u.

**At most K.**  Let D be the degree of g_w, a polynomial in k linear forms (with a bias, affine
ones) in the inputs.  On lines on which these are constant so is g_w; the critical points are those
in an affine space of dimension k, the orthogonal complement, with the Euclidean distance there.
Simple solutions of the equations move continuously with g, too; so there are at most as many as for
a general polynomial of degree D in k variables, or for a general form if g_w is one and D > 1.
These are D Σ_(i<k) (D - 1)^i, and D Σ_(i<k-1) (D - 1)^i for k > 1 (Draisma, Horobeț, Ottaviani,
Sturmfels, Thomas 2016, Proposition 2.6 and its projective version).
"""

from __future__ import annotations

from typing import Any

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.distance.algebra import MOST_POINTS, Algebra
from neuroalg_sage.certificates.distance.polar_sum import SUM as DRAISMA
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial,
    polynomial_ring,
    prime,
    require,
)

MOST_POWERS = 1000


def largest_number(degree: int, variables: int, is_form: bool) -> int:
    """The ED degree of a general hypersurface, or of a general cone."""
    terms = variables - 1 if is_form and degree > 1 and variables > 1 else variables
    return degree * sum((degree - 1) ** i for i in range(terms))


def linear_forms(description: Any, inputs: int) -> int:
    """Of how many affine-linear functions of the inputs a model is a function, at most."""
    first = description["layers"][0]
    return min(inputs, first["outputs"]) if first["kind"] == "dense" else inputs


def boundary(model: Model, outputs: list[int], ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    """The polynomial f in the parameters and the inputs."""
    signs = dict(zip(outputs, (1, -1)))
    terms: dict[tuple[int, ...], Any] = {}
    for (output, exponents), f in zip(model.coordinates, model.parametrization):
        if output in signs:
            for e, c in f.to_dict().items():
                place = (*map(int, e), *exponents)
                terms[place] = terms.get(place, 0) + signs[output] * c
    return ring.from_dict({e: c for e, c in terms.items() if c})


def _reduced(model: Model, value: Any, evidence: Any) -> tuple[fmpq_mpoly, int, int]:
    """The polynomial g, the claimed number, and how many parameters there are."""
    outputs, number = items(value, "claim", 2)
    outputs = integers(outputs, 0, model.outputs - 1, "output")
    require(len(outputs) in (1, 2) and len(set(outputs)) == len(outputs),
            "A boundary is that of one output, or of two.")
    ring = polynomial_ring(model.parameters + model.inputs, Ordering.lex)
    f = boundary(model, outputs, ring)
    require(f, "The function is zero.")
    g = f
    if "factor" in evidence:
        g = polynomial(evidence["factor"], ring)
        require(g, "A factor is zero.")
        cofactor, remainder = divmod(f, g)
        require(not remainder, "A factor does not divide the function.")
        for _ in range(MOST_POWERS):
            # f divides a power of g if its cofactor does.
            common = cofactor.gcd(g)
            if common.is_constant():
                break
            cofactor = cofactor / common
        require(all(not any(e[model.parameters:]) for e in exponent_vectors(cofactor)),
                "A factor of the function is left out.")
    return g, integer(number, 0, MOST_POINTS, "number"), model.parameters


def check_at_least(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim [outputs, K] that the ED degree is at least K."""
    g, number, count = _reduced(model, value, evidence)
    p, parameters, target, weights, polynomial_, coordinates, multiplier = fields(
        evidence, "prime", "parameters", "target", "weights", "polynomial", "coordinates",
        "multiplier")
    p, n = prime(p), model.inputs
    target = integers(target, 0, p - 1, "target", n)
    weights = integers(weights, 0, p - 1, "linear form", n)
    fixed = [[c] for c in integers(parameters, 0, p - 1, "parameter", count)]
    algebra = Algebra(p, polynomial_, [*fixed, *items(coordinates, "coordinates", n)])
    x = [algebra.powers[count + i][1] for i in range(n)]
    factor = algebra.element(multiplier, algebra.q.degree())
    first = [g.derivative(count + i) for i in range(n)]
    slopes = [algebra.value(f) for f in first]
    require(not algebra.value(g) % algebra.q, "The points are not on the boundary.")
    require(not any((c - u - factor * s) % algebra.q for c, u, s in zip(x, target, slopes)),
            "The points are not critical.")
    rows = [[algebra.constant(int(i == j)) - factor * algebra.value(f.derivative(count + j))
             % algebra.q for j in range(n)] + [-slopes[i]] for i, f in enumerate(first)]
    require(algebra.is_unit([*rows, [*slopes, algebra.constant(0)]]), "The points are not simple.")
    require(algebra.number_of_values(algebra.sum(c * v for c, v in zip(weights, x))) >= number,
            "The points are fewer than claimed.")
    return [f"{algebra.q.degree()} critical points modulo {p} are simple"], []


def check_degree(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim [outputs, K] that the ED degree is K."""
    g, number, count = _reduced(model, value, evidence)
    degrees = {sum(e[count:]) for e in exponent_vectors(g)}
    require(number == largest_number(max(degrees), linear_forms(model.description, model.inputs),
                                     len(degrees) == 1), "The bound is not as claimed.")
    if max(degrees) == 0:
        return ["the boundary is empty"], []
    verified, _ = check_at_least(model, value, member(evidence, "points") | (
        {"factor": evidence["factor"]} if "factor" in evidence else {}))
    return [*verified, f"it is a hypersurface of degree {max(degrees)}"], [DRAISMA]
