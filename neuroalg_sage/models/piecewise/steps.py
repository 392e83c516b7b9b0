"""
What a piecewise linear network consists of: affine maps, activations, and maxima.

A layer of any kind is one of three steps on lists of numbers.  A convolution, an average or a skip
connection is an affine map; a ReLU and its like act on each entry; maxout and max pooling take
maxima over groups of entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

Row = dict[int, Fraction]  # the coefficients of a linear form that are not zero, by their places


@dataclass(frozen=True)
class Affine:
    """
    An affine map of the entries of some states, one state after the other.

    - ``sources`` -- the numbers of the states; 0 is the input
    - ``rows``, ``constants`` -- for each entry the linear form, and what is added
    """

    sources: tuple[int, ...]
    rows: tuple[Row, ...]
    constants: tuple[Fraction, ...]

    @property
    def width(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Activation:
    """
    A continuous piecewise linear function of each entry of a state.

    - ``source`` -- the number of the state
    - ``width`` -- of the state
    - ``breakpoints`` -- ascending numbers, at least one
    - ``pieces`` -- of the function before, between and after them: slope and constant
    """

    source: int
    width: int
    breakpoints: tuple[Fraction, ...]
    pieces: tuple[tuple[Fraction, Fraction], ...]

    @property
    def sources(self) -> tuple[int, ...]:
        return (self.source,)

    @property
    def units(self) -> int:
        """How many hyperplanes may be made."""
        return self.width * len(self.breakpoints)

    def value(self, x: Fraction) -> Fraction:
        """The value at a number."""
        slope, constant = self.pieces[sum(x > c for c in self.breakpoints)]
        return slope * x + constant


@dataclass(frozen=True)
class Maximum:
    """
    The maximum of each of some groups of entries of a state.

    - ``source`` -- the number of the state
    - ``groups`` -- places of entries
    """

    source: int
    groups: tuple[tuple[int, ...], ...]

    @property
    def sources(self) -> tuple[int, ...]:
        return (self.source,)

    @property
    def width(self) -> int:
        return len(self.groups)

    @property
    def units(self) -> int:
        """How many hyperplanes may be made."""
        return sum(len(group) * (len(group) - 1) // 2 for group in self.groups)


Step = Affine | Activation | Maximum


@dataclass(frozen=True)
class IntegralAffine:
    """An affine map with integers: a matrix, and a last column by which ``t`` is multiplied."""

    sources: tuple[int, ...]
    matrix: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class IntegralActivation:
    """
    An activation with integers: it breaks where ``q x + p t = 0`` for a pair ``(q, p)`` with
    positive ``q``, and its pieces are ``a x + b t`` for pairs ``(a, b)``.
    """

    source: int
    breaks: tuple[tuple[int, int], ...]
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Program:
    """
    Steps one after the other; the last one makes the outputs.

    EXAMPLES::

        >>> relu = Activation(1, 1, (Fraction(0),), ((Fraction(0), Fraction(0)),
        ...                                          (Fraction(1), Fraction(0))))
        >>> program = Program(1, (Affine((0,), ({0: Fraction(1, 2)},), (Fraction(1, 3),)), relu))
        >>> program.values([Fraction(1)]), program.values([Fraction(-1)])
        ([Fraction(5, 6)], [Fraction(0, 1)])
        >>> program.integral[0].matrix, program.factors
        (((3, 2),), [Fraction(1, 1), Fraction(1, 6), Fraction(1, 6)])
    """

    inputs: int
    steps: tuple[Step, ...]

    @property
    def widths(self) -> list[int]:
        """The lengths of the states."""
        return [self.inputs, *(step.width for step in self.steps)]

    @property
    def units(self) -> int:
        """How many hyperplanes all steps may make."""
        return sum(step.units for step in self.steps if not isinstance(step, Affine))

    def values(self, point: Sequence[Fraction]) -> list[Fraction]:
        """The outputs at a point."""
        states: list[list[Fraction]] = [list(point)]
        for step in self.steps:
            entries = [x for source in step.sources for x in states[source]]
            if isinstance(step, Affine):
                states.append([sum((c * entries[place] for place, c in row.items()), constant)
                               for row, constant in zip(step.rows, step.constants)])
            elif isinstance(step, Activation):
                states.append([step.value(x) for x in entries])
            else:
                states.append([max(entries[place] for place in group) for group in step.groups])
        return states[-1]

    @cached_property
    def integral(self) -> list[IntegralAffine | IntegralActivation | Maximum]:
        """
        The steps in homogeneous form, with integers.

        With a further coordinate ``t``, by which constants are multiplied, a network is a
        positively homogeneous function of ``(x, t)``, and where ``t = 1`` it is the network.  Each
        state is divided by a positive number, its factor, such that all coefficients are
        integers: so at integer points all states are integers.
        """
        return self._integral[0]

    @property
    def factors(self) -> list[Fraction]:
        """By which number the integers of each state are multiplied."""
        return self._integral[1]

    @cached_property
    def _integral(self) -> tuple[list[IntegralAffine | IntegralActivation | Maximum],
                                 list[Fraction]]:
        made: list[IntegralAffine | IntegralActivation | Maximum] = []
        factors, widths = [Fraction(1)], self.widths
        for step in self.steps:
            if isinstance(step, Affine):
                scales = [factors[source] for source in step.sources for _ in range(widths[source])]
                rows = [[row.get(place, Fraction(0)) * scale for place, scale in enumerate(scales)]
                        + [constant] for row, constant in zip(step.rows, step.constants)]
                factor = content(c for row in rows for c in row)
                made.append(IntegralAffine(step.sources, tuple(
                    tuple(int(c / factor) if c else 0 for c in row) for row in rows)))
            elif isinstance(step, Activation):
                before = factors[step.source]
                pieces = [(slope * before, constant) for slope, constant in step.pieces]
                factor = content(c for piece in pieces for c in piece)
                places = [c / before for c in step.breakpoints]
                made.append(IntegralActivation(
                    step.source, tuple((c.denominator, -c.numerator) for c in places),
                    tuple((int(a / factor), int(b / factor)) for a, b in pieces)))
            else:
                factor = factors[step.source]
                made.append(step)
            factors.append(factor)
        return made, factors


class HasProgram:
    """What a program computes: a network, and what is made of some."""

    program: Program

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return self.program.inputs

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.program.widths[-1]


def content(numbers: Iterable[Fraction]) -> Fraction:
    """
    The largest positive number of which these rational numbers are multiples; 1 for zeros.

    EXAMPLES::

        >>> content([Fraction(1, 2), Fraction(0), Fraction(2, 3)])
        Fraction(1, 6)
    """
    numerator, denominator = 0, 1
    for c in numbers:
        if c:
            numerator, denominator = gcd(numerator, c.numerator), lcm(denominator, c.denominator)
    # The gcd of p_i / q_i in lowest terms is gcd(p_i) / lcm(q_i).
    return Fraction(numerator, denominator) if numerator else Fraction(1)
