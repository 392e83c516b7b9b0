"""
How far given weights are from those of smaller networks.

In a network with a hidden unit whose incoming weights are zero, or whose outgoing weights are, or
which is a multiple of another one before and so after the activation, that unit can be left out.
These weights form linear spaces of parameters, for fixed factors of the multiples.  In a model
that is no chain of dense and convolutional layers, entries of states stand for units, those
together that the same weights make, or that the same weights read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import comb, sqrt
from typing import Any

import numpy as np
from flint import fmpq

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.points.strata import (
    entries_of,
    nearest_point,
    squared_difference,
)
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.points.point import MOST_MONOMIALS, AtPoint, Place
from neuroalg_sage.models.hidden_states import HiddenUnits, hidden_layers

LARGEST_FACTOR = 1_000
MOST_TERMS = 2_000_000  # of states, at all smaller networks together
SHOWN = 12

Equations = list[list[Any]]
# In words what happens, to which entries of a state, under which equations, and their kind then.
Candidate = tuple[str, set[tuple[int, int]], Equations, str]


@dataclass(frozen=True, eq=False, repr=False)
class NearestSubnetworks(AtPoint):
    """
    Distances as the certificate states them, the nearest first.

    - ``words`` -- how each smaller network comes about
    """

    words: list[str] = field(default_factory=list, repr=False)

    def sentence(self) -> str:
        if not self.data:
            return "no hidden unit that could be left out is known"
        square = Fraction(self.data[0][1])
        return (f"the weights are those of a smaller network: {self.words[0]}" if not square else
                f"at the distance {sqrt(square):.6g}, {self.words[0]}")

    def lines(self, spec: str = "SPEC") -> list[str]:
        lines = []
        for text, (_, square, _, _, difference) in zip(self.words, self.data):
            functions = "" if difference is None else (
                f"; the functions have the distance {_root(difference):.6g}")
            lines.append(f"  {text}: distance {sqrt(Fraction(square)):.6g}{functions}")
        return lines[:SHOWN]

    def value_in_latex(self) -> str:
        from neuroalg_sage.models.latex import words

        return words(self.sentence())

    def plain_value(self) -> Any:
        return [{"network": text, "squared_distance": square,
                 "distance": sqrt(Fraction(square)), "squared_distance_of_functions": difference,
                 "equations": len(equations)}
                for text, (equations, square, _, _, difference) in zip(self.words, self.data)]


def nearest_subnetworks(place: Place) -> NearestSubnetworks:
    """
    For each hidden layer the nearest weights at which a unit can be left out, for each of three
    reasons: nothing comes in, nothing goes out, or it is a multiple of another unit.

    The distances are exact, and so are those of the functions, as the square root of the sum of
    the squares of the differences of their coefficients, where these can be written out.  Which
    units are nearest is found in floating point, and so is the factor of a multiple.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> found = nearest_subnetworks(Place(with_weights(
        ...     parse_spec("mlp:2,2,1:x^2"), [1, 0, 0, 1, 3, "1/10"])))
        >>> for line in found.lines():
        ...     print(line)
          nothing goes out of unit 2 after layer 1: distance 0.1; the functions have the distance
        0.1
          nothing comes into unit 1 after layer 1: distance 1; the functions have the distance 3
          unit 2 after layer 1 is equal to unit 1: distance 1; the functions have the distance
        2.79441
    """
    start = time.perf_counter()
    place.require_moderate("Nearest smaller networks")
    size = sum(len(terms) for step in place.rebuilt.model.steps for terms in step.outputs)
    candidates = list(_candidates(place))
    if size * len(candidates) > MOST_TERMS:
        raise LimitReached(f"At each of {len(candidates)} smaller networks {size:,} terms would "
                           f"be looked at, over the limit of {MOST_TERMS:,} in all.")
    small = place.model.output_count * comb(
        place.model.input_count + place.model.input_degree, place.model.input_degree
    ) <= MOST_MONOMIALS
    found = []
    for text, own, equations, expected in candidates:
        other, square = nearest_point(place.rebuilt, equations)
        (state, _), *_ = own
        for kind in (expected, "zero"):
            entries = [entry for entry in entries_of(other, kind, state)
                       if tuple(entry[:2]) in own]
            if len(entries) == len(own):
                break
        else:
            continue
        difference = None
        if small:
            try:
                difference = decimal(squared_difference(place.rebuilt, other))
            except CertificateError:
                small = False
        found.append((square, text, [equations, decimal(square), kind, entries, difference]))
    found.sort(key=lambda part: part[0])
    return NearestSubnetworks.certified(
        place, "nearest_subnetworks", [part for _, _, part in found], "proved",
        "projections on linear spaces of parameters, chosen in floating point",
        time.perf_counter() - start, {}, words=[text for _, text, _ in found])


def _candidates(place: Place) -> Iterator[Candidate]:
    """Those of a chain of dense and convolutional layers, or of any model."""
    layers = list(hidden_layers(place.model))
    if layers:
        for hidden in layers:
            yield from _of_units(place, hidden)
    else:
        yield from _of_entries(place)


def _of_units(place: Place, hidden: HiddenUnits) -> Iterator[Candidate]:
    w = place.weights
    after = f" after layer {hidden.number}"

    def entries(unit: int) -> set[tuple[int, int]]:
        return {(hidden.state, k) for k in hidden.places[unit]}

    sides = [("nothing goes out of", hidden.outgoing, "unused")]
    if not hidden.activation[0]:
        sides.insert(0, ("nothing comes into", hidden.incoming, "zero"))
    for words, parameters, kind in sides:
        squares = [sum(float(w[i]) ** 2 for i in own) for own in parameters]
        unit = min(range(len(squares)), key=squares.__getitem__)
        yield (f"{words} unit {unit + 1}{after}", entries(unit),
               [[i] for i in parameters[unit]], kind)
    pair = _nearest_pair(place, hidden)
    if pair is not None:
        one, other, c = pair
        yield (f"unit {other + 1}{after} is {_times(c)} unit {one + 1}", entries(other),
               [[i, j, decimal(c)] for i, j in zip(hidden.incoming[other], hidden.incoming[one])],
               "proportional")


def _of_entries(place: Place) -> Iterator[Candidate]:
    """
    For each state between the entries that fewest weights make, or read; each term must have one
    of these weights, so that it vanishes with them.
    """
    model = place.rebuilt.model
    readers: dict[int, dict[int, set[int] | None]] = {}
    for number, step in enumerate(model.steps, 1):
        entries = [(s, i) for s in step.sources for i in range(model.widths[s])]
        makers: dict[int, set[int] | None] = {}
        for i in range(step.width):
            for monomial in step.outputs[i]:
                own = [step.offset + v for v, _ in monomial if v < step.parameters]
                _join(makers, i, own)
                for v, _ in monomial:
                    if v >= step.parameters:
                        s, k = entries[v - step.parameters]
                        _join(readers.setdefault(s, {}), k, own)
        if number < len(model.steps):
            yield from _fewest(place, number, makers, "no weights make", "zero")
    for state in range(1, len(model.steps)):
        yield from _fewest(place, state, readers.get(state, {}), "no weights read", "unused")


def _join(found: dict[int, set[int] | None], i: int, own: list[int]) -> None:
    before = found.setdefault(i, set())
    # Where a term has several weights, which of them are to vanish is not clear.
    found[i] = None if before is None or len(own) != 1 else before | set(own)


def _fewest(place: Place, state: int, found: dict[int, set[int] | None], words: str, kind: str
            ) -> Iterator[Candidate]:
    """Of the entries, those together that have the same weights, the ones with least weights."""
    groups: dict[frozenset[int], list[int]] = {}
    for i, own in found.items():
        if own:
            groups.setdefault(frozenset(own), []).append(i)
    if groups:
        least = min(groups, key=lambda group: (
            sum(float(place.weights[i]) ** 2 for i in group), min(group)))
        places = groups[least]
        shown = ", ".join(str(i + 1) for i in places[:6]) + ", ..." * (len(places) > 6)
        yield (f"{words} {'entry' if len(places) == 1 else 'entries'} {shown} of state {state}",
               {(state, i) for i in places}, [[i] for i in sorted(least)], kind)


def _root(square: str) -> Decimal:
    """A square root, which may be out of the range of floats."""
    c = Fraction(square)
    return (Decimal(c.numerator) / Decimal(c.denominator)).sqrt()


def _times(c: Fraction) -> str:
    return {1: "equal to", -1: "minus"}.get(int(c) if c.denominator == 1 else 0, "a multiple of")


def _nearest_pair(place: Place, hidden: HiddenUnits) -> tuple[int, int, Fraction] | None:
    """
    Two units and a factor, such that the incoming weights of the second are nearest to this
    multiple of those of the first.
    """
    rows = np.array([[float(place.weights[i]) for i in own] for own in hidden.incoming])
    if len(rows) < 2:
        return None
    gram = rows @ rows.T
    squares = np.diag(gram).copy()
    squares[squares == 0] = np.inf  # what nothing comes into is no multiple
    one, other = np.triu_indices(len(rows), 1)
    sums, inner = squares[one] + squares[other], gram[one, other]
    if not np.isfinite(sums).any():
        return None
    allowed = [c for c in (1, -1) if hidden.factor(fmpq(c)) is not None]
    if hidden.factor(fmpq(2)) is not None:
        # Of all factors: the smaller eigenvalue of the two rows' Gram matrix.
        with np.errstate(invalid="ignore"):
            roots = np.sqrt((squares[one] - squares[other])**2 + 4 * inner**2)
            distances = np.where(np.isfinite(sums), (sums - roots) / 2, np.inf)
        k = int(np.argmin(distances))
        i, j = int(one[k]), int(other[k])
        if not inner[k]:
            return i, j, Fraction(1)
        c = Fraction(float((squares[j] - distances[k]) / inner[k])).limit_denominator(
            LARGEST_FACTOR)
        exact = _exact_factor(place, hidden, i, j)
        c = exact if exact is not None else c
        return (i, j, c) if c else None
    distances = np.array([(sums - 2 * c * inner) / 2 for c in allowed])
    sign, pair = divmod(int(np.argmin(distances)), len(sums))
    return int(one[pair]), int(other[pair]), Fraction(allowed[sign])


def _exact_factor(place: Place, hidden: HiddenUnits, i: int, j: int) -> Fraction | None:
    """The factor, if the one row is a multiple of the other."""
    w = place.weights
    pairs = [(w[a], w[b]) for a, b in zip(hidden.incoming[i], hidden.incoming[j])]
    factors = {b / a for a, b in pairs if a} if all(a or not b for a, b in pairs) else set()
    return factors.pop() if len(factors) == 1 else None

