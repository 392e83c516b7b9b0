"""
Linear maps of the inputs that leave the function of a point unchanged.
"""

from __future__ import annotations

import itertools
from math import factorial
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.points.first_order import first_order, number
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    items,
    member,
    prime,
    rational,
    require,
    residue,
)

MOST_SIGNED_PERMUTATIONS = 4_000
"""Over so many only those that move at most two inputs are tried."""


def function(point: Point) -> list[fmpq_mpoly]:
    """The outputs as polynomials in the inputs."""
    return [f for f, _ in first_order(point, [])]


def candidates(inputs: int) -> tuple[bool, list[list[int]]]:
    """
    Whether these are all signed permutations, and all, or else those that change one sign, or
    exchange two inputs, perhaps with signs.

    A list has for each input ±(k + 1): it becomes ±x_k.
    """
    identity = list(range(1, inputs + 1))
    if inputs <= 10 and 2**inputs * factorial(inputs) <= MOST_SIGNED_PERMUTATIONS:
        return True, [[s * k for s, k in zip(signs, images)]
                      for images in itertools.permutations(identity)
                      for signs in itertools.product((1, -1), repeat=inputs)
                      if [s * k for s, k in zip(signs, images)] != identity]
    found = []
    for i in range(inputs):
        found.append([*identity[:i], -identity[i], *identity[i + 1:]])
        for j, sign in itertools.product(range(i + 1, inputs), (1, -1)):
            exchanged = list(identity)
            exchanged[i], exchanged[j] = sign * identity[j], sign * identity[i]
            found.append(exchanged)
    return False, found


def is_unchanged(terms: list[dict[tuple[int, ...], Any]], images: list[int]) -> bool:
    """Whether polynomials, by their terms, are unchanged by a signed permutation."""
    for f in terms:
        for e, c in f.items():
            moved = [0] * len(images)
            sign = 1
            for image, k in zip(images, e):
                moved[abs(image) - 1] = k
                sign *= -1 if image < 0 and k % 2 else 1
            if f.get(tuple(moved)) != sign * c:
                return False
    return True


def unchanged_signed_permutations(outputs: list[fmpq_mpoly]) -> tuple[bool, list[list[int]]]:
    """Those of :func:`candidates` that leave the outputs unchanged."""
    terms = [dict(zip(exponent_vectors(f), f.coeffs())) for f in outputs]
    complete, tried = candidates(outputs[0].context().nvars())
    return complete, [images for images in tried if is_unchanged(terms, images)]


def products(outputs: list[fmpq_mpoly]) -> list[dict[tuple[int, tuple[int, ...]], Any]]:
    """
    For each pair (i, j) the coefficients of x_j ∂f/∂x_i, by output and monomial: the derivative of
    f(x + t A x) at t = 0, for the matrix A with a single 1 in row i and column j.
    """
    gens = outputs[0].context().gens()
    found = []
    for i, j in itertools.product(range(len(gens)), repeat=2):
        found.append({(k, e): c for k, f in enumerate(outputs)
                      for g in [f.derivative(i) * gens[j]]
                      for e, c in zip(exponent_vectors(g), g.coeffs())})
    return found


def check_input_symmetries(point: Point, claimed: Any, evidence: Any) -> Checked:
    """
    Verify the Lie algebra of all matrices A with Df_w(x) A x = 0, and the signed permutations P
    with f_w(P x) = f_w(x).

    f_w is unchanged by exp(t A) for all t if and only if A is in that algebra.  Of the algebra a
    basis is claimed: its matrices, as rows, satisfy the condition; they are independent modulo a
    prime, and so is the number of equations, which with them makes the square of that of the
    inputs.  The signed permutations are all that are tried, see :func:`candidates`.
    """
    outputs, m = function(point), point.model.inputs
    terms = products(outputs)
    p = prime(member(evidence, "prime"))
    basis = []
    for data in items(member(claimed, "algebra"), "algebra"):
        entries = [rational(c) for row in items(data, "matrix", m)
                   for c in items(row, "row", m)]
        total: dict[Any, Any] = {}
        for c, product in zip(entries, terms):
            for key, d in product.items() if c else ():
                total[key] = total.get(key, 0) + number(c) * d
        require(not any(total.values()), "A matrix changes the function.")
        basis.append(entries)
    require(rank([[residue(c, p) for c in entries] for entries in basis], m * m, p) == len(basis),
            "The matrices are not shown to be independent.")
    keys = sorted({key for product in terms for key in product})
    equations = rank([[residue(product[key], p) if key in product else 0 for product in terms]
                      for key in keys], m * m, p)
    require(equations + len(basis) == m * m, "There may be other matrices.")
    complete, found = unchanged_signed_permutations(outputs)
    require(claimed.get("signed_permutations") == found
            and claimed.get("all_signed_permutations") is complete and len(claimed) == 3
            and all(type(k) is int for images in claimed["signed_permutations"] for k in images),
            "The signed permutations claimed are not those found.")
    return [f"a Lie algebra of dimension {len(basis)} leaves the function unchanged, and no larger "
            "one", f"so do signed permutations ({len(found)})"], []
