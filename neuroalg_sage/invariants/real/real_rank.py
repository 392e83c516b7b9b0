"""
The real rank of a binary form: how many powers of real linear forms it is a sum of, with proof.

By Sylvester the question is, for each r, whether an apolar form of degree r is hyperbolic; see
:mod:`~neuroalg_sage.certificates.real.apolarity` for the lemmas.  Up to dimension 3 the space of
apolar forms is decided exactly.  In larger ones a hyperbolic form is looked for: the derivative
p(∂) f by a product p of real linear forms has degree 2c - 1 if p has degree r - c, for
c = deg f - r + 1, so that it has one apolar form q of degree c in general, and p q is apolar to f.
That there is none is proved if a derivative of f has more than r real roots.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_poly

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.real.apolarity import (
    Form,
    apolar_space,
    derivative,
    hyperbolic_form,
    is_hyperbolic,
    number_of_real_roots,
)
from neuroalg_sage.descriptions.secant_varieties import power_sum
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import to_flint

# Products of linear forms that are tried: for short forms; where a space is too large to be
# decided; and in degree d - 1, where a form is hyperbolic unless all roots of f are real [CR2011]_.
FEW_TRIALS, TRIALS, MOST_TRIALS = 40, 400, 4000
Direction = tuple[fmpq, fmpq]


@dataclass(frozen=True)
class RealRank:
    """
    What is proved of the real rank of a form.

    - ``low``, ``high`` -- bounds
    - ``apolar`` -- a hyperbolic apolar form of degree ``high``; None where that is the degree
    - ``directions`` -- such that the derivative in these directions has at least ``low`` distinct
      real roots; None if no apolar form of degree ``low`` - 1 is hyperbolic
    """

    low: int
    high: int
    apolar: Form | None
    directions: list[Direction] | None

    def encoded(self) -> dict[str, Any]:
        """The bounds as a certificate states them, with their evidence."""
        return {"bounds": [self.low, self.high],
                "apolar": None if self.apolar is None else _encoded(self.apolar),
                "directions": None if self.directions is None else list(
                    map(_encoded, self.directions))}


class RealRankOfForm(Invariant):
    """The real rank of one form: a number, or bounds."""

    def lines(self, spec: str = "SPEC") -> list[str]:
        found = self.evidence["apolar"] if self.certificate else None
        return [] if found is None else [
            "  the coefficients of an apolar form with real roots: " + ", ".join(found)]


def binary_forms(model: Model) -> tuple[int, int]:
    """
    The numbers k and d where M is the binary forms of degree d and real rank at most k.

    Raises InputError for other models.
    """
    found = power_sum(model)
    if found is None or (found[0], found[2]) != (2, 1):
        raise InputError("Real ranks are decided of binary forms, the functions of networks such "
                         f"as mlp:2,3,1:x^4 with two inputs and one output; {model} is not one.")
    return found[1], found[3]


def real_rank_of(model: Model, function: Sequence[Fraction], seed: int | None) -> Invariant:
    """
    The real rank of a binary form, the least number of units with which a network has it.

    INPUT:

    - ``model`` -- a model f_w = Σ_i b_i (a_i x)^d with two inputs
    - ``function`` -- the coordinates of a form
    - ``seed`` -- of random directions

    OUTPUT: :class:`RealRankOfForm`; where it is not decided, bounds

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> quartic = [Fraction(c) for c in (1, 0, -5, 0, 4)]
        >>> real_rank_of(parse_spec("mlp:2,3,1:x^4"), quartic, 1)
        4 (proved)
    """
    start = time.perf_counter()
    binary_forms(model)
    if not any(function):
        raise InputError("The form is 0, which is a sum of no powers.")
    found = real_rank(list(map(to_flint, function)), random.Random(seed))
    is_decided = found.low == found.high
    return RealRankOfForm.certified(
        model, "real_rank", found.low if is_decided else [found.low, found.high],
        "proved" if is_decided else "bounds", "apolar forms with real roots",
        time.perf_counter() - start, found.encoded(),
        claim=[list(map(decimal, function)), found.low, found.high])


def _encoded(numbers: Any) -> list[str]:
    return [decimal(Fraction(int(c.p), int(c.q))) for c in numbers]


def real_rank(f: Form, generator: random.Random) -> RealRank:
    """
    Bounds for the real rank of a form that is not 0, which meet where it is decided.

    INPUT:

    - ``f`` -- a form of degree at least 1, its coefficients as rational numbers of FLINT
    - ``generator`` -- of random directions

    OUTPUT: :class:`RealRank`

    REFERENCES: [CO2012]_, [CR2011]_

    EXAMPLES:

    x^2 y has real rank 3, x (x^2 - y^2) with three real roots too, and x (x^2 + y^2) only 2::

        >>> def rank(*f):
        ...     found = real_rank(list(map(fmpq, f)), random.Random(1))
        ...     return found.low, found.high
        >>> rank(0, 1, 0, 0), rank(1, 0, -1, 0), rank(1, 0, 1, 0)
        ((3, 3), (3, 3), (2, 2))
    """
    d = len(f) - 1
    low = number_of_real_roots(f)
    directions: list[Direction] | None = []
    decided = True
    if low == 0:
        low, directions = 1, None
    for r in range(low, d):
        space = apolar_space(f, r)
        short = _hyperbolic_multiple(f, r, generator, FEW_TRIALS) if len(space) > 2 else None
        h = short or hyperbolic_form(space)
        if h is None:
            h = _hyperbolic_multiple(f, r, generator, MOST_TRIALS if r == d - 1 else TRIALS)
        if isinstance(h, list):
            return RealRank(low, r, h, directions)
        if decided and h is False:
            low, directions = r + 1, None
        elif decided:
            found = _derivative_with_real_roots(f, r, generator)
            decided = found is not None
            low, directions = (r + 1, found) if decided else (low, directions)
    return RealRank(low, d, None, directions)


def compared(f: Form, r: int, generator: random.Random) -> RealRank | None:
    """
    Bounds for the real rank of a form, of degree over r, that say whether it is at most r; None if
    that is not decided.

    EXAMPLES::

        >>> form = list(map(fmpq, (1, 0, -5, 0, 4)))
        >>> found = compared(form, 3, random.Random(1))
        >>> found.low, found.high
        (4, 4)
    """
    d, space = len(f) - 1, apolar_space(f, r)
    if number_of_real_roots(f) > r:
        return RealRank(r + 1, d, None, [])
    short = _hyperbolic_multiple(f, r, generator, FEW_TRIALS) if len(space) > 2 else None
    h = short or hyperbolic_form(space)
    if h is None:
        h = _hyperbolic_multiple(f, r, generator, TRIALS)
    if isinstance(h, list):
        return RealRank(1, r, h, None)
    if h is False:
        return RealRank(r + 1, d, None, None)
    found = _derivative_with_real_roots(f, r, generator)
    return None if found is None else RealRank(r + 1, d, None, found)


def _directions(count: int, generator: random.Random) -> list[Direction]:
    """Random real directions, rational and short; in some trials near each other."""
    fineness = 2 ** generator.randrange(3, 11)
    center = generator.randint(-fineness, fineness)
    spread = max(count, 2 ** generator.randrange(1, 11) * fineness >> 9)
    slopes = [fmpq(center + generator.randint(-spread, spread), fineness) for _ in range(count)]
    swapped = generator.random() < 0.5
    return [(c, fmpq(1)) if swapped else (fmpq(1), c) for c in slopes]


def _hyperbolic_multiple(f: Form, r: int, generator: random.Random, trials: int) -> Form | None:
    """A hyperbolic form of degree r that is apolar to f, if one is found."""
    c = len(f) - r
    for _ in range(trials):
        g, p = f, fmpq_poly([1])
        directions = _directions(r - c, generator)
        for u, v in directions:
            g = derivative(g, (u, v))
            p *= fmpq_poly([v, u])  # u x + v y, where y = 1
        q = apolar_space(g, c)
        if len(q) != 1 or not is_hyperbolic(q[0]):
            continue
        product = fmpq_poly(q[0][::-1]) * p
        h = [product[r - i] for i in range(r + 1)]
        if is_hyperbolic(h):
            return h
    return None


def _derivative_with_real_roots(f: Form, r: int, generator: random.Random
                                ) -> list[Direction] | None:
    """Directions such that the derivative of f in these has more than r distinct real roots."""
    d = len(f) - 1
    for _ in range(TRIALS):
        g, directions = f, _directions(d - r - 1, generator)
        for i, direction in enumerate(directions):
            g = derivative(g, direction)
            if number_of_real_roots(g) > r:
                return directions[: i + 1]
    return None
