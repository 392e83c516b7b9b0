"""
Whether two networks at given weights are the same function.

They differ if a point is found where they do: among random ones, or a vertex, or a point in a
direction, of the subdivision by the units of both.  If there is none, they are the same.  Where all
units are affine functions of the inputs, as with one hidden layer, no subdivision is needed: such
functions are sums of hinges in one way only, for any number of inputs.  The lemmas are in
:mod:`neuroalg_sage.certificates.piecewise.same_function`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.piecewise.hinges import Hinges, sum_of_hinges
from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.certificates.piecewise.network import difference
from neuroalg_sage.certificates.piecewise.same_function import check_same_function
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.reading import rational as exact
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.linear_regions import evidence, verified, where
from neuroalg_sage.invariants.piecewise.subdivision import (
    MOST_INPUTS,
    Inequality,
    Subdivision,
    domain,
)
from neuroalg_sage.models.piecewise.difference import Difference
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.rational import fraction

Point = tuple[Fraction, ...]
TRIALS = 12  # random points, before all of the subdivision is found


@dataclass(frozen=True, eq=False, repr=False)
class SameFunction(Invariant):
    """
    Whether two networks are the same function; the value is true or false.

    - ``values`` -- if they differ, their outputs at :attr:`point`
    """

    values: tuple[Point, ...] = ()
    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> bool:
        """Whether they are the same function."""
        return bool(self.data["same"])

    @property
    def point(self) -> Point | None:
        """A point where they differ; None if there is none."""
        stated = self.data["point"]
        return None if stated is None else tuple(map(exact, stated))

    def sentence(self) -> str:
        return "the two networks are the same function" if self.value else "the two networks differ"

    def lines(self, spec: str = "SPEC") -> list[str]:
        inside = where(self.data["domain"])
        found = [f"  {inside}"] if inside else []
        if self.point is not None:
            one, other = ("; ".join(map(decimal, values)) for values in self.values)
            found.append(f"  at the point {', '.join(self.data['point'])} the outputs are {one} "
                         f"and {other}")
        return found

    def condition(self) -> str:
        return where(self.data["domain"])


def same_function(network: Network, other: Network, box: Any = None, polytope: Any = None
                  ) -> SameFunction:
    """
    Whether two networks are the same function, with proof.

    INPUT:

    - ``network``, ``other`` -- networks with the same numbers of inputs and of outputs
    - ``box``, ``polytope`` -- on which inputs, see
      :func:`~neuroalg_sage.invariants.piecewise.subdivision.domain`; by default on all of R^d

    OUTPUT: :class:`SameFunction`

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.sources import load_network
        >>> size = load_network([[[1], [-1]], [[1, 1]]])
        >>> same_function(size, load_network([[[2], [-3]], [["1/2", "1/3"]]]))
        True (proved)
        >>> found = same_function(size, load_network([[[1]], [[1]]]))
        >>> found, same_function(size, load_network([[[1]], [[1]]]), box=[[0, 1]])
        (False (proved), True (proved))
        >>> found.point, found.values
        ((Fraction(-1, 1),), ((Fraction(1, 1),), (Fraction(0, 1),)))
    """
    start = time.perf_counter()
    both = Difference(network, other)
    inequalities = domain(network.inputs, box, polytope)
    point, proof = _compared(both, inequalities)
    value = {"other": other.describe(), "domain": [[str(c) for c in row] for row in inequalities],
             "point": None if point is None else [decimal(x) for x in point], "same": point is None}
    verified(check_same_function, Rebuilt(network.describe()), value, proof)
    method = {"point": "the values at a point", "hinges": "comparison of sums of hinges",
              "subdivision": "subdivision of a complex of cones, the values at all vertices and "
                             "directions"}[proof["argument"]]
    return SameFunction.certified(
        network, "same_function", value, "proved", method, time.perf_counter() - start, proof,
        values=() if point is None else (network(point), other(point)))


def _compared(both: Difference, inequalities: Sequence[Inequality]
              ) -> tuple[Point | None, dict[str, Any]]:
    """A point where two networks differ, None if there is none; and the evidence."""
    program, different = both.program, {"argument": "point"}
    for point in _trials(both.inputs):
        if all(_value(row, point) >= 0 for row in inequalities) and any(program.values(point)):
            return point, different
    hinges = None if inequalities else _as_hinges(both)
    if hinges is not None:
        if hinges.vanish:
            return None, {"argument": "hinges"}
        return next(p for p in _about_a_hinge(hinges) if any(program.values(p))), different
    if both.inputs > MOST_INPUTS:
        raise InputError(
            f"The networks have the same values at {TRIALS} points; whether they are the same "
            f"function on a polytope, or with more than one hidden layer, is found for at most "
            f"{MOST_INPUTS} inputs, and these have {both.inputs}.")
    found = Subdivision(both, inequalities)
    rays = [list(map(int, ray)) for ray in found.complex.rays.tolist()]
    differ = {k for k, values in enumerate(found.states[-1].T) if any(values)}
    if not differ:
        return None, {"argument": "subdivision", "subdivision": evidence(found)}
    vertices = [rays[k] for k in sorted(differ) if rays[k][-1]]
    if vertices:
        least = min(vertices, key=lambda ray: max(map(abs, ray)))
        return tuple(Fraction(c, least[-1]) for c in least[:-1]), different
    # They agree at all vertices; in a direction of some cell they do not, since its basis spans it.
    basis = next(basis for basis in found.bases.tolist() if differ & set(basis))
    direction = rays[next(k for k in basis if k in differ)]
    vertex = next(rays[k] for k in basis if rays[k][-1])
    return tuple(Fraction(c, vertex[-1]) + x for c, x in zip(vertex[:-1], direction)), different


def _value(row: Inequality, point: Point) -> Fraction:
    """The value of an affine form at a point."""
    return sum((c * x for c, x in zip(row, point)), Fraction(row[-1]))


def _trials(inputs: int) -> Iterator[Point]:
    """The first points to be tried: simple ones, near zero, and further away."""
    for c in (0, 1, -1):
        yield (Fraction(c),) * inputs
    generator = random.Random(0)
    for k in range(TRIALS - 3):
        size = 1 + 3 * k
        yield tuple(Fraction(generator.randint(-size, size), 1 + k % 3) for _ in range(inputs))


def _as_hinges(both: Difference) -> Hinges | None:
    """The difference as a sum of hinges, where it is one."""
    try:
        return sum_of_hinges(difference(*(Rebuilt(n.describe())
                                          for n in (both.first, both.second))))
    except CertificateError:  # that is more work than the checker allows
        return None


def _about_a_hinge(hinges: Hinges) -> Iterator[Point]:
    """
    Points at one of which a sum of hinges is not zero.

    At a point of one hyperplane that is on no other, and at two others that are opposite, not
    further from it than all others are, the values of a sum with a jump there are not all zero; an
    affine function that is not zero is not zero at zero or at a unit vector.
    """
    forms = [[fraction(c) for c in form] for form in hinges.jumps]
    d = len(hinges.affine[0]) - 1
    if not forms:
        yield (Fraction(0),) * d
        yield from (tuple(Fraction(int(i == j)) for j in range(d)) for i in range(d))
        return
    *normal, constant = forms[0]
    leading = next(i for i, c in enumerate(normal) if c)

    def at(form: list[Fraction], x: Sequence[Fraction]) -> Fraction:
        return sum((c * y for c, y in zip(form, x)), form[-1])

    generator, size = random.Random(0), 1
    while True:
        size *= 2
        x = [Fraction(generator.randint(-size, size)) for _ in range(d)]
        # Its first coefficient is 1.
        x[leading] -= at(forms[0], x)
        others = [(abs(at(form, x)), form) for form in forms[1:]]
        if all(value for value, _ in others):
            break
    step = min((value / (2 * abs(slope)) for value, form in others
                if (slope := form[leading])), default=Fraction(1))
    for factor in (0, 1, -1):
        yield tuple(c + factor * step * (i == leading) for i, c in enumerate(x))
