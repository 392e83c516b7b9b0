"""
Generic fibers of models that are sums, each summand with parameters of its own.
"""

from __future__ import annotations

from math import factorial, prod
from typing import Any

from neuroalg_sage.certificates.dimension.generic_fiber import check_generic_fiber
from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.dimension.sums_in_one_way import functionals
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integers,
    items,
    member,
    require,
    residue,
)
from neuroalg_sage.certificates.work import Work


def summand(model: Model, own: list[int]) -> Model:
    """The part of a model that has only these of its parameters, with all outputs."""
    outputs: list[list[Any]] = [[] for _ in range(model.outputs)]
    others = [i for i in range(model.parameters) if i not in own]
    for (output, monomial), coordinate in zip(model.coordinates, model.parametrization):
        for e in exponent_vectors(coordinate):
            if any(e) and not any(e[i] for i in others):
                outputs[output].append([[*(e[i] for i in own), *monomial], str(coordinate[e])])
    require(any(outputs), "A summand has no terms.")
    layer = {"kind": "polynomial", "parameters": [f"w{k}" for k in range(len(own))],
             "inputs": [f"x{k}" for k in range(model.inputs)],
             "outputs": [*map(sorted, outputs)]}
    return Model({"input_shape": [model.inputs], "layers": [layer]})


def check_summands(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify [dimension, points, symmetries] of the generic fiber of a sum.

    Let the terms of φ that are not constant have parameters of one of k parts only, so that φ is,
    up to a constant vector, Σ_i φ_1(w_i) with the parameters w_i of part i: all parts have the same
    terms, in the order of their parameters.  Let X be the closure of the image of φ_1, of the
    dimension e = q - s ≥ 2 with q parameters and generic fibers of the dimension s.  If for some
    weights of the parameters all terms of φ_1 have the same one, not zero, then X is a cone.

    By the theorem of :mod:`neuroalg_sage.certificates.dimension.sums_in_one_way` a generic function
    has one set of summands in X, if dim M is k e and if for generic parameters the points of X
    whose tangent spaces are in T are near φ_1(w_1) the line of it.  For the first it is enough that
    Dφ has this rank at a point modulo a prime.  Then the functionals λ with λ Dφ = 0 there are
    residues of generic ones.  The derivatives of λ ∘ φ_1 vanish at all parameters whose summand has
    its tangent space in T; their Jacobian H is the Hessian.  So near w_1 these parameters have at
    most the dimension q - rank H, and s + 1 dimensions of them belong to the line.  It is all of
    them, if H has the rank e - 1 at the point.

    So the generic fiber consists of the fibers of the summands, in all k! orders of the parts.
    """
    p, point = place(model, member(evidence, "trial"))
    parts = [integers(part, 0, model.parameters - 1, "parameter")
             for part in items(member(evidence, "parts"), "parts")]
    require(len(parts) > 1 and sorted(sum(parts, [])) == [*range(model.parameters)],
            "A parameter is in no summand, or in two.")
    for coordinate in model.parametrization:
        for e in exponent_vectors(coordinate):
            require(sum(any(e[i] for i in part) for part in parts) <= 1,
                    "A term has parameters of two summands.")
    first, *others = [summand(model, part) for part in parts]
    require(all(other.description == first.description for other in others),
            "The summands are not alike.")
    # Certificates of before have it at the key at which that of the whole sum may stand.
    fiber, weights, proof = fields(
        evidence, "summand" if "summand" in evidence else "fiber", "weights", "evidence")
    verified, trust = check_generic_fiber(first, fiber, proof)
    sizes = {sum(map(int.__mul__, integers(weights, -10**6, 10**6, "weight", first.parameters), e))
             for coordinate in first.parametrization for e in exponent_vectors(coordinate)}
    require(len(sizes) == 1 and 0 not in sizes, "The functions of a part are no cone.")
    dimension = first.parameters - fiber[0]
    require(dimension >= 2, "A summand has no direction but that of its line.")

    images = [{tuple(map(int, e)): residue(c, p) for e, c in f.to_dict().items()}
              for f in model.parametrization]
    slopes = [[_derivative(f, i, p) for i in range(model.parameters)] for f in images]
    rows = [[_value(f, point, p) for f in row] for row in slopes]
    require(rank(rows, model.parameters, p) == len(parts) * dimension,
            "The sum of the tangent spaces is not as large as it can be.")
    vanishing = functionals(rows, p)
    Work().spend(len(vanishing) * len(slopes) * first.parameters ** 2)
    second = [[[_value(_derivative(row[i], j, p), point, p) for j in parts[0]] for i in parts[0]]
              for row in slopes]
    hessians = [[sum(c * table[i][j] for c, table in zip(functional, second)) % p
                 for j in range(first.parameters)]
                for functional in vanishing for i in range(first.parameters)]
    require(rank(hessians, first.parameters, p) == dimension - 1,
            "The contact locus may be larger than points.")
    k = len(parts)
    require(integers(value, 0, 10**4000, "number of a generic fiber", 3) == [
        k * fiber[0], factorial(k) * fiber[1] ** k, factorial(k) * fiber[2] ** k],
            "The numbers of the fiber are not those of its summands.")
    return ["a contact locus for one set of summands", *verified], trust


def _derivative(f: dict[tuple[int, ...], int], i: int, p: int) -> dict[tuple[int, ...], int]:
    return {(*e[:i], e[i] - 1, *e[i + 1 :]): c * e[i] % p for e, c in f.items() if e[i]}


def _value(f: dict[tuple[int, ...], int], w: list[int], p: int) -> int:
    return sum(c * prod(pow(x, k, p) for x, k in zip(w, e) if k) for e, c in f.items()) % p
