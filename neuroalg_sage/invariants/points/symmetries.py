"""
What conservation laws are worth at given weights, and which linear symmetries fix these.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.points.first_order import tangent
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension.known_symmetries import encode_symmetries
from neuroalg_sage.invariants.dynamics.quadratic_laws import gradient_symmetries
from neuroalg_sage.invariants.points.kernel import MOST_SYMMETRIES
from neuroalg_sage.invariants.points.point import AtPoint, Place, encode, pivots
from neuroalg_sage.models.hidden_states import hidden_layers
from neuroalg_sage.models.rational import fraction, kernel, to_flint
from neuroalg_sage.models.symmetry import LinearSymmetry, scale

SHOWN = 12
PRIME = modular.random_prime(random.Random(0))


@dataclass(frozen=True, eq=False, repr=False)
class LawValues(AtPoint):
    """
    The values of quadratic laws of gradient flow, as fractions.

    - ``names`` -- of the laws
    """

    names: list[str] = field(default_factory=list, repr=False)

    @property
    def is_balanced(self) -> bool:
        """Whether all of them vanish."""
        return not any(self.data)

    def sentence(self) -> str:
        if not self.data:
            return "no quadratic law is known"
        largest = max(map(abs, self.data))
        zeros = sum(not c for c in self.data)
        return (f"all {len(self.data)} laws vanish: the weights are balanced" if not largest else
                f"{zeros} of {len(self.data)} laws vanish: the weights are not balanced; the "
                f"largest absolute value is {float(largest):.6g}")

    def lines(self, spec: str = "SPEC") -> list[str]:
        if self.is_balanced:
            return []
        order = sorted(range(len(self.data)), key=lambda k: -abs(self.data[k]))
        lines = [f"  {self.names[k]}: {_short(self.data[k])}" for k in order[:SHOWN]]
        return lines + ([f"  ... and {len(order) - SHOWN} more"] if len(order) > SHOWN else [])

    def value_in_latex(self) -> str:
        from neuroalg_sage.models.latex import words

        return words(self.sentence())

    def plain_value(self) -> Any:
        return [{"law": name, "value": decimal(c), "float": float(c)}
                for name, c in zip(self.names, self.data)]


def _short(c: Fraction) -> str:
    text = decimal(c)
    return text if len(text) <= 24 else f"{float(c):.9g}"


def _names(place: Place, symmetries: list[LinearSymmetry]) -> Iterator[str]:
    """The laws w^T S w in few words: of which unit, or the arrays that they read."""
    units = {}
    for hidden in hidden_layers(place.model):
        for u, parameters in enumerate(zip(hidden.incoming, hidden.outgoing), 1):
            units[frozenset(i for own in parameters for i in own)] = (
                f"balancedness of unit {u} after layer {hidden.number}")
    starts = [array.offset for array in place.arrays]
    for symmetry in symmetries:
        support = frozenset(i for i, _ in symmetry.parameters)
        found = units.get(support) if all(i == j for i, j in symmetry.parameters) else None
        read: dict[int, int] = {}
        for i in sorted(support):
            read.setdefault(bisect_right(starts, i) - 1, i)
        yield found or "quadratic form in " + " and ".join(
            place.network.parameter_name(i) + "..." for k, i in read.items())


def law_values(place: Place) -> LawValues:
    """
    The values at w of the quadratic laws of gradient flow that linear symmetries give.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> found = law_values(Place(with_weights(parse_spec("linear:1,1,1"), [3, 4])))
        >>> found.data, found.is_balanced
        ([Fraction(7, 1)], False)
    """
    start = time.perf_counter()
    w = list(map(to_flint, place.weights))
    symmetries, values = [], []
    for symmetry in gradient_symmetries(place.model):
        # As theory writes it: positive for what goes out.
        last = max(symmetry.parameters)
        sign = 1 if symmetry.parameters[last] > 0 else -1
        symmetries.append(LinearSymmetry(scale(symmetry.parameters, sign), tuple(
            scale(state, sign) for state in symmetry.states)))
        values.append(fraction(sum((to_flint(c) * w[i] * w[j] for (i, j), c in
                                    symmetries[-1].parameters.items()), to_flint(0))))
    fields = encode_symmetries(symmetries)["fields"]
    return LawValues.certified(
        place, "law_values", values, "proved", "linear symmetries, and exact values",
        time.perf_counter() - start, {"fields": fields},
        claim=[[own["parameters"], decimal(c)] for own, c in zip(fields, values)],
        names=list(_names(place, symmetries)))


class Stabilizer(AtPoint):
    """How many linear symmetries there are, the dimension of the orbit, and of the stabilizer."""

    def sentence(self) -> str:
        return (f"of {self.data['symmetries']} linear symmetries a space of dimension "
                f"{self.data['stabilizer']} fixes the weights; their orbit has dimension "
                f"{self.data['orbit']}")

    def value_in_latex(self) -> str:
        return str(self.data["stabilizer"])


def stabilizer(place: Place) -> Stabilizer:
    """
    The linear symmetries that the layers know, and those of them that fix w.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> model = parse_spec("mlp:1,2,1:x^2")
        >>> stabilizer(Place(with_weights(model, [1, 0, 1, 0]))).data
        {'symmetries': 2, 'orbit': 1, 'stabilizer': 1}
    """
    start = time.perf_counter()
    symmetries = list(place.model.symmetries)
    if len(symmetries) > MOST_SYMMETRIES:
        raise LimitReached(f"There are {len(symmetries):,} linear symmetries, over the limit of "
                           f"{MOST_SYMMETRIES:,}.")
    size = place.model.parameter_count
    kept, places = pivots([{i * size + j: c for (i, j), c in s.parameters.items()}
                           for s in symmetries], PRIME)
    symmetries = [symmetries[k] for k in kept]
    tangents = [tangent(s.parameters, place.weights) for s in symmetries]
    prime = PRIME
    while any(c.denominator % prime == 0 for v in tangents for c in v.values()):
        prime = modular.random_prime(random.Random(0))
    _, columns = pivots(tangents, prime)
    fixing: list[dict[int, Fraction]] = []
    if len(columns) < len(symmetries):
        rows: dict[int, dict[int, Fraction]] = {}
        for k, vector in enumerate(tangents):
            for i, c in vector.items():
                rows.setdefault(i, {})[k] = c
        fixing = kernel(rows.values(), len(symmetries))
    data = {"symmetries": len(symmetries), "orbit": len(columns), "stabilizer": len(fixing)}
    return Stabilizer.certified(
        place, "stabilizer", data, "proved", "linear algebra over Q",
        time.perf_counter() - start,
        {"symmetries": {"fields": encode_symmetries(symmetries)["fields"]}, "prime": prime,
         "places": [list(divmod(place, size)) for place in places], "columns": columns,
         "stabilizer": list(map(encode, fixing))})
