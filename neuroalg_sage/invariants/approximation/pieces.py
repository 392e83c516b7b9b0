"""
Polynomial or rational pieces near an activation on the parts of an interval, with their errors.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import ROUND_CEILING
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from neuroalg_sage.certificates.approximation.pieces import MOST_PIECES
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.approximation.approximation import (
    Approximation,
    approximation,
    brief,
    digits,
    read_interval,
    rounded,
)
from neuroalg_sage.models.activations import ContinuousActivation
from neuroalg_sage.models.sage_input import numbers, rational
from neuroalg_sage.storable import storable

AT_KINKS = "kinks"


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class PiecewiseApproximation(Invariant):
    """
    Pieces near an activation; the value is the tuple of these, each an :class:`Approximation`.
    """

    about: ClassVar[str] = "the activation "

    @cached_property
    def value(self) -> tuple[Approximation, ...]:
        """The pieces, in their order."""
        return tuple(Approximation("approximation", piece, self.status, self.method)
                     for piece in self.data["pieces"])

    @property
    def error(self) -> tuple[Fraction, Fraction]:
        """Two numbers that enclose the supremum of the error."""
        low, high = map(Fraction, self.data["error"])
        return low, high

    @property
    def jump(self) -> Fraction:
        """How far values are from one another where pieces meet; 0 if they are continuous."""
        return Fraction(self.data["jump"])

    def __call__(self, x: Any) -> Any:
        """The value at a place, of the left piece where two meet."""
        for piece in self.value:
            if x <= Fraction(piece.data["interval"][1]):
                break
        return piece(x)

    def plain_value(self) -> Any:
        return [piece.plain_value() for piece in self.value]

    def sentence(self) -> str:
        low, high = self.data["error"]
        size = f"of exactly {high}" if low == high else f"between {low} and {high}"
        count, ends = len(self.value), ", ".join(map(brief, self.data["interval"]))
        kind = "rational" if any(piece.is_quotient for piece in self.value) else "polynomial"
        said = f"{count} {kind} piece{'s' * (count > 1)} with an error {size} on [{ends}]"
        if count == 1:
            return said
        if not self.jump:
            return said + ", which together are continuous"
        most = digits(rounded(self.jump, ROUND_CEILING))
        return said + f", which are not continuous where they meet: a jump is at most {most}"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  on [{', '.join(map(brief, piece.data['interval']))}] p = {piece.polynomial()}, "
                f"error at most {piece.data['error'][1]}" for piece in self.value]


def piecewise_approximation(f: ContinuousActivation, interval: Any = (-1, 1),
                            pieces: Any = AT_KINKS, degree: Any = None, error: Any = None,
                            denominator: Any = None) -> PiecewiseApproximation:
    """
    Pieces near an activation, with proof.

    INPUT:

    - ``f`` -- the activation
    - ``interval`` -- two rational numbers
    - ``pieces`` -- ``"kinks"``, for pieces between these; a number, for so many of equal lengths;
      or the places where pieces meet
    - ``degree``, ``error``, ``denominator`` -- of each piece, as of an approximation

    EXAMPLES::

        >>> from neuroalg_sage.models.activations import activation
        >>> found = piecewise_approximation(activation("hard_tanh"), (-2, 2), degree=1)
        >>> [piece.polynomial() for piece in found.value], found.error, found.jump
        (['-1', 'x', '1'], (Fraction(0, 1), Fraction(0, 1)), Fraction(0, 1))
        >>> piecewise_approximation(activation("tanh"), (-2, 2), 4, degree=3).data["error"]
        ['0.001147...', '0.001147...']
    """
    start = time.perf_counter()
    low, high = read_interval(interval)
    ends = [low, *_read_places(f, low, high, pieces), high]
    found = [approximation(f, pair, degree, error, denominator) for pair in zip(ends, ends[1:])]
    proofs = [piece.certificate for piece in found if piece.certificate is not None]
    jump = max((abs(one(x) - other(x)) for one, other, x in zip(found, found[1:], ends[1:])),
               default=Fraction(0))
    errors = [max((piece.error for piece in found), key=lambda pair: pair[k])[k] for k in (0, 1)]
    value = {"interval": [decimal(low), decimal(high)], "jump": decimal(jump)}
    return PiecewiseApproximation.certified(
        f, "piecewise_approximation",
        value | {"pieces": [piece.data for piece in found], "error": [digits(e) for e in errors]},
        "proved", "the exchange of Remez, and power series", time.perf_counter() - start,
        {"pieces": [proof["evidence"] for proof in proofs]},
        claim=value | {"pieces": [proof["claim"]["value"] for proof in proofs],
                       "error": [decimal(e) for e in errors]})


def _read_places(f: ContinuousActivation, low: Fraction, high: Fraction, pieces: Any
                 ) -> list[Fraction]:
    """
    Where pieces meet.

    EXAMPLES::

        >>> from neuroalg_sage.models.activations import activation
        >>> _read_places(activation("relu"), Fraction(-1), Fraction(2), 3)
        [Fraction(0, 1), Fraction(1, 1)]
    """
    if pieces == AT_KINKS:
        return [x for x in f.kinks if low < x < high]
    if isinstance(pieces, str) and "," in pieces:
        pieces = [place for place in pieces.split(",") if place.strip()]
    if isinstance(pieces, str) or not hasattr(pieces, "__len__"):
        count = rational(pieces, "number of pieces")
        if count.denominator != 1 or not 1 <= count <= MOST_PIECES:
            raise InputError(f"The number of pieces is a whole number from 1 to {MOST_PIECES}, not "
                             f"{str(pieces)[:40]}; or name {AT_KINKS}, or the places where pieces "
                             "meet, as in -1,0,1.")
        return [low + (high - low) * k / int(count) for k in range(1, int(count))]
    places = list(numbers(pieces, "place where pieces meet"))
    if len(places) >= MOST_PIECES or not all(
            a < b for a, b in zip([low, *places], [*places, high])):
        raise InputError("The places where pieces meet are rational numbers inside of the "
                         f"interval, in their order, at most {MOST_PIECES - 1}.")
    return places
