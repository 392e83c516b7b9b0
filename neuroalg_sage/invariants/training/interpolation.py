"""
Interpolation: how many functions of a model have given values at generic inputs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors, residue
from neuroalg_sage.certificates.training.charts import Chart, permuted
from neuroalg_sage.certificates.training.strata import cover
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.real_solutions import number_of_solutions
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.dimension.dimension import dimension, jacobian_at
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sage_input import takes_numbers_of_sage
from neuroalg_sage.models.sources import load_model
from neuroalg_sage.storable import storable


@storable()
@dataclass(frozen=True)
class Interpolation:
    """
    The functions of M, over the complex numbers, with generic values at generic inputs.

    - ``kind`` -- ``"empty"``, ``"finite"`` or ``"positive-dimensional"``
    - ``dimension`` -- of the set of these functions; -1 if there is none
    - ``count`` -- how many they are, if finitely many and known
    - ``status`` -- of the kind: ``proved``, or ``numerical`` where it rests on one random point
    - ``count_status`` -- of the count: ``proved``, ``numerical`` if found modulo a random
      prime, or ``not computed``
    """

    kind: str
    dimension: int
    count: int | None
    status: str
    count_status: str

    def __str__(self) -> str:
        if self.kind == "empty":
            return f"no function [{self.status}]"
        if self.kind == "finite":
            number = "finitely many" if self.count is None else str(self.count)
            return f"{number} function{'s' * (self.count != 1)} [{self.count_status}]"
        return f"functions of dimension {self.dimension} [{self.status}]"


@takes_numbers_of_sage
def interpolation(model: Model | str, points: int, seed: int | None = None,
                  timeout: float | None = None) -> Interpolation:
    """
    How many functions of a model have generic values at so many generic inputs.

    Let e: M → A^(k m) be the values of k outputs at m inputs.  If the differential of
    w ↦ e(φ(w)) has rank k m somewhere, even modulo a prime, then e is dominant, and its generic
    fibers have dimension dim M - k m.  If they are finite, the points of one are counted modulo
    a prime, in a chart that is dense in M, and divided by the number of parameters in the chart
    of one function.

    INPUT:

    - ``model`` -- a model, or its spec
    - ``points`` -- the number m of inputs
    - ``seed`` -- of the random choices
    - ``timeout`` -- seconds for a count

    OUTPUT: :class:`Interpolation`

    EXAMPLES::

        >>> print(interpolation("mlp:2,2,1:x^2", 2, seed=1))
        functions of dimension 1 [proved]
        >>> print(interpolation("mlp:2,2,1:x^2", 3, seed=1))
        1 function [proved]
        >>> print(interpolation("mlp:2,2,1:x^2", 4, seed=1))
        no function [proved]
        >>> print(interpolation("mlp:2,1,1:x^3", 2, seed=1))
        3 functions [numerical]
    """
    if points < 1:
        raise InputError(f"The number of inputs is at least 1, not {points}.")
    model = load_model(model)
    generator = random.Random(seed)
    found = dimension(model, seed)
    conditions = points * model.output_count
    prime = modular.random_prime(generator, 2**30)
    inputs = np.array([[generator.randrange(prime) for _ in range(model.input_count)]
                       for _ in range(points)], dtype=np.int64)
    w = [generator.randrange(prime) for _ in range(model.parameter_count)]
    rank = modular.rank(jacobian_at(model, w, inputs, prime), prime)
    if rank < conditions:
        surely = found.status == "proved" and conditions > found.data
        return Interpolation("empty", -1, None, "proved" if surely else "numerical", "proved")
    status = "proved" if found.status == "proved" else "numerical"
    if found.data > conditions:
        return Interpolation("positive-dimensional", found.data - conditions, None, status,
                             "not computed")
    if found.data == model.ambient_dimension:
        # The functions of M are dense in V, where the conditions are linear and independent.
        return Interpolation("finite", 0, 1, status, status)
    count = _count(model, inputs, prime, generator, timeout)
    return Interpolation("finite", 0, count, status,
                         "not computed" if count is None else "numerical")


def _count(model: Model, inputs: np.ndarray, prime: int, generator: random.Random,
           timeout: float | None) -> int | None:
    """Points of a generic fiber of e, over those of a generic fiber of a dense chart."""
    rebuilt = RebuiltModel(model.describe())
    try:
        known = cover(rebuilt)
        chart = known.charts[0]
        copies = len(permuted(chart, [0] * chart.size))
    except CertificateError:
        return None
    coordinates = list(model.coordinates())
    rows = []
    for x in inputs.tolist():
        powers = [[pow(v, e, prime) for e in range(model.input_degree + 1)] for v in x]
        for output in range(model.output_count):
            row = []
            for j, exponents in coordinates:
                term = int(j == output)
                for v, e in zip(powers, exponents):
                    term = term * v[e] % prime
                row.append(term)
            rows.append(row)
    n = len(coordinates)
    functions = _solutions(chart, rows, prime, generator, timeout)
    identity = [[int(i == j) for j in range(n)] for i in range(n)]
    fiber = _solutions(chart, identity, prime, generator, timeout)
    if not functions or not fiber or functions % fiber or functions % copies:
        return None
    return functions // fiber


def _solutions(chart: Chart, rows: list[list[int]], prime: int, generator: random.Random,
               timeout: float | None) -> int | None:
    """The points of a chart with the same values of linear forms on V as a random one."""
    maps = [{e: residue(c, prime) for e, c in zip(exponent_vectors(f), f.coeffs())}
            for f in chart.coordinates]
    point = [generator.randrange(prime) for _ in range(chart.size)]
    system: list[dict[tuple[int, ...], Fraction]] = []
    for row in rows:
        terms: dict[tuple[int, ...], int] = {}
        for a, coordinate in zip(row, maps):
            for e, c in coordinate.items():
                terms[*e, 0] = (terms.get((*e, 0), 0) + a * c) % prime
        value = sum(c * _value(e, point, prime) for e, c in terms.items()) % prime
        constant = (0,) * (chart.size + 1)
        terms[constant] = (terms.get(constant, 0) - value) % prime
        system.append({e: Fraction(c) for e, c in terms.items() if c})
    product = chart.ring.constant(-1)
    for f in chart.positive:
        product *= f
    away: dict[tuple[int, ...], Any] = {
        (*e, 1): Fraction(residue(c, prime))
        for e, c in zip(exponent_vectors(product), product.coeffs())}
    system.append(away | {(0,) * (chart.size + 1): Fraction(1)})
    return number_of_solutions([f for f in system if f], chart.size + 1, prime, timeout,
                               generator.randrange(2**31))


def _value(exponents: tuple[int, ...], point: list[int], prime: int) -> int:
    total = 1
    for x, e in zip(point, exponents):
        total = total * pow(x, e, prime) % prime
    return total
