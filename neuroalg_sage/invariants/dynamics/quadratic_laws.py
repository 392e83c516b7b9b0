"""
Quadratic conservation laws of gradient flow from linear symmetries, however large the model is.

If w ↦ S w is in the kernel of Dφ and S is symmetric, then w^T S w is a law, since its gradient
is 2 S w.  No φ is expanded: a symmetry is verified layer by layer, and the rank of Dφ at a
point bounds the number of laws, since no more than N - rank gradients are orthogonal to the
rows of Dφ.  Of a smaller model the Lie algebra that these generate bounds it better, see
:mod:`~neuroalg_sage.invariants.dynamics.lie_algebra`.  Where as many of these laws are
independent, all others are functions of them.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.dimension import jacobian_at
from neuroalg_sage.invariants.dimension.known_symmetries import encode_symmetries
from neuroalg_sage.invariants.dynamics.conservation_law import (
    ConservationLaw,
    ConservationLaws,
    NumberOfLaws,
    primitive,
)
from neuroalg_sage.invariants.dynamics.lie_algebra import BracketsOfGradients
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.layers import Chain
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import kernel
from neuroalg_sage.models.symmetry import LinearSymmetry, specialize

MOST_SYMMETRIES = 3_000
MOST_PARAMETERS = 100  # of a model for which brackets are tried


def gradient_symmetries(model: Model) -> list[LinearSymmetry]:
    """
    A basis of the linear symmetries with symmetric matrices: halves of gradients of laws.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> len(gradient_symmetries(parse_spec("linear:3,2,3")))
        3
    """
    symmetries = model.symmetries
    if len(symmetries) > MOST_SYMMETRIES:
        raise LimitReached(f"There are {len(symmetries):,} linear symmetries, over the limit of "
                           f"{MOST_SYMMETRIES:,}.")
    conditions: dict[tuple[int, int], dict[int, Fraction]] = {}
    for k, symmetry in enumerate(symmetries):
        for (i, j), c in symmetry.parameters.items():
            if i != j:
                row = conditions.setdefault((min(i, j), max(i, j)), {})
                row[k] = row.get(k, Fraction(0)) + (c if i < j else -c)
    rows = {tuple(sorted((k, c) for k, c in row.items() if c)) for row in conditions.values()}

    def combined(solution: dict[int, Fraction]) -> LinearSymmetry:
        own = {k: symmetries[k] for k in solution}
        return LinearSymmetry(
            specialize({k: s.parameters for k, s in own.items()}, solution),
            tuple(specialize(dict(zip(own, states)), solution)
                  for states in zip(*(s.states for s in own.values()))))

    return list(map(combined, kernel(map(dict, sorted(rows - {()})), len(symmetries))))


def number_from_symmetries(model: Model, dimension: Invariant) -> Invariant:
    """
    Bounds for the number of laws of gradient flow from symmetries and the rank of Dφ.

    INPUT:

    - ``model`` -- a model, however large
    - ``dimension`` -- the dimension of its neurovariety

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:6,8,8,6:x^2")
        >>> number_from_symmetries(model, dimension(model))
        16 (proved)

    Where M is a curve, all fields are multiples of one, along whose curves parameters move. ::

        >>> heads = parse_spec("attention:d=1,a=1,out=1,t=2,heads=2")
        >>> number_from_symmetries(heads, dimension(heads))
        5 (proved)
    """
    start = time.perf_counter()
    if dimension.data == 1 and dimension.status == "proved":
        assert dimension.certificate is not None
        number = model.parameter_count - 1
        return NumberOfLaws.certified(
            model, "number_of_conservation_laws", number, "proved",
            "the parameters move along the curves of one field, near a generic point, with laws "
            "that need not be algebraic", time.perf_counter() - start,
            {"curve": dimension.certificate["evidence"]}, dimension.trust)
    symmetries = gradient_symmetries(model)
    evidence, lower, upper = _evidence(model, dimension, symmetries)
    method = "symmetries, and the " + ("Lie algebra at a point modulo a prime" if "brackets"
                                       in evidence else "rank of the Jacobian")
    if lower < upper and (head := _head(model)) is not None:
        place = evidence["brackets" if "brackets" in evidence else "trial"]
        more = _independent(symmetries, place["prime"], place["point"],
                            _gradients_of_laws(head, place["prime"], place["point"]))
        if more > lower:
            evidence["head"], lower = len(model.layers) - len(head.layers), more
            method += ("; the last layers are one function of their parameters, with laws that "
                       "need not be algebraic")
    proved = lower == upper
    return NumberOfLaws.certified(
        model, "number_of_conservation_laws", lower if proved else [lower, upper],
        "proved" if proved else "bounds", method, time.perf_counter() - start, evidence)


def _head(model: Model) -> Model | None:
    """
    The last layers, as many as are B(v) t^d of one unit t and their parameters v; None if none are.

    See :mod:`neuroalg_sage.certificates.dynamics.head`.
    """
    if model.output_count == 1:
        shape = model.input_shape
        for first, layer in enumerate(model.layers):
            if prod(shape) == 1 and Chain(model.layers[first:]).parameter_shapes():
                head = Model(model.layers[first:], shape)
                if len(head.degree_pattern[0]) == 1:
                    return head
            shape = layer.output_shape(shape)
    return None


def _gradients_of_laws(head: Model, prime: int, point: Sequence[int]) -> np.ndarray:
    """A basis of the covectors of the last layers that annihilate ∇B, modulo a prime."""
    before = len(point) - head.parameter_count
    slopes = jacobian_at(head, point[before:], np.ones((1, 1), dtype=np.int64), prime)
    free, kernel = modular.reduced_kernel(slopes, prime)
    rows = np.zeros((len(free), len(point)), dtype=np.int64)
    rows[:, before:] = kernel
    return rows if slopes.any() else rows[:0]


def _evidence(model: Model, dimension: Invariant, symmetries: list[LinearSymmetry]
              ) -> tuple[dict[str, Any], int, int]:
    """What proves the laws; how many are independent at a point, and how many could be."""
    assert dimension.certificate is not None
    trial = dimension.certificate["evidence"]["trials"][0]
    encoded, count = encode_symmetries(symmetries), model.parameter_count
    lower = _independent(symmetries, trial["prime"], trial["point"])
    if lower == count - dimension.data or count > MOST_PARAMETERS:
        return {"trial": trial, "symmetries": encoded}, lower, count - dimension.data
    generator = random.Random(json.dumps(trial["point"]))
    prime = modular.random_prime(generator)
    point = [generator.randrange(1, prime) for _ in range(count)]
    functions = [(j % model.output_count, [generator.randrange(1, prime)
                                           for _ in range(model.input_count)])
                 for j in range(dimension.data)]
    brackets = BracketsOfGradients(model, prime, point, functions)
    lower = _independent(symmetries, prime, point)
    upper = count - brackets.extend(count - lower)
    return {"symmetries": encoded, "brackets": {
        "prime": prime, "point": point, "functions": [[j, x] for j, x in functions],
        "words": brackets.words}}, lower, upper


def _independent(symmetries: list[LinearSymmetry], prime: int, point: Sequence[int],
                 others: np.ndarray | None = None) -> int:
    """How many gradients of the laws, and others, are independent at a point modulo a prime."""
    rows = np.zeros((len(symmetries), len(point)), dtype=np.int64)
    for row, symmetry in zip(rows, symmetries):
        for (i, j), c in symmetry.parameters.items():
            row[i] = (row[i] + c.numerator * pow(c.denominator, -1, prime) * point[j]) % prime
    return modular.rank(rows if others is None else np.concatenate([rows, others]), prime)


class QuadraticLaws(ConservationLaws):
    """Quadratic laws of gradient flow, which may not be all."""

    def sentence(self) -> str:
        low, high, _ = self._claim()
        laws = self._count("law")
        return (f"{laws}; all others are functions of these" if low == high else
                f"{laws}, {low} of them independent; there may be others, at most {high} "
                "independent ones")

    def condition(self) -> str:
        return ""

    @property
    def degree(self) -> int:
        return 2

    def which_they_are(self) -> str:
        return ("these are the quadratic ones that linear symmetries give, since the model is too "
                "large for all")


def quadratic_laws(model: Model, dimension: Invariant) -> QuadraticLaws:
    """
    The quadratic laws of gradient flow that linear symmetries give.

    INPUT:

    - ``model`` -- a model, however large
    - ``dimension`` -- the dimension of its neurovariety

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a list of
    :class:`~neuroalg_sage.invariants.dynamics.conservation_law.ConservationLaw`.  That they are
    conserved is proved, and how many are independent; its ``method`` says whether these are all
    laws there are, up to functions of them

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:30,20,40:x^2")
        >>> laws = quadratic_laws(model, dimension(model))
        >>> len(laws), laws.status, laws.method
        (20, 'proved', 'linear symmetries; all laws are functions of these')
    """
    start = time.perf_counter()
    symmetries, laws = [], []
    for symmetry in gradient_symmetries(model):
        form: Polynomial = {}
        for (i, j), c in symmetry.parameters.items():
            exponents = [0] * model.parameter_count
            exponents[i] += 1
            exponents[j] += 1
            form[tuple(exponents)] = form.get(tuple(exponents), Fraction(0)) + c
        laws.append(ConservationLaw(primitive(form), model.parameter_names))
        largest = max(form)
        scale = laws[-1].polynomial[largest] / form[largest]
        symmetries.append(LinearSymmetry(*(
            {key: c * scale for key, c in symmetry.parameters.items()},
            tuple({key: c * scale for key, c in s.items()} for s in symmetry.states))))
    evidence, lower, upper = _evidence(model, dimension, symmetries)
    note = ("all laws are functions of these" if lower == upper else
            f"{lower} are independent, and there are at most {upper}")
    return QuadraticLaws.certified(
        model, "quadratic_conservation_laws", laws, "proved", f"linear symmetries; {note}",
        time.perf_counter() - start, evidence,
        claim=[lower, upper, [encode_polynomial(h.polynomial) for h in laws]])
