"""
A smaller network of the same function, of one hidden layer of ReLU.

A function of one hidden layer is an affine function and a sum of hinges max(l, 0) with different
hyperplanes, in one way only up to the sides on which the l are positive.  Units with the same
hyperplane are one hinge, or none where they cancel; there is at least one unit for each hinge.  The
sides decide which linear part is left, and this needs further units: two on the hyperplane of a
hinge, or two on a new one.  A choice of sides is a subset of the hinges, and those that leave
nothing, or multiples of one gradient, are found by sums of halves.  The lemmas, and why fewer units
cannot do, are in :mod:`neuroalg_sage.certificates.piecewise.smaller_network`.

REFERENCES:

- [ABMM2018]_
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.piecewise.hinges import Hinges, sum_of_hinges
from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.certificates.piecewise.smaller_network import (
    check_smaller_network,
    form_at,
    jump_matrix,
    necessary_units,
)
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.linear_regions import verified
from neuroalg_sage.models.piecewise.layers import DenseLayer, activation
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.piecewise.steps import Activation, Affine
from neuroalg_sage.models.rational import fraction

Matrix = list[list[fmpq]]
MOST_HINGES = 28  # of which all subsets are looked at, by halves
MOST_FREE = 8  # hyperplanes with units on both sides, of which all sides are tried otherwise
TRIALS = 3  # linear forms


@dataclass(frozen=True, eq=False, repr=False)
class SmallerNetwork(Invariant):
    """
    How many hidden units of ReLU a function needs; the value is the number of those that were
    found.

    - ``network`` -- a network with so many
    - ``mechanism`` -- sentences on which units of the given network are not needed
    """

    network: Network | None = None
    mechanism: tuple[str, ...] = ()
    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> int:
        """The number of hidden units."""
        return int(self.data["units"])

    @property
    def at_least(self) -> int:
        """How many are needed."""
        return int(self.data["at_least"])

    def sentence(self) -> str:
        units = f"{self.value} hidden unit{'s' * (self.value != 1)} of ReLU"
        return f"{units}, and no fewer" if self.status == "proved" else (
            f"{units}; at least {self.at_least} are needed")

    def lines(self, spec: str = "SPEC") -> list[str]:
        hinges = self.data["hinges"]
        return [f"  {hinges} hyperplane{'s' * (hinges != 1)} where the function bends; so many "
                "units beside a linear connection from the inputs",
                *(f"  {sentence}" for sentence in self.mechanism)]

    def add_to(self, page: dict[str, Any]) -> None:
        """Add it to the JSON data of a network."""
        page["smaller_network"] = self.described()


def smaller_network(network: Network, seed: int | None = None) -> SmallerNetwork:
    """
    A network of one hidden layer of ReLU that is the same function, with as few units as is found.

    INPUT:

    - ``network`` -- a network whose units are affine functions of the inputs, as with one hidden
      layer of ReLU, absolute values, hard tanh, or maxima of two
    - ``seed`` -- of the random choices

    OUTPUT: :class:`SmallerNetwork`

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.sources import load_network
        >>> found = smaller_network(load_network([[[1, 0], [2, 0], [0, 1], [0, 0]], [0, 0, 0, -1],
        ...                                       [[1, 1, 1, 5]]]))
        >>> print(found.text())
        smaller_network = 2 hidden units of ReLU, and no fewer  [proved]
          2 hyperplanes where the function bends; so many units beside a linear connection from the
          inputs
          unit 3 is constant
          units 0, 1 bend at the same hyperplane
        >>> found.network.describe()["layers"][0]["weights"]
        [['0', '1'], ['1', '0']]
    """
    start = time.perf_counter()
    rebuilt = Rebuilt(network.describe())
    try:
        hinges = sum_of_hinges(rebuilt)
    except CertificateError as error:
        raise LimitReached(f"No smaller network was found: {error}") from None
    if hinges is None:
        raise InputError("A smaller network is found where all units are affine functions of the "
                         "inputs, as with one hidden layer of ReLU, absolute values, hard tanh, or "
                         "maxima of two.")
    search = _Search(hinges, _sides(network), random.Random(0 if seed is None else seed))
    smaller = search.network(network)
    units = 0 if len(smaller.layers) == 1 else smaller.program.widths[1]
    forms = [[[decimal(fraction(c)) for c in row] for row in form] for form in search.forms]
    at_least = verified(necessary_units, hinges, forms)
    value = {"network": smaller.describe(), "hinges": len(hinges.jumps), "at_least": at_least,
             "units": units}
    status = "proved" if at_least == units else "bounds"
    verified(check_smaller_network, rebuilt, value, {"forms": forms}, status)
    return SmallerNetwork.certified(
        network, "smaller_network", value, status, "sums of hinges, and their sides",
        time.perf_counter() - start, {"forms": forms}, network=smaller,
        mechanism=tuple(_mechanism(network, hinges)))


# -- the units of the given network ------------------------------------------------------------


def _units(network: Network) -> tuple[list[tuple[fmpq, ...] | None], list[int], list[bool]] | None:
    """
    Of a network of one hidden layer of ReLU for each unit the hyperplane, None if it is constant;
    the side on which it is active; and whether it has influence.
    """
    steps = network.program.steps
    if len(steps) != 3 or any(step.sources != (k,) for k, step in enumerate(steps)):
        return None
    first, bend, last = steps
    if not (isinstance(first, Affine) and isinstance(bend, Activation) and isinstance(last, Affine)
            and bend.breakpoints == (0,) and bend.pieces == ((0, 0), (1, 0))):
        return None
    hyperplanes: list[tuple[fmpq, ...] | None] = []
    sides = []
    for row, constant in zip(first.rows, first.constants):
        leading = row[min(row)] if row else Fraction(0)
        form = [row.get(j, Fraction(0)) / leading for j in range(network.inputs)] + [
            constant / leading] if leading else None
        hyperplanes.append(None if form is None else tuple(
            fmpq(c.numerator, c.denominator) for c in form))
        sides.append((leading > 0) - (leading < 0))
    return hyperplanes, sides, [any(i in row for row in last.rows)
                                for i in range(len(hyperplanes))]


def _sides(network: Network) -> dict[tuple[fmpq, ...], set[int]]:
    """For the hyperplanes of the given units the sides on which these are active."""
    found: dict[tuple[fmpq, ...], set[int]] = {}
    units = _units(network)
    if units is not None:
        for hyperplane, side, counts in zip(*units):
            if hyperplane is not None and counts:
                found.setdefault(hyperplane, set()).add(side)
    return found


def _mechanism(network: Network, hinges: Hinges) -> Iterator[str]:
    """Which units of a network of one hidden layer of ReLU are not needed, and why."""
    units = _units(network)
    if units is None:
        return
    together: dict[tuple[fmpq, ...], list[int]] = {}
    for i, (hyperplane, _, counts) in enumerate(zip(*units)):
        if hyperplane is None:
            yield f"unit {i} is constant"
        elif not counts:
            yield f"unit {i} has no influence"
        else:
            together.setdefault(hyperplane, []).append(i)
    for hyperplane, equal in together.items():
        if len(equal) > 1:
            bend = "bend at the same hyperplane" if hyperplane in hinges.jumps else (
                "cancel, but for an affine function")
            yield f"units {', '.join(map(str, equal))} {bend}"


# -- the search --------------------------------------------------------------------------------


class _Search:
    """
    Sides for the hinges of a function, such that few further units are needed.

    - ``forms`` -- linear forms on matrices that prove how many units are needed
    """

    def __init__(self, hinges: Hinges, sides: dict[tuple[fmpq, ...], set[int]],
                 generator: random.Random) -> None:
        self.hinges = hinges
        self.hyperplanes = sorted(hinges.jumps)
        self.jumps = [jump_matrix(hinges, h) for h in self.hyperplanes]
        self.normals = [list(h[:-1]) for h in self.hyperplanes]
        self.linear: Matrix = [row[:-1] for row in hinges.affine]
        self.sides = sides
        self.generator = generator
        self.forms: list[Matrix] = []
        self.turned = self._turned()

    def _turned(self) -> set[int]:
        """The hinges that are to be active on the other side."""
        k = len(self.hyperplanes)
        given = [self.sides.get(h, {1}) for h in self.hyperplanes]
        fixed = {i for i, sides in enumerate(given) if sides == {-1}}
        free = [i for i, sides in enumerate(given) if len(sides) > 1]
        if not self._further(fixed):
            return fixed
        if k and k <= MOST_HINGES:
            found, form = self._subset(None)
            if form is not None:
                self.forms = [form]
            excluded = []
            for place in range(k) if found is None else ():
                found, form = self._subset(place)
                if found is not None:
                    break
                excluded += [] if form is None else [form]
            if found is not None:
                return found
            if len(excluded) == k and self.forms:
                self.forms += excluded
        choices = [fixed | set(some) for size in range(len(free) + 1)
                   for some in itertools.combinations(free, size)] if len(free) <= MOST_FREE else (
                       [fixed])
        return min(choices, key=self._further)

    def _subset(self, place: int | None) -> tuple[set[int] | None, Matrix | None]:
        """
        Hinges to be turned such that no linear part is left, or one that two units at the hinge
        with this place make; or a linear form that proves that there are none.
        """
        others = [i for i in range(len(self.hyperplanes)) if i != place]
        for _ in range(TRIALS):
            form = self._form(place)
            chosen = subset_with_sum([form_at(form, self.jumps[i]) for i in others],
                                     -form_at(form, self.linear))
            if chosen is None:
                return None, form
            turned = {others[i] for i in chosen}
            if self._further(turned) <= (place is not None):
                return turned, None
        return None, None

    def _form(self, place: int | None) -> Matrix:
        """A random linear form, which vanishes where two units are at this hinge."""
        made = []
        for row in self.linear:
            entries = [fmpq(self.generator.randint(-10**6, 10**6)) for _ in row]
            if place is not None:
                n = self.normals[place]
                factor = sum((a * b for a, b in zip(entries, n)), fmpq(0)) / sum(
                    (c * c for c in n), fmpq(0))
                entries = [a - factor * b for a, b in zip(entries, n)]
            made.append(entries)
        return made

    def _left(self, turned: set[int]) -> fmpq_mat:
        """The linear part that is left."""
        return sum((fmpq_mat(self.jumps[i]) for i in turned), fmpq_mat(self.linear))

    def _doubled(self, left: fmpq_mat) -> list[int]:
        """Hinges with independent gradients in the span of the rows of a matrix."""
        rank, rows = left.rank(), left.table()
        found: list[int] = []
        for i, normal in enumerate(self.normals):
            if len(found) == rank:
                break
            if fmpq_mat([*rows, normal]).rank() == rank and fmpq_mat(
                    [*(self.normals[j] for j in found), normal]).rank() > len(found):
                found.append(i)
        return found

    def _further(self, turned: set[int]) -> int:
        """How many units are added to those of the hinges."""
        left = self._left(turned)
        rank = int(left.rank())
        return 2 * rank - len(self._doubled(left)) if rank else 0

    def network(self, given: Network) -> Network:
        """The network with these sides."""
        left = self._left(self.turned)
        doubled = self._doubled(left)
        basis = [self.normals[i] for i in doubled]
        further = []
        for row in left.table():
            if fmpq_mat([*basis, row]).rank() > len(basis):
                basis.append(row)
                further.append(row)
        parts = _coordinates(left, basis)
        units: list[tuple[list[fmpq], list[fmpq]]] = []  # a form, and the outgoing weights
        for i, h in enumerate(self.hyperplanes):
            jump, form = self.hinges.jumps[h], list(h)
            back = [-c for c in form]
            if i in doubled:
                # u max(l, 0) + w max(-l, 0) is (u + w) max(l, 0) - w l, and this is
                # (u + w) max(-l, 0) + u l.
                part = parts[doubled.index(i)]
                if i in self.turned:
                    units += [(form, part), (back, [c - p for c, p in zip(jump, part)])]
                else:
                    units += [(form, [c + p for c, p in zip(jump, part)]),
                              (back, [-p for p in part])]
            else:
                units.append((back if i in self.turned else form, jump))
        for normal, part in zip(further, parts[len(doubled):]):
            units += [([*normal, fmpq(0)], part),
                      ([*(-c for c in normal), fmpq(0)], [-c for c in part])]
        return _with_units([unit for unit in units if any(unit[1])], given)


def _coordinates(left: fmpq_mat, basis: list[list[fmpq]]) -> list[list[fmpq]]:
    """The columns C_i with left = sum of C_i basis_i^T."""
    if not basis:
        return []
    rows = fmpq_mat(basis)
    gram = rows * rows.transpose()
    return gram.solve(rows * left.transpose()).table()


def _with_units(units: list[tuple[list[fmpq], list[fmpq]]], given: Network) -> Network:
    """The network with these units, whose value at zero is the given one."""
    at_zero = given([0] * given.inputs)
    if not units:
        return Network([DenseLayer([[0] * given.inputs] * given.outputs, list(at_zero))],
                       [given.inputs])
    rows = [[fraction(c) for c in form[:-1]] for form, _ in units]
    biases = [fraction(form[-1]) for form, _ in units]
    weights = [[fraction(part[i]) for _, part in units] for i in range(given.outputs)]
    constants = [value - sum((c * max(b, Fraction(0)) for c, b in zip(row, biases)), Fraction(0))
                 for value, row in zip(at_zero, weights)]
    return Network([DenseLayer(rows, biases), activation("relu"), DenseLayer(weights, constants)],
                   [given.inputs])


def subset_with_sum(values: Sequence[fmpq], target: fmpq) -> list[int] | None:
    """
    The places of some numbers with this sum; None if there are none.

    EXAMPLES::

        >>> subset_with_sum([fmpq(3), fmpq(1, 2), fmpq(-2)], fmpq(1)), subset_with_sum([], fmpq(1))
        ([0, 2], None)
    """
    half = len(values) // 2
    sums: list[dict[fmpq, int]] = []
    for part in (values[:half], values[half:]):
        reached = {fmpq(0): 0}
        for bit, c in enumerate(part):
            reached = {s + c: bits | 1 << bit for s, bits in reached.items()} | reached
        sums.append(reached)
    for s, bits in sums[0].items():
        other = sums[1].get(target - s)
        if other is not None:
            both = bits | other << half
            return [i for i in range(len(values)) if both >> i & 1]
    return None
