"""
The linear maps of the inputs that leave the function at given weights unchanged.
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.points.inputs import (
    function,
    products,
    unchanged_signed_permutations,
)
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.points.point import AtPoint, Place
from neuroalg_sage.models.rational import fraction, kernel

MOST_INPUTS = 20
SHOWN = 6


class InputSymmetries(AtPoint):
    """A basis of the Lie algebra, and the signed permutations."""

    def sentence(self) -> str:
        algebra, permutations = self.data["algebra"], self.data["signed_permutations"]
        which = "" if self.data["all_signed_permutations"] else " of at most two inputs"
        return (("no one-parameter group of linear maps" if not algebra else
                 "a Lie algebra of matrices of dimension " + str(len(algebra)))
                + f" and {len(permutations) or 'no'} signed permutation"
                + "s" * (len(permutations) != 1) + which + " of the inputs, besides the identity, "
                + ("leave" if len(permutations) != 1 or algebra else "leaves")
                + " the function unchanged")

    def lines(self, spec: str = "SPEC") -> list[str]:
        lines = ["  A = [" + "; ".join(", ".join(row) for row in matrix) + "]"
                 for matrix in self.data["algebra"][:SHOWN]]
        return lines + ["  (" + ", ".join(f"{'-' * (k < 0)}x_{abs(k) - 1}" for k in images) + ")"
                        for images in self.data["signed_permutations"][:SHOWN]]

    def value_in_latex(self) -> str:
        from neuroalg_sage.models.latex import words

        return words(self.sentence())


def input_symmetries(place: Place) -> InputSymmetries:
    """
    All matrices A with Df_w(x) A x = 0, and the signed permutations P with f_w(P x) = f_w(x).

    Raises LimitReached if f_w is too large to be written out.

    EXAMPLES:

    A sum of two squares::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> found = input_symmetries(Place(with_weights(
        ...     parse_spec("mlp:2,2,1:x^2"), [1, 0, 0, 1, 1, 1])))
        >>> found.data["algebra"], len(found.data["signed_permutations"])
        ([[['0', '-1'], ['1', '0']]], 7)
    """
    start = time.perf_counter()
    m = place.model.input_count
    if m > MOST_INPUTS:
        raise LimitReached(f"Linear maps of {m} inputs are not searched, only of up to "
                           f"{MOST_INPUTS}.")
    place.require_small_function("The search for linear maps of the inputs")
    try:
        outputs = function(place.rebuilt)
    except CertificateError as error:
        raise LimitReached(f"The function of {place.model} is not written out: {error}") from None
    terms = products(outputs)
    rows: dict[Any, dict[int, Fraction]] = {}
    for k, product in enumerate(terms):
        for key, c in product.items():
            rows.setdefault(key, {})[k] = fraction(c)
    basis = kernel(rows.values(), m * m)
    complete, permutations = unchanged_signed_permutations(outputs)
    data = {"algebra": [[[decimal(v.get(i * m + j, Fraction(0))) for j in range(m)]
                         for i in range(m)] for v in basis],
            "signed_permutations": permutations, "all_signed_permutations": complete}
    return InputSymmetries.certified(
        place, "input_symmetries", data, "proved", "linear algebra over Q",
        time.perf_counter() - start, {"prime": _prime(rows, basis, m)})


def _prime(rows: dict[Any, dict[int, Fraction]], basis: list[dict[int, Fraction]], m: int) -> int:
    """A prime modulo which the ranks are those over Q."""
    import random

    import numpy as np

    generator = random.Random(0)
    vectors = [[v.get(k, Fraction(0)) for k in range(m * m)]
               for v in [*rows.values(), *basis]]
    while True:
        prime = modular.random_prime(generator, modular.LARGEST_PRIME)
        if any(c.denominator % prime == 0 for row in vectors for c in row):
            continue
        residues = np.array([[c.numerator * pow(c.denominator, -1, prime) % prime for c in row]
                             for row in vectors], dtype=np.int64).reshape(len(vectors), m * m)
        count = len(rows)
        if modular.rank(residues[:count], prime) == m * m - len(basis) and (
                modular.rank(residues[count:], prime) == len(basis)):
            return prime
