"""
The volume of a tube, estimated by random functions of which is decided whether they are in it.

Let A be as for covering numbers, in the ball of radius R around 0 in V = R^n, and T the tube, the
set of the v in V with a distance of at most ε from A.  Then T lies in the ball of radius
ρ ≥ R + ε.

*Samples.*  Cut the cube [-ρ, ρ]^n into L^n cells, and let Q be the union of those that meet the
ball of radius ρ.  Q contains that ball, and lies in that of radius ρ + 2 ρ √n / L.  A random cell
of the cube is taken if it belongs to Q; so it is a random cell of Q, and a random point in it is
one of Q.  That is in T with the probability p = vol T / vol Q.  Random cells are read off the
digests of a text, the seed, and of a number (SHA-256): it is trusted that these are random.

*What is decided* is the same for all points of a cell, which are within r = ρ √n / L of its middle
point v:

- parameters w of a function in A with |φ(w) - v| ≤ ε - r show that the cell is in T;
- that A has no point within ε + r of v shows that it is disjoint to T.

*Lemma.*  Let g(x + h) = Σ_e g_e h^e.  If |g_0| > Σ_(e ≠ 0) |g_e| s^e, then g has no zero y with
|y_i - x_i| ≤ s_i for all i.

So M has no point in a box in which some equation of M has no zero.  The box around v with sides
2 (ε + r) is cut into halves, until these have no point of M, or no point within ε + r of v, or none
of the ball of radius R.

*Confidence.*  Of N cells let k be shown to be in T, and l to be disjoint to T.  The number of those
whose random point is in T is at least k and at most N - l, whatever has not been decided.  So the
interval of Clopper and Pearson from k to N - l contains p but for the probability that is stated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import comb, isqrt, lcm
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mpoly

from neuroalg_sage.certificates.capacity.large_numbers import logarithm, whole
from neuroalg_sage.certificates.capacity.region import (
    FEW_BITS,
    Region,
    ball_volume,
    real,
)
from neuroalg_sage.certificates.dimension.dimension import RANDOM
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    items,
    numbers,
    polynomial_ring,
    polynomials,
    rational,
    require,
)
from neuroalg_sage.certificates.real.sampling import SCALE as SHARES
from neuroalg_sage.certificates.real.sampling import interval
from neuroalg_sage.certificates.substitution import vanishing

WORD = 4  # bytes of a digest for each coordinate
CELLS = 256**WORD  # the number L
PLACES = 10**6  # of a volume
MOST_COORDINATES = 8  # a digest has so many words
MOST_SAMPLES, MOST_TRIES = 5_000, 2_000_000
MOST_BOXES = 1_000  # for one sample
SCALE = 2**48  # boxes have integers as ends, in units of 1 / SCALE
MOST_TERMS = 400  # of all derivatives of an equation

Cell = tuple[int, ...]  # odd numbers from -L to L, the middle point in units of ρ / L


def cells(seed: str, dimension: int, count: int) -> Iterator[Cell]:
    """
    So many random cells that meet the ball.

    EXAMPLES::

        >>> found = list(cells("1", 2, 100))
        >>> all(x % 2 and abs(x) < CELLS for cell in found for x in cell), len(set(found))
        (True, 100)
    """
    found = 0
    for k in range(MOST_TRIES):
        if found == count:
            return
        data = hashlib.sha256(f"{seed}:{k}".encode()).digest()
        cell = tuple(2 * int.from_bytes(data[WORD * i : WORD * (i + 1)], "big") + 1 - CELLS
                     for i in range(dimension))
        if sum((abs(x) - 1) ** 2 for x in cell) <= CELLS**2:
            found += 1
            yield cell
    require(found == count, "Too few random cells meet the ball.")


class Equation:
    """
    A polynomial g, with integers where it is evaluated: g(X / SCALE) SCALE^D, D the degree.

    ``terms`` has for each e the terms of the e-th coefficient of Taylor's formula.
    """

    def __init__(self, g: fmpq_mpoly) -> None:
        vectors = exponent_vectors(g)
        degree, n = max(map(sum, vectors)), g.context().nvars()
        common = lcm(*(int(c.q) for c in g.coeffs()))
        self.terms: dict[tuple[int, ...], list[tuple[int, tuple[tuple[int, int], ...]]]] = {
            (0,) * n: []}
        for a, c in zip(vectors, g.coeffs()):
            factor = int(c.p) * (common // int(c.q)) * SCALE ** (degree - sum(a))
            for e in product(*(range(k + 1) for k in a)):
                binomials = 1
                for k, i in zip(a, e):
                    binomials *= comb(k, i)
                powers = tuple((j, k - i) for j, (k, i) in enumerate(zip(a, e)) if k > i)
                self.terms.setdefault(e, []).append((factor * binomials, powers))
        self.origin = (0,) * n
        require(sum(map(len, self.terms.values())) <= MOST_TERMS, "An equation is too long.")

    def has_no_zero(self, middle: Sequence[int], half: Sequence[int]) -> bool:
        """Whether the lemma shows that there is no zero in a box."""
        rest = 0
        for e, terms in self.terms.items():
            total = 0
            for c, powers in terms:
                for j, k in powers:
                    c *= middle[j] ** k
                total += c
            if e == self.origin:
                value = abs(total)
            else:
                total = abs(total)
                for s, k in zip(half, e):
                    if k:
                        total *= s**k
                rest += total
                if rest >= value:
                    return False
        return rest < value


class Tube:
    """
    The tube around a part of M, and what can be decided of cells.

    - ``equations`` -- equations of M, which have been verified
    - ``radius`` -- R, rational
    """

    def __init__(self, region: Region, radius: Fraction, equations: Sequence[fmpq_mpoly]) -> None:
        n = region.model.ambient_dimension
        require(0 < n <= MOST_COORDINATES, f"The space has not from 1 to {MOST_COORDINATES} "
                "coordinates.")
        self.region, self.radius = region, radius
        self.outer = radius + region.epsilon  # the number ρ
        self.unit = self.outer / CELLS
        self.slack = self.unit * (isqrt(n - 1) + 1)  # at least r
        self.equations = [Equation(g) for g in equations]

    def middle(self, cell: Cell) -> list[Fraction]:
        """The middle point of a cell."""
        return [x * self.unit for x in cell]

    def contains(self, cell: Cell, parameters: Sequence[fmpq]) -> bool:
        """Whether parameters show that a cell is in the tube."""
        region = self.region
        near = region.epsilon - self.slack
        image = [f(*parameters) for f in region.model.parametrization]
        values = [Fraction(int(c.p), int(c.q)) for c in image]
        if region.kind == "box":
            inside = all(abs(Fraction(int(c.p), int(c.q))) <= region.size for c in parameters)
        else:
            inside = sum(c * c for c in values) <= region.size**2
        return inside and near >= 0 and sum(
            (a - b) ** 2 for a, b in zip(values, self.middle(cell))) <= near**2

    def misses(self, cell: Cell) -> bool:
        """Whether boxes show that a cell is disjoint to the tube."""
        middle = [_floor(c * SCALE) for c in self.middle(cell)]
        reach = -_floor(-(self.region.epsilon + self.slack) * SCALE) + 1
        # The middle point is within √n / SCALE of the cell's, at most 3 / SCALE.
        far = (reach + 3) ** 2
        most = (-_floor(-self.radius * SCALE)) ** 2
        boxes = [(middle, [reach] * len(middle))]
        for _ in range(MOST_BOXES):
            if not boxes:
                return True
            center, half = boxes.pop()
            from_middle = from_origin = 0
            for c, m, s in zip(center, middle, half):
                away = abs(c - m) - s
                from_middle += away * away if away > 0 else 0
                away = abs(c) - s
                from_origin += away * away if away > 0 else 0
            if from_middle > far or from_origin > most or any(
                    g.has_no_zero(center, half) for g in self.equations):
                continue
            j = half.index(max(half))
            less = half[j] // 2
            more = half[j] - less
            parts = [*half[:j], more, *half[j + 1:]]
            for step in (less, -less):
                boxes.append(([*center[:j], center[j] + step, *center[j + 1:]], parts))
        return False

    def volumes(self, inside: int, outside: int, count: int, error: float) -> tuple[arb, arb]:
        """
        The ends of the interval, of so many samples of which so many are in the tube, or are not.
        """
        low, high = interval(inside, count - outside, count, fmpq(*error.as_integer_ratio()))
        require(low > 0, "Too few samples are shown to be in the tube.")
        n = self.region.model.ambient_dimension
        return (arb(fmpq(low, SHARES)) * ball_volume(n) * real(self.outer) ** n,
                arb(fmpq(high, SHARES)) * ball_volume(n) * real(self.outer + 2 * self.slack) ** n)


def _floor(c: Fraction) -> int:
    return c.numerator // c.denominator


def rational_radius(region: Region, evidence: Any) -> Fraction:
    """The radius R as a rational number, rounded up."""
    if region.kind == "ball":
        return region.size
    upper = (region.radius(evidence) * PLACES).upper().ceil()
    return Fraction(whole(upper), PLACES)


def check_estimate(model: Model, value: Any, evidence: Any, stated_error: Any
                                ) -> Checked:
    """
    Verify an interval for the volume of a tube that is right but for a probability: the domain, ε,
    and decimal logarithms of both ends.
    """
    domain, epsilon, low, high = items(value, "claim", 4)
    region = Region(model, domain, epsilon)
    data, seed, decisions = fields(evidence, "equations", "seed", "decisions")
    equations = polynomials(data, polynomial_ring(model.ambient_dimension))
    require(all(equations), "An equation is zero.")
    vanishing(model, equations)
    require(isinstance(seed, str), "The seed is no text.")
    require(isinstance(stated_error, float) and 0 < stated_error < 1,
            "The error bound is not between 0 and 1.")
    count = integer(len(items(decisions, "decisions")), 1, MOST_SAMPLES, "number of samples")
    with ctx.workprec(FEW_BITS):
        tube = Tube(region, rational_radius(region, evidence), equations)
        inside = outside = 0
        for cell, decision in zip(cells(seed, model.ambient_dimension, count), decisions):
            if isinstance(decision, list):
                require(tube.contains(cell, numbers(decision, "point", model.parameters)),
                        "A sample is not shown to be in the tube.")
                inside += 1
            elif decision is False:
                require(tube.misses(cell), "A sample is not shown to be outside of the tube.")
                outside += 1
            else:
                require(decision is None, "A decision is malformed.")
        least, most = tube.volumes(inside, outside, count, stated_error)
        require(rational(low) <= rational(logarithm(least, False)),
                "The lower end is larger than the one that is shown.")
        require(rational(high) >= rational(logarithm(most, True)),
                "The upper end is smaller than the one that is shown.")
    return [f"of {count} samples {inside} are in the tube, {outside} are not"], [RANDOM]
