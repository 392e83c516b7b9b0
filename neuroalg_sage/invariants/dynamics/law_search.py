"""
Polynomial conservation laws degree by degree, by linear algebra in weight spaces.

A polynomial h is a law if X h = Σ_i X_i ∂h/∂w_i = 0 for all fields X of the flow.  This is
linear in the coefficients of h, and falls apart into the weight spaces of the gradings of the
fields (:attr:`~neuroalg_sage.invariants.dynamics.vector_fields.VectorFields.gradings`).

At a point where no coordinate is zero, X w^a = w^a Σ_i (X_i/w_i) a_i.  So the conditions at
points modulo a prime are one product of matrices, with the exponents on the right, whose
columns are then multiplied by the monomials.  Their kernel is at least as large as the space of
laws over Q; and products of laws are laws.  So where the products of the generators span as
much as the kernel has dimensions, there is nothing new; and where new laws, verified exactly,
complete them, they are all laws of that degree.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.dynamics.conservation_law import ConservationLaw, primitive
from neuroalg_sage.invariants.dynamics.vector_fields import VectorFields
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.sage_input import takes_numbers_of_sage

MOST_MONOMIALS = 3_000_000
MOST_IN_A_WEIGHT = 6_000
MOST_PRIMES = 12
EXTRA_ROWS = 8
FIRST_POINTS = 2
MOST_ENTRIES = 20_000_000  # of the conditions on all weight spaces of a degree

Monomial = tuple[int, ...]  # the variables that are multiplied, ascending


def check_degree(degree: Any) -> int:
    """A bound for the degrees of laws; raises InputError if it is none."""
    if isinstance(degree, bool) or not isinstance(degree, int) or degree < 1:
        raise InputError(f"A bound for degrees is a whole number from 1 on, not {degree}.")
    return degree


class LawSearch:
    """
    The laws of a flow, found degree by degree; a second call goes on.

    INPUT:

    - ``space`` -- the fields of the flow
    - ``known`` -- candidates with names, preferred where they are laws
    - ``seed`` -- integer for the random choices
    - ``progress`` -- called with lines of text

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dynamics.flows import Flow
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,1,1:x^2"))
        >>> LawSearch(VectorFields(phi, Flow()), seed=1).up_to(4)
        [w_0^2 + w_1^2 - 2*w_2^2]
    """

    def __init__(self, space: VectorFields, known: Sequence[tuple[str, Polynomial]] = (),
                 seed: int | None = None,
                 progress: Callable[[str], None] = lambda message: None) -> None:
        self.space, self.progress = space, progress
        self.known = list(known)
        self.generator = random.Random(seed) if seed is not None else random.SystemRandom()
        self.degree = 0
        self.laws: list[ConservationLaw] = []
        self.largest_weight = 1
        # Products of laws, with their degree and the place of the last factor.
        self._products: list[tuple[Any, int, int]] = []
        self._samples: list[tuple[int, np.ndarray, np.ndarray]] = []
        zero_one = [w for m, w in space.gradings if m == 0]
        self._integral = np.array(zero_one, dtype=np.int64).reshape(-1, space.count).T
        signs = [w for m, w in space.gradings if m == 2]
        self._signs = np.array([sum(w[i] << k for k, w in enumerate(signs))
                                for i in range(space.count)], dtype=np.int64)

    @takes_numbers_of_sage
    def up_to(self, degree: int) -> list[ConservationLaw]:
        """Generators of the algebra of laws, up to a degree."""
        check_degree(degree)
        count = self.space.count
        total = comb(count + degree - 1, degree) if self.space.is_homogeneous else comb(
            count + degree, degree) - 1
        if total > MOST_MONOMIALS:
            raise InputError(f"There are {total:,} monomials of degree {degree} in {count} "
                             f"variables, over the limit of {MOST_MONOMIALS:,}; choose a smaller "
                             "degree.")
        while self.degree < degree:
            self._next_degree()
        return [law for law in self.laws if law.degree <= degree]

    # -- one degree ------------------------------------------------------------------------

    def _next_degree(self) -> None:
        degree = self.degree + 1
        self._multiply(degree)
        products: dict[tuple[int, ...], list[dict[Monomial, Fraction]]] = {}
        for f, of_degree, _ in self._products:
            if of_degree == degree or not self.space.is_homogeneous:
                terms = _terms(f)
                products.setdefault(self._weight(next(iter(terms))), []).append(terms)
        named: dict[tuple[int, ...], list[tuple[str, Polynomial]]] = {}
        for name, polynomial in self.known:
            if {sum(e) for e in polynomial} == {degree} and len(weights := {
                    self._weight(_factors(e)) for e in polynomial}) == 1 and (
                    self.space.annihilate(polynomial)):
                named.setdefault(weights.pop(), []).append((name, polynomial))
        found: list[ConservationLaw] = []
        classes = self._classes(degree)
        for (weight, monomials), first in zip(classes, self._first_conditions(classes)):
            self.largest_weight = max(self.largest_weight, len(monomials))
            found += self._new(monomials, products.get(weight, []), named.get(weight, []), first)
        order = {name: i for i, (name, _) in enumerate(self.known)}
        found.sort(key=lambda law: (order.get(law.name, len(order)), len(law.polynomial)))
        self.laws += found
        self.degree = degree
        self.progress(f"degree {degree}: {len(found)} new laws, {len(classes)} weight spaces of at "
                      f"most {max((len(m) for _, m in classes), default=0)} monomials")

    def _multiply(self, degree: int) -> None:
        """Append the products of laws that have this degree, each once, by the last factor."""
        factors = [(self.space.polynomial(law.polynomial), law.degree) for law in self.laws]
        self._products += [(f, own, last) for last, (f, own) in enumerate(factors)
                           if own == degree - 1]
        self._products += [(f * g, degree, last) for last, (f, own) in enumerate(factors)
                           for g, d, before in list(self._products)
                           if d + own == degree and before <= last]

    def _weight(self, monomial: Monomial) -> tuple[int, ...]:
        chosen = list(monomial)
        return (*map(int, self._integral[chosen].sum(axis=0)),
                int(np.bitwise_xor.reduce(self._signs[chosen])))

    def _classes(self, degree: int) -> list[tuple[tuple[int, ...], np.ndarray]]:
        """The weights, with the monomials of each; without those that certainly have no law."""
        classes = []
        for size in (degree,) if self.space.is_homogeneous else range(1, degree + 1):
            chosen = np.fromiter(itertools.chain.from_iterable(
                itertools.combinations_with_replacement(range(self.space.count), size)),
                dtype=np.int32).reshape(-1, size)
            keys = np.concatenate([self._integral[chosen].sum(axis=1),
                                   np.bitwise_xor.reduce(self._signs[chosen], axis=1)[:, None]],
                                  axis=1)
            padded = np.full((len(chosen), degree), -1, dtype=np.int32)
            padded[:, :size] = chosen
            classes.append((keys, padded))
        keys = np.concatenate([k for k, _ in classes])
        chosen = np.concatenate([c for _, c in classes])
        _, inverse, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
        order = np.argsort(inverse.ravel(), kind="stable")
        starts = np.cumsum(counts) - counts
        # A monomial alone is a law only if no field moves it, which one point shows.
        alone = order[starts[counts == 1]]
        prime, _, slopes = self._sample(0, 1)
        moved = np.zeros(len(chosen), dtype=bool)
        if len(alone):
            moved[alone] = (_scaled_exponents(slopes[0], chosen[alone], prime) != 0).any(axis=0)
        return [(tuple(map(int, keys[order[s]])), chosen[order[s : s + c]])
                for s, c in zip(starts, counts) if not moved[order[s]]]

    def _new(self, monomials: np.ndarray, products: list[dict[Monomial, Fraction]],
             named: list[tuple[str, Polynomial]], first: np.ndarray | None
             ) -> list[ConservationLaw]:
        """
        The laws of one weight that products do not span.

        ``first`` holds the conditions at the first points modulo the first prime, if there are
        enough of them.
        """
        size = len(monomials)
        if size > MOST_IN_A_WEIGHT:
            raise LimitReached(f"A weight space has {size:,} monomials, over the limit of "
                               f"{MOST_IN_A_WEIGHT:,}; the degrees below it are done.")
        points = FIRST_POINTS
        remainders, places = modular.ChineseRemainders(), list(range(size + 1))
        which = 0
        while which < MOST_PRIMES:
            if first is not None:
                prime, matrix, enough = self._samples[0][0], first, False
                first = None
            else:
                prime, matrix, enough = self._conditions(which, monomials, points)
            free, kernel = modular.reduced_kernel(matrix, prime)
            rows = [self._row(p, monomials) for p in products]
            spanned = modular.rank(_residues(rows, size, prime), prime)
            if len(free) == spanned:
                return []
            if len(free) < len(places):
                remainders, places = modular.ChineseRemainders(), free
            if free == places:
                remainders.add(kernel.ravel().tolist(), prime)
                if (basis := remainders.fractions()) is not None:
                    laws = [self._polynomial(monomials, basis[k * size : (k + 1) * size])
                            for k in range(len(free))]
                    if all(map(self.space.annihilate, laws)):
                        return self._complement(monomials, rows, named, laws, prime)
            # Too few conditions, or coefficients too large for these primes.
            points, which = (2 * points, which) if not enough else (points, which + 1)
            if not enough:
                remainders, places = modular.ChineseRemainders(), list(range(size + 1))
        raise LimitReached("The coefficients of a law are too large to be reconstructed.")

    def _complement(self, monomials: np.ndarray, rows: list[dict[int, Fraction]],
                    named: list[tuple[str, Polynomial]], laws: list[Polynomial], prime: int
                    ) -> list[ConservationLaw]:
        """Laws that complete products to a basis: those with names first, then short ones."""
        candidates = named + [("", primitive(law)) for law in sorted(laws, key=len)]
        rows = rows + [self._row({_factors(e): c for e, c in p.items()}, monomials)
                       for _, p in candidates]
        matrix = _residues(rows, len(monomials), prime)
        # Rows are dependent on those before them where the transpose has no pivot.
        free, _ = modular.reduced_kernel(matrix.T, prime)
        start = len(rows) - len(candidates)
        variables = tuple(self.space.names)
        rate = self.space.flow.rate
        return [ConservationLaw(p, variables, name or self._name(p), rate)
                for k, (name, p) in enumerate(candidates, start) if k not in set(free)]

    def _name(self, law: Polynomial) -> str:
        """
        A name that the form of a law gives.

        Noether's law of a rotation of the parameters is bilinear in these and in momenta.
        """
        count = self.space.phi.model.parameter_count
        if len(law) == 1 and sum(next(iter(law))) == 1:
            return "the model ignores this parameter"
        if self.space.flow.friction is not None and all(
                sum(e[:count]) == 1 == sum(e[count : 2 * count]) for e in law):
            return "angular momentum"
        return ""

    # -- conditions ------------------------------------------------------------------------

    def _sample(self, which: int, points: int) -> tuple[int, np.ndarray, np.ndarray]:
        """
        A prime, points modulo it, and at each the matrix of X_i/w_i for fields X.
        """
        while len(self._samples) <= which:
            prime = modular.random_prime(self.generator)
            fields, count = len(self.space.fields), self.space.count
            self._samples.append((prime, np.zeros((0, count), dtype=np.int64),
                                  np.zeros((0, fields, count), dtype=np.int64)))
        prime, known, slopes = self._samples[which]
        missing = points - len(known)
        if missing > 0:
            new = np.array([[self.generator.randrange(1, prime) for _ in range(self.space.count)]
                            for _ in range(missing)], dtype=np.int64)
            values = np.zeros((missing, *slopes.shape[1:]), dtype=np.int64)
            inverse = np.array([[pow(int(c), -1, prime) for c in point] for point in new])
            places = [(j, i) for j, field in enumerate(self.space.fields) for i in field]
            if places:
                j, i = np.array(places).T
                values[:, j, i] = modular.evaluate_polynomials(
                    [p for field in self.space.fields for p in field.values()], new, prime
                    ) * inverse[:, i] % prime
            self._samples[which] = (prime, np.concatenate([known, new]),
                                    np.concatenate([slopes, values]))
        return self._samples[which]

    def _first_conditions(self, classes: list[tuple[tuple[int, ...], np.ndarray]]
                          ) -> Iterator[np.ndarray | None]:
        """For each weight space the conditions at the first points, None if they are too few."""
        prime, at, slopes = self._sample(0, FIRST_POINTS)
        at, slopes = at[:FIRST_POINTS], slopes[:FIRST_POINTS]
        rows = FIRST_POINTS * slopes.shape[1]
        step = max(1, MOST_ENTRIES // max(1, rows))
        waiting: list[np.ndarray] = []

        def written() -> Iterator[np.ndarray | None]:
            monomials = np.concatenate(waiting)
            table = _products(at, slopes, monomials, prime)
            ends = np.cumsum([len(m) for m in waiting])
            for part in np.split(table, ends[:-1], axis=1):
                part = part[part.any(axis=1)]
                yield part if len(part) >= part.shape[1] + EXTRA_ROWS else None

        size = 0
        for _, monomials in classes:
            if size + len(monomials) > step and waiting:
                yield from written()
                waiting, size = [], 0
            waiting.append(monomials)
            size += len(monomials)
        if waiting:
            yield from written()

    def _conditions(self, which: int, monomials: np.ndarray, points: int
                    ) -> tuple[int, np.ndarray, bool]:
        """The conditions at points, and whether more points would only repeat them."""
        size = len(monomials)
        while True:
            prime, at, slopes = self._sample(which, points)
            matrix = _products(at[:points], slopes[:points], monomials, prime)
            matrix = matrix[matrix.any(axis=1)]
            enough = points >= 2 * size + EXTRA_ROWS
            if len(matrix) >= size + EXTRA_ROWS or enough:
                return prime, matrix.reshape(-1, size), enough
            points *= 2

    # -- polynomials as rows -----------------------------------------------------------------

    def _row(self, terms: dict[Monomial, Fraction], monomials: np.ndarray) -> dict[int, Fraction]:
        place = {tuple(i for i in m if i >= 0): k for k, m in enumerate(monomials.tolist())}
        return {place[m]: c for m, c in terms.items()}

    def _polynomial(self, monomials: np.ndarray, coefficients: Sequence[Fraction]) -> Polynomial:
        law: Polynomial = {}
        for monomial, c in zip(monomials.tolist(), coefficients):
            if c:
                exponents = [0] * self.space.count
                for i in monomial:
                    if i >= 0:
                        exponents[i] += 1
                law[tuple(exponents)] = c
        return law


def _factors(exponents: Sequence[int]) -> Monomial:
    return tuple(i for i, e in enumerate(exponents) for _ in range(e))


def _terms(f: Any) -> dict[Monomial, Fraction]:
    return {_factors(e): c for e, c in from_flint(f).items()}


def _residues(rows: Sequence[dict[int, Fraction]], size: int, prime: int) -> np.ndarray:
    matrix = np.zeros((len(rows), size), dtype=np.int64)
    for row, entries in zip(matrix, rows):
        for k, c in entries.items():
            row[k] = c.numerator * pow(c.denominator, -1, prime) % prime
    return matrix


def _products(at: np.ndarray, slopes: np.ndarray, monomials: np.ndarray, prime: int) -> np.ndarray:
    """X w^a = w^a Σ_i (X_i/w_i) a_i for each point and field (rows) and monomial (columns)."""
    points, size = len(at), len(monomials)
    values = np.ones((points, size), dtype=np.int64)
    for factor in monomials.T:
        values = values * np.where(factor >= 0, at[:, factor], 1) % prime
    rows = _scaled_exponents(slopes.reshape(-1, slopes.shape[2]), monomials, prime)
    return (rows.reshape(points, -1, size) * values[:, None, :] % prime).reshape(-1, size)


def _scaled_exponents(slopes: np.ndarray, monomials: np.ndarray, prime: int) -> np.ndarray:
    """Σ_i slopes[., i] a_i for the exponents a of each monomial."""
    total = np.zeros((len(slopes), len(monomials)), dtype=np.int64)
    for factor in monomials.T:
        total += np.where(factor >= 0, slopes[:, factor], 0)
    return total % prime
