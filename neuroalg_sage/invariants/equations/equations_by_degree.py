"""
Equations of the neurovariety degree by degree, by linear algebra in weight spaces.

The ideal I(M) is graded by the largest torus for which the coordinates of φ are homogeneous,
and by the degree, if it is homogeneous in the coordinates.  In each weight space the equations
of one degree are the kernel of an evaluation matrix: rows are random points of M, columns are
the monomials of that weight.  Modulo a prime its kernel is at least as large as that over Q;
so equations over Q, verified by substitution, as many as the dimension of the kernel, are
all of them.

Permutations of inputs and outputs that preserve M permute the weight spaces, so that one of
each orbit suffices.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb, lcm
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.kernel_fields import gradings
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.layers import Dense
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, vanishes
from neuroalg_sage.models.rational import echelon, in_ring, kernel
from neuroalg_sage.models.sage_input import takes_numbers_of_sage

Weight = tuple[int, ...]
Monomial = tuple[int, ...]  # the coordinates that are multiplied, ascending
Equation = dict[Monomial, int]

MOST_MONOMIALS = 3_000_000
MOST_IN_A_WEIGHT = 6_000
EXTRA_POINTS = 8
MULTIPLES_AT_ONCE = 4  # times what is missing


@dataclass
class EquationsOfDegree:
    """
    The equations of one degree.

    - ``degree`` -- the degree
    - ``dimension`` -- of the space I(M)_degree
    - ``monomials`` -- the number of monomials of this degree
    - ``generators`` -- for each weight the equations that lower degrees do not generate
    - ``multiplicities`` -- for each weight with equations, the dimension of its space, modulo
      multiples of linear equations
    """

    degree: int
    dimension: int
    monomials: int
    generators: dict[Weight, list[Equation]] = field(default_factory=dict)
    multiplicities: dict[Weight, int] = field(default_factory=dict)

    @property
    def hilbert_function(self) -> int:
        """The dimension of the coordinate ring of M in this degree."""
        return self.monomials - self.dimension

    @property
    def generator_count(self) -> int:
        """The number of minimal generators of this degree."""
        return sum(map(len, self.generators.values()))


@dataclass(frozen=True)
class Gradings:
    """
    Gradings of φ that are independent on the coordinates.

    - ``parameters`` -- for each grading the weights of the parameters, integers
    - ``coordinates`` -- for each coordinate its weights
    - ``degree`` -- rational numbers: the combination of the gradings for which all coordinates
      have weight 1, so that M is a cone; None if there is none
    """

    parameters: tuple[tuple[int, ...], ...]
    coordinates: tuple[Weight, ...]
    degree: tuple[Fraction, ...] | None


def coordinate_gradings(phi: Parametrization) -> Gradings:
    """
    The gradings of the coordinates by the largest torus that grades φ.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> found = coordinate_gradings(parametrization(parse_spec("mlp:2,2,2:x^3")))
        >>> len(set(found.coordinates)), found.degree is not None
        (8, True)
    """
    parameters: list[tuple[int, ...]] = []
    columns: list[list[int]] = []
    for weights in gradings(phi):
        column = [sum(w * e for w, e in zip(weights, next(iter(p)))) if p else 0
                  for p in phi.polynomials]
        if modular.rank(np.array([*columns, column]), 2**31 - 1) > len(columns):
            parameters.append(tuple(weights))
            columns.append(column)
    coordinates = tuple(tuple(column[j] for column in columns)
                        for j in range(len(phi.polynomials)))
    used = [w for w, p in zip(coordinates, phi.polynomials) if p]
    return Gradings(tuple(parameters), coordinates, _combination(used, len(columns)))


def _combination(weights: list[Weight], size: int) -> tuple[Fraction, ...] | None:
    """Coefficients for which all these weights become 1, if there are such."""
    if not weights:  # all coordinates are zero
        return (Fraction(0),) * size
    solution = kernel([(*w, 1) for w in weights], size + 1)[-1:]
    if not solution or size not in solution[0]:
        return None
    return tuple(-solution[0].get(j, Fraction(0)) for j in range(size))


def coordinate_permutations(phi: Parametrization) -> list[tuple[int, ...]]:
    """
    The permutations of the coordinates that come from inputs and outputs and preserve M.

    A permutation of inputs or outputs is kept if some permutation of the parameters has the
    same effect on φ, which is verified on the expanded φ; those of a dense first and last
    layer are tried.

    OUTPUT: list of permutations that generate a group; the identity is left out
    """
    place = {c: i for i, c in enumerate(phi.coordinates)}
    apex = tuple(range(len(phi.coordinates), len(phi.polynomials)))
    found: list[tuple[int, ...]] = []
    for move, parameters in _swaps(phi.model):
        image = tuple(place[move(*c)] for c in phi.coordinates) + apex  # type: ignore[index]
        moved = [{_moved(e, parameters): c for e, c in p.items()} for p in phi.polynomials]
        if all(p == phi.polynomials[j] for p, j in zip(moved, image, strict=True)):
            found.append(image)
    return found


def _swaps(model: Model) -> Iterator[tuple[Callable[..., object], dict[int, int]]]:
    """
    Swaps of two neighboring inputs of a dense first layer or outputs of a dense last one: what
    becomes of a coordinate, and of those parameters that move.
    """
    first, last = model.layers[0], model.layers[-1]
    if len(model.layers) < 2:
        return

    def swapped(k: int, e: tuple[int, ...]) -> tuple[int, ...]:
        return (*e[:k], e[k + 1], e[k], *e[k + 2:])

    if isinstance(first, Dense):
        for k in range(first.inputs - 1):
            pairs = [(i * first.inputs + k, i * first.inputs + k + 1)
                     for i in range(first.outputs)]
            yield lambda j, e, k=k: (j, swapped(k, e)), _both_ways(pairs)  # type: ignore[misc]
    if isinstance(last, Dense):
        start = model.parameter_count - last.parameter_count()
        bias = start + last.inputs * last.outputs
        for k in range(last.outputs - 1):
            pairs = [(start + k * last.inputs + i, start + (k + 1) * last.inputs + i)
                     for i in range(last.inputs)] + [(bias + k, bias + k + 1)] * last.bias
            swap = {k: k + 1, k + 1: k}
            yield lambda j, e, swap=swap: (swap.get(j, j), e), _both_ways(pairs)  # type: ignore[misc]


def _both_ways(pairs: list[tuple[int, int]]) -> dict[int, int]:
    return {a: b for pair in pairs for a, b in (pair, pair[::-1])}


def _moved(exponents: tuple[int, ...], parameters: dict[int, int]) -> tuple[int, ...]:
    moved = list(exponents)
    for i, j in parameters.items():
        moved[j] = exponents[i]
    return tuple(moved)


class EquationSearch:
    """
    The equations of a neurovariety, found degree by degree; a second call goes on.

    If M is not a cone, its equations are those of the cone over M × {1}, with one coordinate
    more, set to 1; their degree is the total degree.

    INPUT:

    - ``phi`` -- the parametrization
    - ``seed`` -- integer for the random choices
    - ``progress`` -- called with lines of text

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> search = EquationSearch(parametrization(parse_spec("mlp:3,2,2:x^2")), seed=1)
        >>> [d.generator_count for d in search.up_to(3)]
        [0, 0, 20]
    """

    def __init__(self, phi: Parametrization, seed: int | None = None,
                 progress: Callable[[str], None] = lambda message: None) -> None:
        self.progress, self.affine = progress, phi
        # Called often; raises LimitReached when time is over, and nothing is lost but a degree.
        self.checkpoint: Callable[[], None] = lambda: None
        self.generator = random.Random(seed) if seed is not None else random.SystemRandom()
        self.gradings = coordinate_gradings(phi)
        if self.gradings.degree is None:
            phi = phi.cone_over()
            self.gradings = coordinate_gradings(phi)
        self.phi = phi
        self.weights = self.gradings.coordinates
        self.permutations = _group(coordinate_permutations(phi), len(self.weights))
        # Linear equations express the other coordinates by these.
        self.coordinates = list(range(len(self.weights)))
        self.degrees: list[EquationsOfDegree] = []
        self.largest_weight = 1  # the most monomials of one weight so far
        self.spaces: list[dict[Weight, list[Equation]]] = []  # all equations, by degree
        self._primes: list[int] = []
        self._values: list[np.ndarray] = []

    @takes_numbers_of_sage
    def up_to(self, degree: int) -> list[EquationsOfDegree]:
        """The equations of the degrees from 1 to ``degree``."""
        if isinstance(degree, bool) or not isinstance(degree, int) or degree < 1:
            raise InputError(f"A bound for degrees is a whole number from 1 on, not {degree}.")
        while len(self.degrees) < degree:
            self._next_degree()
        return self.degrees[:degree]

    def state(self) -> dict[str, Any]:
        """
        What was found, as plain JSON data, from which :meth:`restore` goes on.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> from neuroalg_sage.models.parametrization import parametrization
            >>> phi = parametrization(parse_spec("mlp:3,2,2:x^2"))
            >>> first, second = EquationSearch(phi, seed=1), EquationSearch(phi, seed=2)
            >>> _ = first.up_to(3); second.restore(first.state())
            >>> len(second.degrees), second.up_to(4)[-1].hilbert_function
            (3, 1170)
        """
        return {"schema": 1, "model": self.affine.model.describe(), "degrees": [
            {"degree": d.degree, "dimension": d.dimension, "monomials": d.monomials,
             "generators": _encode(d.generators),
             "multiplicities": [[list(w), k] for w, k in d.multiplicities.items()]}
            for d in self.degrees],
            "space": _encode(self.spaces[-1]) if self.spaces else [],
            "largest_weight": self.largest_weight}

    def restore(self, state: Any) -> None:
        """
        Go on from the state of a search for the same model.

        Raises InputError if it is none.  That the equations vanish is verified; that they
        are all of their degrees is taken from the state, and proved by the certificate of
        :func:`hilbert_function`.
        """
        try:
            if state["schema"] != 1 or state["model"] != self.affine.model.describe():
                raise ValueError
            degrees = [EquationsOfDegree(
                int(d["degree"]), int(d["dimension"]), int(d["monomials"]),
                _decode(d["generators"]), {tuple(w): int(k) for w, k in d["multiplicities"]})
                for d in state["degrees"]]
            space, largest = _decode(state["space"]), int(state["largest_weight"])
            equations = [f for table in (space, *(d.generators for d in degrees))
                         for found in table.values() for f in found]
            right = [d.degree for d in degrees] == list(range(1, len(degrees) + 1)) and vanishes(
                [_polynomial(f, len(self.weights)) for f in equations], self.phi)
        except (ValueError, TypeError, LookupError, AttributeError):
            right = False
        if not right:
            raise InputError("What was kept is not a search for equations of this model; name "
                             "another file, or remove it.")
        self.degrees, self.largest_weight = degrees, largest
        self.spaces = [{}] * len(degrees)
        if degrees and degrees[0].generators:
            self._eliminate([f for found in degrees[0].generators.values() for f in found])
        if degrees:
            self.spaces[-1] = space

    def report(self, message: str) -> None:
        """Say how far it is, and stop if time is over."""
        self.progress(message)
        self.checkpoint()

    # -- points ------------------------------------------------------------------------

    def _points(self, which: int, count: int) -> tuple[int, np.ndarray]:
        """A prime, and coordinates of so many random points of M modulo it."""
        while len(self._primes) <= which:
            self._primes.append(modular.random_prime(self.generator))
            self._values.append(np.zeros((0, len(self.weights)), dtype=np.int64))
        prime = self._primes[which]
        missing = count - len(self._values[which])
        if missing > 0:
            points = np.array([[self.generator.randrange(prime) for _ in range(
                self.phi.parameter_count)] for _ in range(missing)], dtype=np.int64)
            self._values[which] = np.concatenate([self._values[which], modular.evaluate_polynomials(
                self.phi.polynomials, points, prime)])
        return prime, self._values[which]

    # -- one degree ----------------------------------------------------------------------

    def _next_degree(self) -> None:
        start = time.perf_counter()
        degree, n = len(self.degrees) + 1, len(self.coordinates)
        total = comb(n + degree - 1, degree)
        if total > MOST_MONOMIALS:
            raise LimitReached(f"There are {total:,} monomials of degree {degree}, over the limit "
                               f"of {MOST_MONOMIALS:,}; the degrees below it are done.")
        by_weight = self._monomials(degree)
        self.largest_weight = max([self.largest_weight, *map(len, by_weight.values())])
        orbits = self._orbits(by_weight)
        result = EquationsOfDegree(degree, 0, total)
        spaces: dict[Weight, list[Equation]] = {}
        for representative, images in orbits:
            self.checkpoint()
            monomials = by_weight[representative]
            found, new = self._equations(monomials, self._multiples(representative))
            if not found:
                continue
            for weight, permutation in images.items():
                spaces[weight] = [_permuted(f, permutation) for f in found]
                result.multiplicities[weight] = len(found)
                if new:
                    result.generators[weight] = [_permuted(f, permutation) for f in new]
            result.dimension += len(found) * len(images)
        # What the linear equations generate is not in the counts so far.
        result.monomials = comb(len(self.weights) + degree - 1, degree)
        result.dimension += result.monomials - total
        self.degrees.append(result)
        self.spaces.append(spaces)
        if degree == 1 and spaces:
            self._eliminate([f for equations in spaces.values() for f in equations])
        self.progress(f"degree {degree}: {result.generator_count} generators, Hilbert function "
                      f"{result.hilbert_function}; {len(orbits)} of {len(by_weight)} weights, "
                      f"{time.perf_counter() - start:.1f} s")

    def _eliminate(self, linear: list[Equation]) -> None:
        """Leave out the coordinates that linear equations express by others."""
        n = len(self.weights)
        pivots = set(echelon([{i: c for (i,), c in f.items()} for f in linear], n)[1])
        self.coordinates = [i for i in range(n) if i not in pivots]
        self.permutations = [g for g in self.permutations if not pivots & {
            g[i] for i in self.coordinates}]
        self.spaces[-1] = {}

    def _monomials(self, degree: int) -> dict[Weight, list[Monomial]]:
        weights = np.array(self.weights, dtype=np.int64)
        chosen = np.fromiter(
            itertools.chain.from_iterable(itertools.combinations_with_replacement(
                self.coordinates, degree)), dtype=np.int32).reshape(-1, degree)
        sums = weights[chosen].sum(axis=1)
        by_weight: dict[Weight, list[Monomial]] = {}
        for monomial, weight in zip(map(tuple, chosen.tolist()), map(tuple, sums.tolist())):
            by_weight.setdefault(weight, []).append(monomial)
        return by_weight

    def _orbits(self, by_weight: dict[Weight, list[Monomial]]
                ) -> list[tuple[Weight, dict[Weight, tuple[int, ...]]]]:
        """A weight of each orbit, with its images and a permutation that leads there."""
        seen: set[Weight] = set()
        orbits = []
        for weight, monomials in by_weight.items():
            if weight in seen:
                continue
            images: dict[Weight, tuple[int, ...]] = {}
            for permutation in self.permutations:
                image = tuple(sum(self.weights[permutation[i]][k] for i in monomials[0])
                              for k in range(len(weight)))
                images.setdefault(image, permutation)
            seen.update(images)
            if len(monomials) > 1 or not all(self.phi.polynomials):
                orbits.append((weight, images))
        return orbits

    def _equations(self, monomials: list[Monomial], multiples: Iterator[Equation]
                   ) -> tuple[list[Equation], list[Equation]]:
        """
        A basis of the equations in these monomials, and those of it that are no combinations of
        multiples, verified over Q; the others are multiples.
        """
        size = len(monomials)
        if size > MOST_IN_A_WEIGHT:
            raise LimitReached(f"A weight space has {size:,} monomials, over the limit of "
                               f"{MOST_IN_A_WEIGHT:,}; the degrees below it are done.")
        candidates, known = list(multiples), list[Equation]()
        remainders, places = modular.ChineseRemainders(), list(range(size + 1))
        for which in range(12):
            free, kernel, prime = self._kernel(monomials, which)
            if not free:
                return [], []
            if len(free) < len(places):
                remainders, places = modular.ChineseRemainders(), free
                known, new = self._new([monomials[k] for k in free], np.count_nonzero(
                    kernel, axis=1), candidates, prime)
                if not new:
                    return known, []
            elif free != places:
                continue
            remainders.add(kernel[new].ravel().tolist(), prime)
            coefficients = remainders.fractions()
            if coefficients is None:
                continue
            equations = [_equation(monomials, coefficients[k * size : (k + 1) * size])
                         for k in range(len(new))]
            if vanishes([_polynomial(f, len(self.weights)) for f in equations], self.phi,
                        self.checkpoint):
                return [*known, *equations], equations
        raise LimitReached("The coefficients of an equation are too large to be reconstructed.")

    def _kernel(self, monomials: list[Monomial], which: int) -> tuple[list[int], np.ndarray, int]:
        """The reduced kernel of the evaluation modulo a prime, and the prime."""
        size = len(monomials)
        prime, values = self._points(which, size + EXTRA_POINTS)
        columns = np.array(monomials, dtype=np.int64)
        matrix = np.ones((size + EXTRA_POINTS, size), dtype=np.int64)
        for factor in columns.T:
            matrix = matrix * values[: size + EXTRA_POINTS, factor] % prime
        return *modular.reduced_kernel(matrix, prime), prime

    def _multiples(self, weight: Weight) -> Iterator[Equation]:
        """The multiples, by one coordinate, of the equations one degree lower."""
        if not self.spaces:
            return
        for i in self.coordinates:
            own = self.weights[i]
            below = tuple(a - b for a, b in zip(weight, own))
            for f in self.spaces[-1].get(below, ()):
                yield {tuple(sorted((*m, i))): c for m, c in f.items()}

    def _new(self, free: list[Monomial], terms: np.ndarray, multiples: list[Equation],
             prime: int) -> tuple[list[Equation], list[int]]:
        """
        Independent multiples, and which vectors of the reduced kernel complete them to a basis of
        it, as few terms as possible first.

        A vector of the kernel is known by its entries at the free monomials.
        """
        place = {m: k for k, m in enumerate(free)}
        known: list[Equation] = []
        basis = np.zeros((0, len(free)), dtype=np.int64)
        candidates = self.generator.sample(multiples, len(multiples))
        while candidates and len(known) < len(free):
            self.checkpoint()
            step = MULTIPLES_AT_ONCE * (len(free) - len(known)) + EXTRA_POINTS
            tried, candidates = candidates[:step], candidates[step:]
            matrix = np.zeros((len(tried), len(free)), dtype=np.int64)
            for row, f in zip(matrix, tried):
                for m, c in f.items():
                    if (k := place.get(m)) is not None:
                        row[k] = c % prime
            rows = np.concatenate([basis, matrix])
            # Rows are dependent on those before them where the transpose has no pivot.
            dependent = set(modular.reduced_kernel(rows.T, prime)[0])
            kept = [k for k in range(len(rows)) if k not in dependent]
            known += [tried[k - len(basis)] for k in kept if k >= len(basis)]
            basis = rows[kept]
        order = np.argsort(terms, kind="stable")
        rows = np.concatenate([basis, np.eye(len(free), dtype=np.int64)[order]])
        dependent = set(modular.reduced_kernel(rows.T, prime)[0])
        return known, [int(k) for j, k in enumerate(order, len(basis)) if j not in dependent]


def _group(generators: list[tuple[int, ...]], size: int) -> list[tuple[int, ...]]:
    """All products of permutations, the identity first."""
    identity = tuple(range(size))
    group, level = {identity: None}, [identity]
    while level:
        level = [product for g in generators for h in level
                 if (product := tuple(g[i] for i in h)) not in group
                 and group.setdefault(product) is None]
        if len(group) > 50_000:
            return [identity]
    return list(group)


def _permuted(f: Equation, permutation: tuple[int, ...]) -> Equation:
    return {tuple(sorted(permutation[i] for i in m)): c for m, c in f.items()}


def _encode(table: dict[Weight, list[Equation]]) -> list[Any]:
    return [[list(weight), [[[list(m), c] for m, c in f.items()] for f in equations]]
            for weight, equations in table.items()]


def _decode(data: Any) -> dict[Weight, list[Equation]]:
    return {tuple(weight): [{tuple(map(int, m)): int(c) for m, c in f} for f in equations]
            for weight, equations in data}


def _polynomial(f: Equation, n: int) -> Polynomial:
    return {tuple(m.count(i) for i in range(n)): Fraction(c) for m, c in f.items()}


def _with_positive_leading_coefficient(f: Polynomial) -> Polynomial:
    """The polynomial or its negative, by its first term in graded reverse lexicographic order."""
    ring = polynomial_ring(len(next(iter(f))))
    return f if in_ring(f, ring).leading_coefficient() > 0 else {e: -c for e, c in f.items()}


def _equation(monomials: list[Monomial], coefficients: list[Fraction]) -> Equation:
    """The equation with these coefficients, made integers."""
    scale = lcm(*(c.denominator for c in coefficients))
    return {m: int(c * scale) for m, c in zip(monomials, coefficients) if c}


# -- answers -------------------------------------------------------------------------------


def generators(search: EquationSearch, degree: int) -> list[Polynomial]:
    """
    The minimal generators of I(M) up to a degree.

    If M is not a cone, these are inhomogeneous.

    EXAMPLES: A parabola that is no cone::

        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> from neuroalg_sage.models.sources import from_expressions
        >>> phi = parametrization(from_expressions(["a*x + a^2"], ["a"], ["x"]))
        >>> generators(EquationSearch(phi, seed=1), 2)
        [{(2, 0): Fraction(1, 1), (0, 1): Fraction(-1, 1)}]
    """
    n = len(search.phi.coordinates) if search.phi.is_cone_over else len(search.weights)
    return [_with_positive_leading_coefficient(
        _polynomial({tuple(i for i in m if i < n): c for m, c in f.items()}, n))
            for found in search.up_to(degree)
            for _, equations in sorted(found.generators.items()) for f in equations]


class HilbertFunction(Invariant):
    """The values of a Hilbert function from degree 1 on."""

    def condition(self) -> str:
        return f"degrees 1 to {len(self.data)}"


class AffineHilbertFunction(HilbertFunction):
    """The values of the Hilbert function of what is not known to be a cone."""

    def sentence(self) -> str:
        return f"{self.data}, the affine one"


def hilbert_function(search: EquationSearch, degree: int) -> HilbertFunction:
    """
    The Hilbert function of the coordinate ring of M in degrees 1 to ``degree``.

    If the gradings do not show that M is a cone, that is the affine Hilbert function, the
    dimension of the polynomial functions of at most this degree on M, and so is it named.  The
    certificate holds the generators up to this degree, and proves that their multiples are all
    equations.

    INPUT:

    - ``search`` -- the search for equations
    - ``degree`` -- the largest degree

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a list of integers

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> search = EquationSearch(parametrization(parse_spec("linear:3,2,3")), seed=1)
        >>> hilbert_function(search, 4)
        [9, 45, 164, 486] (proved)
    """
    start = time.perf_counter()
    degrees = search.up_to(degree)
    values = [d.hilbert_function for d in degrees]
    prime = modular.random_prime(search.generator)
    count = search.largest_weight + EXTRA_POINTS
    points = [[search.generator.randrange(prime) for _ in range(
        search.phi.parameter_count)] for _ in range(count)]
    assert search.gradings.degree is not None
    evidence = {
        "gradings": [list(g) for g in search.gradings.parameters],
        "combination": [str(c) for c in search.gradings.degree],
        "generators": [encode_polynomial(g) for g in generators(search, degree)],
        "prime": prime, "points": points}
    name, answer = (("affine_hilbert_function", AffineHilbertFunction) if search.phi.is_cone_over
                    else ("hilbert_function", HilbertFunction))
    return answer.certified(search.phi.model, name, values, "proved",
                            "kernels of evaluation in weight spaces", time.perf_counter() - start,
                            evidence)
