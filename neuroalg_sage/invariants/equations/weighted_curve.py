"""
A curve that proves an ideal prime where one coordinate is not zero.

There the ideal is graded by weights, all of which are positive, and so small that few monomials
have one.  :mod:`neuroalg_sage.certificates.equations.weighted_curve` has the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product
from math import comb, gcd, prod
from typing import Any

from flint import fmpq_mpoly, nmod_mat

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.equations.weighted_curve import (
    Exponents,
    Form,
    Relation,
    module_of,
    require_torsion_free,
    restricted,
    weight_of,
)
from neuroalg_sage.certificates.reading import (
    CertificateError,
    exponent_vectors,
    polynomial_ring,
    polynomials,
)
from neuroalg_sage.engines.modular import random_prime
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch
from neuroalg_sage.invariants.equations.linear_section import in_powers
from neuroalg_sage.invariants.equations.products_of_spaces import ProductOfSpaces
from neuroalg_sage.models.expressions import Polynomial

LARGEST_PRIME = 2**31
LARGEST_FACTOR, MOST_GRADINGS = 3, 4
MOST_SETS, MOST_CURVES, LARGEST_RANK, MOST_FIBERS = 20_000, 12, 60, 600
MOST_MONOMIALS = 120  # of one weight


class WeightedCurves:
    """
    Curves of an image of a product of projective spaces where one coordinate is not zero.

    INPUT:

    - ``search`` -- the search for equations
    - ``space`` -- the product of which M is an image
    - ``chart`` -- the coordinate
    - ``dimension`` -- that of M

    ATTRIBUTES:

    - ``exist`` -- whether the other coordinates have positive weights

    EXAMPLES::

        >>> from neuroalg_sage.invariants.equations.products_of_spaces import product_of_spaces
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> from neuroalg_sage.models.sources import from_expressions
        >>> model = from_expressions("(a + b*x)^2*(c + d*x)", "a b c d", "x")
        >>> phi = parametrization(model)
        >>> search = EquationSearch(phi, 1)
        >>> curves = WeightedCurves(search, product_of_spaces(phi), 3, 3)
        >>> curves.exist, curves.weights
        (True, [3, 2, 1, 0])
    """

    def __init__(self, search: EquationSearch, space: ProductOfSpaces, chart: int, dimension: int
                 ) -> None:
        self.search, self.chart, self.dimension = search, chart, dimension
        self.n = len(search.weights)
        own = next(iter(search.phi.polynomials[chart]))
        rows = search.gradings.parameters
        best: tuple[int, list[int]] | None = None
        for combination in product(range(-LARGEST_FACTOR, LARGEST_FACTOR + 1), repeat=len(rows)
                                   ) if len(rows) <= MOST_GRADINGS else ():
            weights = self._weights(combination)
            if all(w > 0 for i, w in enumerate(weights) if i != chart) and (
                    best is None or max(weights) < best[0]):
                best = max(weights), [*combination]
        self.exist = best is not None and all(
            sum(own[v] > 0 for v in block) == 1 for block in space.product.blocks)
        self.combination = best[1] if best else [0] * len(rows)
        self.weights = self._weights(self.combination)
        columns = [weight_of(column, self.combination) for column in zip(*rows)]
        self.parameters = [columns[v] - columns[w] for block in space.product.blocks
                           for w in block if own[w] for v in block if v != w]
        self.exist &= all(w > 0 for w in self.parameters)
        self.sheets = space.product.sheets or 1

    def _weights(self, combination: Sequence[int]) -> list[int]:
        found = [weight_of(own, combination) for own in self.search.weights]
        return [w - found[self.chart] for w in found]

    def _sets(self) -> Iterator[tuple[int, tuple[int, int], tuple[int, ...]]]:
        """A rank, two coordinates, and those that become forms in these."""
        others = sorted((i for i in range(self.n) if i != self.chart),
                        key=self.weights.__getitem__)
        if comb(len(others), self.dimension - 1) > MOST_SETS:
            others = others[:self.dimension + 2]
        below, sheets = prod(self.parameters), self.sheets
        sets = []
        for chosen in combinations(others, self.dimension - 1):
            rank, rest = divmod(prod(self.weights[i] for i in chosen), below * sheets)
            if not rest and rank <= LARGEST_RANK:
                sets.append((rank, chosen))
        for rank, chosen in sorted(sets):
            for kept in combinations(chosen, 2):
                if gcd(*(self.weights[i] for i in kept)) == 1:
                    yield rank, kept, tuple(i for i in chosen if i not in kept)

    def find(self, basis: list[Polynomial], order: Sequence[int], checkpoint: Callable[[], None]
             ) -> dict[str, Any] | None:
        """What the checker reads of a curve, if the ideal is prime by one of the first ones."""
        generator, ring, plane = self.search.generator, polynomial_ring(self.n), polynomial_ring(2)
        p = random_prime(generator, LARGEST_PRIME)
        equations: list[fmpq_mpoly] = polynomials([encode_polynomial(f) for f in basis], ring)
        for _, (rank, kept, cut) in zip(range(MOST_CURVES), self._sets()):
            checkpoint()
            u, v = (self.weights[i] for i in kept)
            forms = {i: plane.from_dict({
                (a, (self.weights[i] - a * u) // v): generator.randrange(1, 1000)
                for a in range(self.weights[i] // u + 1) if not (self.weights[i] - a * u) % v})
                for i in cut}
            rest = [i for i in order if i not in (*kept, *cut, self.chart)]
            own = [self.weights[i] for i in (*rest, *kept)]
            try:
                section = restricted(equations, self.chart, rest, kept, forms, p)
                require_torsion_free(section, own, rank, p, MOST_MONOMIALS)
            except CertificateError:
                continue
            if (fiber := self._fiber(section, own, rank, p)) is not None:
                return {"weight": [-self._at_the_chart(), 0, *self.combination],
                        "kept": [*kept], "cut": [*cut], "prime": p, "fiber": fiber,
                        "forms": [encode_polynomial({e: int(c.p) for e, c in zip(
                            exponent_vectors(f), f.coeffs())}) for f in forms.values()]}
        return None

    def _at_the_chart(self) -> int:
        return weight_of(self.search.weights[self.chart], self.combination)

    def _fiber(self, section: list[Form], weights: list[int], rank: int, p: int
               ) -> dict[str, Any] | None:
        """A fiber that is a field, with its point."""
        module = module_of(section, weights, rank, p)
        for _ in range(MOST_FIBERS):
            at = [self.search.generator.randrange(1, p) for _ in range(2)]
            if (found := Fiber(module, weights, at, p).field()) is not None:
                return found
        return None


class Fiber:
    """
    The algebra over a point of a module over two variables, by normal forms.

    INPUT:

    - ``module`` -- its generators, its relations and echelon forms
    - ``weights`` -- of the variables
    - ``at`` -- the point
    - ``p`` -- the prime

    EXAMPLES: The cube roots of 2 are in a field with 7^3 elements::

        >>> module = module_of([{(3, 0, 0): 1, (0, 1, 0): 6}], [1, 3, 1], 3, 7)
        >>> Fiber(module, [1, 3, 1], [2, 1], 7).field()
        {'polynomial': [5, 0, 0, 1], 'point': [], 'last': [2, 1]}
        >>> Fiber(module, [1, 3, 1], [1, 1], 7).field() is None
        True
    """

    def __init__(self, module: tuple[list[Exponents], list[Relation], dict[int, list[Form]]],
                 weights: list[int], at: list[int], p: int) -> None:
        basis, relations, echelons = module
        self.basis, self.weights, self.at, self.p = basis, weights, at, p
        self.index = {b: k for k, b in enumerate(basis)}
        self.c = len(weights) - 2
        self.echelons = {next(iter(row)): row for rows in echelons.values() for row in rows}
        self.pivots: dict[int, list[int]] = {}  # the last entry of a row that is not zero, is one
        for weight, terms in relations:
            row = self._reduced(self._at_the_point(weight, terms))
            if any(row):
                last = max(k for k, x in enumerate(row) if x)
                inverse = pow(row[last], -1, p)
                row = [x * inverse % p for x in row]
                self.pivots = {k: self._minus(other, other[last], row)
                               for k, other in self.pivots.items()} | {last: row}
        self.free = [k for k in range(len(basis)) if k not in self.pivots]

    def _minus(self, vector: list[int], factor: int, row: list[int]) -> list[int]:
        return [(x - factor * y) % self.p for x, y in zip(vector, row)] if factor else vector

    def _reduced(self, vector: list[int]) -> list[int]:
        for k, row in self.pivots.items():
            vector = self._minus(vector, vector[k], row)
        return vector

    def _at_the_point(self, weight: int, terms: dict[tuple[Exponents, int], int]) -> list[int]:
        """The coefficients at generators, with numbers for both variables."""
        (a, b), (wide, high) = self.at, self.weights[-2:]
        vector = [0] * len(self.basis)
        for (generator, k), x in terms.items():
            left = weight - k * wide - weight_of(generator, self.weights)
            vector[self.index[generator]] += x * pow(a, k, self.p) * pow(b, left // high, self.p)
        return [x % self.p for x in vector]

    def _times(self, generator: Exponents, i: int) -> list[int]:
        """The normal form of a generator times a variable."""
        image = (*generator[:i], generator[i] + 1, *generator[i + 1:])
        # Its leading monomial is the image, which the others are subtracted from.
        row = self.echelons.get((*image, 0, 0), {(*image, 0, 0): -1})
        terms = {(m[:self.c], m[self.c]): -x for m, x in row.items()
                 if m[:self.c] in self.index}
        weight = weight_of(image, self.weights)
        vector = self._reduced(self._at_the_point(weight, terms))
        return [vector[k] for k in self.free]

    def field(self) -> dict[str, Any] | None:
        """What the checker reads of its point, if it is a field that the first variable generates;
        else None."""
        p, rank = self.p, len(self.free)
        one = self._reduced([1] + [0] * (len(self.basis) - 1))
        matrix = nmod_mat(rank, rank, [x for k in self.free
                                       for x in self._times(self.basis[k], 0)], p)
        others = [self._times(self.basis[0], i) for i in range(1, self.c)]
        generated = in_powers(matrix, [one[k] for k in self.free], others)
        if generated is None:
            return None
        polynomial, point = generated
        factors = polynomial.factor()[1]
        if len(factors) > 1 or factors[0][1] > 1:
            return None
        return {"polynomial": list(map(int, polynomial)), "point": [
            [int(f[k]) for k in range(rank)] for f in point], "last": self.at}
