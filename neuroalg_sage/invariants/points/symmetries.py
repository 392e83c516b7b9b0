"""
What conservation laws are worth at given weights, and which linear symmetries fix these.
"""

from __future__ import annotations

import itertools
import random
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
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
from neuroalg_sage.models.hidden_states import HiddenUnits, hidden_layers
from neuroalg_sage.models.layers import Activation
from neuroalg_sage.models.rational import fraction, kernel, to_flint
from neuroalg_sage.models.symmetry import LinearSymmetry, scale

SHOWN = 12
MOST_EXCHANGES = 20
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
    place.require_moderate("The values of laws")
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


@dataclass(frozen=True, eq=False, repr=False)
class Stabilizer(AtPoint):
    """
    How many linear symmetries there are, the dimension of the orbit, and of the stabilizer; and
    permutations of parameters with factors.

    - ``words`` -- what these permutations exchange
    """

    words: list[str] = field(default_factory=list, repr=False)

    def sentence(self) -> str:
        count = len(self.data["exchanges"])
        return (f"of {self.data['symmetries']} linear symmetries a space of dimension "
                f"{self.data['stabilizer']} fixes the weights; their orbit has dimension "
                f"{self.data['orbit']}" + (
                    f"; {count} exchange{'s' * (count != 1)} of units "
                    f"fix{'es' * (count == 1)} the weights" if count else ""))

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {text}" for text in self.words[:SHOWN]]

    def value_in_latex(self) -> str:
        return str(self.data["stabilizer"])

    def plain_value(self) -> Any:
        return self.data | {"exchanges": self.words}


@dataclass(frozen=True)
class Exchange:
    """
    Two units that can be exchanged, with a factor, so that the weights stay as they are.

    - ``words`` -- which they are
    - ``parameters`` -- entries (i, j, c): the new parameter i is c times the old one j
    - ``state``, ``places`` -- the same for the entries of the states, by their numbers
    """

    words: str
    parameters: list[list[Any]]
    states: dict[int, list[list[Any]]]


def exchanges(place: Place) -> Iterator[Exchange]:
    """
    The units of which each is a multiple of the other, before the activation and, by the factor
    that this makes of it, after it.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> [found] = exchanges(Place(with_weights(parse_spec("mlp:1,2,1:x^2"), [1, 2, 4, 1])))
        >>> found.words, found.parameters
        ('units 1 and 2 after layer 1 can be exchanged, with the factor 2',
         [[1, 0, '2'], [0, 1, '1/2'], [3, 2, '1/4'], [2, 3, '4']])
    """
    w = place.weights
    for hidden in hidden_layers(place.model):
        classes: dict[tuple[Fraction, ...], list[tuple[int, Fraction]]] = {}
        for unit, own in enumerate(hidden.incoming):
            lead = next((w[i] for i in own if w[i]), Fraction(1))
            classes.setdefault(tuple(w[i] / lead for i in own), []).append((unit, lead))
        for found in classes.values():
            for (one, first), (other, second) in zip(found, found[1:]):
                c = second / first
                factors = _factors(place, hidden, c)
                if factors and all(w[i] == factors[-1] * w[j] for i, j in zip(
                        hidden.outgoing[one], hidden.outgoing[other])):
                    yield _exchange(hidden, one, other, factors)


def _factors(place: Place, hidden: HiddenUnits, c: Fraction) -> list[Fraction]:
    """What activations one after the other make of a factor; none if one of them has no answer."""
    found = [c]
    for layer in place.model.layers[hidden.before:hidden.state]:
        assert isinstance(layer, Activation)
        made = {found[-1] ** k for k, a in enumerate(layer.coefficients) if a}
        if len(made) > 1:
            return []
        found += made
    return found


def _exchange(hidden: HiddenUnits, one: int, other: int, factors: list[Fraction]) -> Exchange:
    """The map that makes the multiple of the first unit of the second, and the first of that."""
    def moves(first: Sequence[int], second: Sequence[int], c: Fraction) -> list[list[Any]]:
        return [entry for i, j in zip(first, second)
                for entry in ([j, i, decimal(c)], [i, j, decimal(1 / c)])]

    text = f"units {one + 1} and {other + 1} after layer {hidden.number} can be exchanged"
    return Exchange(
        text + (f", with the factor {decimal(factors[0])}" if factors[0] != 1 else ""),
        moves(hidden.incoming[one], hidden.incoming[other], factors[0])
        + moves(hidden.outgoing[one], hidden.outgoing[other], 1 / factors[-1]),
        {state: moves(hidden.places[one], hidden.places[other], c)
         for state, c in enumerate(factors, hidden.before)})


def stabilizer(place: Place) -> Stabilizer:
    """
    The linear symmetries that the layers know, and those of them that fix w; and exchanges of units
    that do.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> model = parse_spec("mlp:1,2,1:x^2")
        >>> stabilizer(Place(with_weights(model, [1, 0, 1, 0]))).data
        {'symmetries': 2, 'orbit': 1, 'stabilizer': 1, 'exchanges': []}
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
    exchanged = list(itertools.islice(exchanges(place), MOST_EXCHANGES))
    data = {"symmetries": len(symmetries), "orbit": len(columns), "stabilizer": len(fixing),
            "exchanges": [found.parameters for found in exchanged]}
    return Stabilizer.certified(
        place, "stabilizer", data, "proved", "linear algebra over Q",
        time.perf_counter() - start,
        {"symmetries": {"fields": encode_symmetries(symmetries)["fields"]}, "prime": prime,
         "places": [list(divmod(place, size)) for place in places], "columns": columns,
         "stabilizer": list(map(encode, fixing)),
         "states": [[found.states.get(s, []) for s in range(len(place.rebuilt.model.widths))]
                    for found in exchanged]}, words=[found.words for found in exchanged])
