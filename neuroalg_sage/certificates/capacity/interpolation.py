"""
How many functions of M have the values of a generic one at as few inputs as are necessary.

Let d = dim M, c the number of outputs, k the least number with k c ≥ d, and M over the complex
numbers.  For inputs x_1, ..., x_k let G_x(w) be the first d of the numbers f_w(x_1), ..., f_w(x_k):
all of them if k c = d, else only some outputs at x_k.  Where the rank of its differential is d
somewhere, let N be the number of functions of the closure of M with the same numbers as a generic
f, for generic x; else, as for the matrices of rank 1 with three rows and three columns at two
inputs, there are infinitely many, and nothing is claimed.  Evaluations at inputs are not
generic linear forms, so N may be less than the degree.

*From below.*  Let p be a prime, x_1, ..., x_k inputs modulo p, and w_1, ..., w_L parameters modulo
p with the same G_x(w_i) = y, whose functions are different, and at which the differential of G_x
has the rank d.  Then L ≤ N.

*Proof.*  Over the p-adic integers, to all x' and y' that reduce to x and y there are parameters
w_i' with G_x'(w_i') = y', by Hensel's lemma, whose functions are different, since their reductions
are.  These (x', y') are dense in the space of all, in the topology of Zariski.  And for (x', y')
outside of a proper closed subset there are N functions of the closure of M with the values y' at
x': there the evaluation, which is dominant by the rank of its differential, has finite fibers of
constant size, and f is in one of them where it is generic.

*From above.*  N is at most the degree of the closure of M: fibers of the evaluation are its
intersections with affine spaces of codimension d, and are finite (Bezout).

*Consequence.*  A generic function of M is told by its values at k + 1 generic inputs from all
others in the closure of M: at k of them only finitely many others agree with it, and a further
generic input is no common zero of the outputs of a difference that is not zero.  If N = 1, k inputs
are enough.  If k c = d and N > 1, they are not.  Fewer are not, by Lemma 1 of ``samples``; and as
many as an output has coordinates are, by Lemma 3 there.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.dimension.ranks import jacobian, rank
from neuroalg_sage.certificates.equations.degree import check_degree
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    integers,
    items,
    member,
    prime,
    require,
    residue,
)

MOST_FUNCTIONS = 1_000


def values_modulo(model: Model, parameters: list[int], x: list[int], p: int) -> list[int]:
    """The outputs modulo a prime."""
    return list(model.fold(parameters, x, lambda c: residue(c, p), lambda a, b: (a + b) % p,
                           lambda a, b: a * b % p))


def functions_through_one(model: Model, d: int, inputs: list[list[int]], points: list[list[int]],
                          p: int) -> int:
    """How many different functions the lemma shows to have the same values."""
    images, values = set(), []
    for w in points:
        values.append([y for x in inputs for y in values_modulo(model, w, x, p)][:d])
        require(values[-1] == values[0], "Two functions have different values.")
        require(rank(jacobian(model, w, inputs, p)[:d], model.parameters, p) == d,
                "The values at inputs are not independent at a function.")
        images.add(tuple(residue(f(*w), p) for f in model.parametrization))
    return len(images)


def check_interpolating_functions(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """Verify the number k of inputs, and bounds for the number of functions."""
    count, least, most = integers(value, 1, 10**300, "number", 3)
    d, of_dimension, of_degree = fields(evidence, "dimension", "dimension_evidence",
                                        "degree_evidence")
    verified, trust = check_dimension(model, d, of_dimension)
    require(0 <= count * model.outputs - d < model.outputs, "The number of inputs is another one.")
    p = prime(member(evidence, "prime"))
    inputs = [integers(x, 0, p - 1, "input", model.inputs)
              for x in items(member(evidence, "inputs"), "inputs", count)]
    points = [integers(w, 0, p - 1, "parameter", model.parameters)
              for w in items(member(evidence, "points"), "points")]
    integer(len(points), 1, MOST_FUNCTIONS, "number of functions")
    require(functions_through_one(model, d, inputs, points, p) == len(points) >= least,
            "So many functions are not shown to have the same values.")
    more, believed = check_degree(model, most, of_degree)
    require((status == "proved") == (least == most), "Bounds that meet are a value, others not.")
    return [*verified, f"functions ({len(points)}) with the same values", *more], [
        *trust, *(name for name in believed if name not in trust)]
