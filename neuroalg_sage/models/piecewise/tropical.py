"""
Tropical polynomials, and networks as differences of such.

A tropical polynomial is the maximum of finitely many affine functions, its monomials; the
coefficients of the inputs are the exponents of a monomial.  Every state of a network is a
difference of two convex functions: sums with weights that are not negative are convex, and so are
maxima; max(P - Q, R - S) is max(P + S, R + Q) - (Q + S).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.piecewise.layers import DenseLayer, Maxout, PiecewiseLayer, activation
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.piecewise.steps import (
    Activation,
    Affine,
    HasProgram,
    Maximum,
    Program,
    Row,
    Step,
)

ZERO, ONE = Fraction(0), Fraction(1)
Monomial = tuple[Fraction, ...]  # the exponents, and the coefficient
Rational = tuple[Sequence[Monomial], Sequence[Monomial]]  # numerator and denominator


@dataclass(frozen=True)
class ConvexParts(HasProgram):
    """
    Convex functions P_1, ..., P_m, Q_1, ..., Q_m such that the outputs of a network are P_i - Q_i.

    - ``program`` -- which makes them, by affine maps and maxima

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.network import network_from_spec
        >>> network = network_from_spec("relu:2,3,3,1:bias", seed=1)
        >>> p, q = convex_parts(network.program).program.values([ONE, -ONE])
        >>> (p - q,) == network([1, -1])
        True
    """

    program: Program

    def describe(self) -> dict[str, Any]:
        """As a network: affine maps of several states take their concatenation."""
        layers: list[dict[str, Any]] = []
        number = [0]  # of each state, among those of the network
        widths = self.program.widths
        for step in self.program.steps:
            taken = [number[s] for s in step.sources]
            if len(taken) > 1:
                layers.append({"kind": "concatenation", "from": taken})
                taken = [len(layers)]
            if isinstance(step, Affine):
                width = sum(widths[s] for s in step.sources)
                layers.append({"kind": "dense", "from": taken, "weights": [
                    [decimal(row.get(j, ZERO)) for j in range(width)] for row in step.rows],
                    "bias": [decimal(c) for c in step.constants]})
            else:
                assert isinstance(step, Maximum)
                # The entries of a group follow one another; smaller groups repeat an entry.
                most = max(map(len, step.groups))
                places = [i for group in step.groups for i in (
                    *group, *group[-1:] * (most - len(group)))]
                if places != list(range(widths[step.source])):
                    layers.append({"kind": "dense", "from": taken, "weights": [
                        [str(int(i == j)) for j in range(widths[step.source])] for i in places]})
                    taken = [len(layers)]
                layers.append({"kind": "maxout", "from": taken, "pieces": most})
            number.append(len(layers))
        return {"input_shape": [self.inputs], "layers": layers}

    def at_infinity(self) -> ConvexParts:
        """The recession functions: without constants."""
        return ConvexParts(Program(self.inputs, tuple(
            replace(step, constants=(ZERO,) * step.width) if isinstance(step, Affine) else step
            for step in self.program.steps)))


def convex_parts(program: Program) -> ConvexParts:
    """The convex functions whose differences are the outputs."""
    made = _Parts(program.inputs)
    for step in program.steps:
        if isinstance(step, Affine):
            made.affine(step)
        elif isinstance(step, Activation):
            made.activation(step)
        else:
            made.maximum(step)
    made.close()
    return ConvexParts(Program(program.inputs, tuple(made.steps)))


class _Parts:
    """
    The steps that make P and Q of each state: of an affine one, P, and Q is zero; else P, then Q.
    """

    def __init__(self, inputs: int) -> None:
        self.steps: list[Step] = []
        self.states = [(0, inputs, True)]  # its number among the new ones, width, if it is affine

    def _add(self, step: Step) -> int:
        self.steps.append(step)
        return len(self.steps)

    def affine(self, step: Affine) -> None:
        """P and Q of sums: what has a negative weight changes sides."""
        places: list[tuple[int, int | None]] = []
        offset = 0
        for source in step.sources:
            _, width, is_affine = self.states[source]
            places += [(offset + i, None if is_affine else offset + width + i)
                       for i in range(width)]
            offset += width if is_affine else 2 * width
        sources = tuple(self.states[s][0] for s in step.sources)
        upper: list[Row] = [{} for _ in step.rows]
        lower: list[Row] = [{} for _ in step.rows]
        for p_row, q_row, row in zip(upper, lower, step.rows):
            for place, c in row.items():
                p, q = places[place]
                if q is None:
                    p_row[p] = c
                else:
                    p_row[p if c > 0 else q] = abs(c)
                    q_row[q if c > 0 else p] = abs(c)
        is_affine = all(self.states[s][2] for s in step.sources)
        rows = upper if is_affine else upper + lower
        constants = (*step.constants, *[ZERO] * (len(rows) - len(upper)))
        self.states.append((self._add(Affine(sources, tuple(rows), constants)), len(upper),
                            is_affine))

    def activation(self, step: Activation) -> None:
        """A function of y is its first piece, and multiples of max(y - c, 0) at breakpoints."""
        number, width, is_affine = self.states[step.source]
        count = len(step.breakpoints)
        rows: list[Row] = []
        constants: list[Fraction] = []
        for i in range(width):
            for c in step.breakpoints:
                rows += [{i: ONE}, {} if is_affine else {width + i: ONE}]
                constants += [-c, ZERO]
        lifted = self._add(Affine((number,), tuple(rows), tuple(constants)))
        maxima = self._add(Maximum(lifted, tuple((2 * k, 2 * k + 1)
                                                 for k in range(width * count))))
        slope, constant = step.pieces[0]
        jumps = [after - before for (before, _), (after, _) in zip(step.pieces, step.pieces[1:])]
        start = width if is_affine else 2 * width
        upper: list[Row] = []
        lower: list[Row] = []
        for i in range(width):
            rows_of: tuple[Row, Row] = ({}, {})
            if is_affine:
                rows_of[0][i] = slope
            else:
                rows_of[0][i if slope > 0 else width + i] = abs(slope)
                rows_of[1][width + i if slope > 0 else i] = abs(slope)
            for k, jump in enumerate(jumps):
                side, other = (0, 1) if jump > 0 else (1, 0)
                rows_of[side][start + i * count + k] = abs(jump)
                if not is_affine:
                    rows_of[other][width + i] = rows_of[other].get(width + i, ZERO) + abs(jump)
            upper.append({j: c for j, c in rows_of[0].items() if c})
            lower.append({j: c for j, c in rows_of[1].items() if c})
        self.states.append((self._add(Affine((number, maxima), tuple(upper + lower), (
            *[constant] * width, *[ZERO] * width))), width, False))

    def maximum(self, step: Maximum) -> None:
        """All entries get the Q of the others."""
        number, width, is_affine = self.states[step.source]
        rows: list[Row] = []
        groups = []
        for group in step.groups:
            groups.append(tuple(range(len(rows), len(rows) + len(group))))
            for i in group:
                rows.append({i: ONE} | ({} if is_affine else {
                    width + j: ONE for j in group if j != i}))
        lifted = self._add(Affine((number,), tuple(rows), (ZERO,) * len(rows)))
        maxima = self._add(Maximum(lifted, tuple(groups)))
        start = width if is_affine else 2 * width
        upper = [{start + k: ONE} for k in range(len(groups))]
        lower = [{} if is_affine else {width + j: ONE for j in group} for group in step.groups]
        self.states.append((self._add(Affine((number, maxima), tuple(upper + lower),
                                             (ZERO,) * (2 * len(groups)))), len(groups), False))

    def close(self) -> None:
        """The last state has both parts."""
        number, width, is_affine = self.states[-1]
        if is_affine:
            self._add(Affine((number,), tuple([{i: ONE} for i in range(width)] + [{}] * width),
                             (ZERO,) * (2 * width)))


def network_from_tropical(inputs: int, outputs: Sequence[Rational], kind: str = "maxout"
                          ) -> Network:
    """
    The network whose outputs are differences of tropical polynomials.

    INPUT:

    - ``outputs`` -- for each output the monomials of a numerator and of a denominator
    - ``kind`` -- ``"maxout"``, one layer of maxout; or ``"relu"``, by maxima of pairs, as
      [ABMM2018]_

    EXAMPLES::

        >>> one = [(ONE, ZERO), (-ONE, ZERO), (ZERO, ONE)], [(ZERO, ZERO)]
        >>> [network_from_tropical(1, [one], kind)([-3]) for kind in ("maxout", "relu")]
        [(Fraction(3, 1),), (Fraction(3, 1),)]
    """
    parts = [list(part) for output in outputs for part in output]
    if kind not in ("maxout", "relu"):
        raise InputError("A tropical polynomial becomes a network of maxout or of relu.")
    if not parts or not all(parts) or any(len(m) != inputs + 1 for part in parts for m in part):
        raise InputError(f"A tropical polynomial in {inputs} variables has at least one monomial, "
                         f"each with {inputs} exponents and a coefficient.")
    last = DenseLayer([[(1, -1)[j % 2] if j // 2 == i else 0 for j in range(len(parts))]
                       for i in range(len(outputs))])
    if kind == "maxout":
        most = max(map(len, parts))
        padded = [m for part in parts for m in part + part[-1:] * (most - len(part))]
        return Network([_dense(padded), Maxout(most), last], [inputs])
    layers: list[PiecewiseLayer] = [_dense([m for part in parts for m in part])]
    counts = list(map(len, parts))
    while max(counts) > 1:
        rows: list[list[int]] = []
        back: list[tuple[int, int]] = []
        start, total = 0, sum(counts)
        for count in counts:
            for i in range(start, start + count, 2):
                last_one = i + 1 == start + count
                a, b = [0] * total, [0] * total
                b[i if last_one else i + 1] = 1
                a[i] = 1
                units = [b, [-c for c in b]] + (
                    [] if last_one else [[x - y for x, y in zip(a, b)]])
                back.append((len(rows), len(units)))
                rows += units
            start += count
        layers += [DenseLayer(rows), activation("relu"), DenseLayer([
            [(1, -1, 1)[j - at] if at <= j < at + size else 0 for j in range(len(rows))]
            for at, size in back])]
        counts = [(count + 1) // 2 for count in counts]
    return Network([*layers, last], [inputs])


def _dense(monomials: Sequence[Monomial]) -> DenseLayer:
    return DenseLayer([list(m[:-1]) for m in monomials], [m[-1] for m in monomials])
