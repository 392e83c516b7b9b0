"""
Finite symmetries of φ: affine-linear maps A of the parameters with φ ∘ A = φ.

They are found on the expanded φ, whatever the layers are:

- **roots of unity**: diagonal matrices, the torsion of the group that is dual to Z^N modulo the
  lattice of the exponents of φ;
- **permutations** of the parameters, by refinement of colors and backtracking;
- **automorphisms of the fiber**: let w and w' be points of one fiber, both in normal form.
  A symmetry with A w = w' has Dφ(w') A = Dφ(w), and if it commutes with the continuous
  symmetries, these are linear equations for A.  Solved modulo a prime and lifted, a solution is
  a symmetry if φ ∘ A = φ.  So the reflection of a unit at its inflection point is found.

A symmetry is a list of entries (i, j, c, k): a term c ζ^k w_j of component i, with w_N = 1.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from flint import fmpz_mat, nmod_mat

from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.known_symmetries import constant_modulo
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction
from neuroalg_sage.models.symmetry import SparseMatrix

Entries = list[list[Any]]

MOST_ORDER = 1000
MOST_NODES = 2000  # of a search for one permutation
MOST_TERMS = 200_000
MOST_UNKNOWNS = 1500
MOST_POINTS = 300


# -- roots of unity ------------------------------------------------------------------------


def exponent_lattice(polynomials: Sequence[Polynomial]) -> list[list[int]]:
    """
    A basis of the lattice that the exponents of a polynomial map generate.

    EXAMPLES::

        >>> exponent_lattice([{(2, 2): 1}, {(0, 4): 1, (0, 0): 1}])
        [[2, 2], [0, 4]]
    """
    exponents = sorted({e for p in polynomials for e in p if any(e)})
    basis: list[list[int]] = []
    step = 2 * len(exponents[0]) if exponents else 1
    for start in range(0, len(exponents), step):
        chunk = [*basis, *map(list, exponents[start : start + step])]
        basis = [list(map(int, row)) for row in fmpz_mat(chunk).hnf().tolist() if any(row)]
    return basis


def roots_of_unity(phi: Parametrization) -> tuple[int, list[list[int]]]:
    """
    Weights of diagonal matrices that generate all of them with φ ∘ A = φ, modulo the tori.

    OUTPUT: an order q, and lists of N weights: w_i is multiplied by ζ^weight, ζ of order q

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> roots_of_unity(parametrization(parse_spec("mlp:1,1,1:x^3-x")))
        (2, [[1, 1]])
    """
    count = phi.model.parameter_count
    basis = exponent_lattice(phi.polynomials)
    if not basis:
        return 1, []
    pivots = [next(j for j, c in enumerate(row) if c) for row in basis]
    inverse = fmpz_mat([[row[j] for j in pivots] for row in basis]).inv()  # rational
    found, order = [], 1
    for k in range(len(pivots)):
        column = [fraction(inverse[i, k]) for i in range(len(pivots))]
        if any(c.denominator > 1 for c in column):
            found.append(dict(zip(pivots, column)))
            order = lcm(order, *(c.denominator for c in column))
    if order > MOST_ORDER:
        return 1, []
    return order, [[int(v.get(i, Fraction(0)) * order) % order for i in range(count)]
                   for v in found]


# -- permutations --------------------------------------------------------------------------


class Colors:
    """
    Colors of the variables of a polynomial map that any renaming respects, by refinement.

    The colors are hashes: if two that should differ agree, a search takes longer, and what it
    finds is verified.
    """

    def __init__(self, count: int, polynomials: Sequence[Polynomial]) -> None:
        self.count, self.polynomials = count, polynomials
        kinds: list[int] = []
        incidence: list[tuple[int, int, int]] = []
        for j, polynomial in enumerate(polynomials):
            for e, c in polynomial.items():
                incidence += [(len(kinds), i, k) for i, k in enumerate(e) if k]
                kinds.append(hash((j, c)) % 2**63)
        self.kinds = np.array(kinds, dtype=np.uint64)
        table = np.array(incidence, dtype=np.int64).reshape(-1, 3)
        self.terms, self.variables = table[:, 0], table[:, 1]
        self.powers = table[:, 2].astype(np.uint64)

    @staticmethod
    def _mixed(values: np.ndarray) -> np.ndarray:
        """A permutation of the words of 64 bits without pattern."""
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
            values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
        return values

    def refined(self, individual: Sequence[int]) -> np.ndarray:
        """Colors where some parameters have colors of their own, in this order."""
        colors = np.zeros(self.count, dtype=np.uint64)
        colors[list(individual)] = np.arange(1, len(individual) + 1, dtype=np.uint64)
        classes = 0
        while classes < (classes := len(np.unique(colors))):
            terms = self.kinds.copy()
            np.add.at(terms, self.terms, self._mixed(
                self._mixed(colors[self.variables]) + self.powers))
            new = self._mixed(colors)
            np.add.at(new, self.variables, self._mixed(
                self._mixed(terms)[self.terms] + self.powers))
            colors = self._mixed(new)
        return colors


def permutations(phi: Parametrization) -> Iterator[list[int]]:
    """
    Permutations π of the parameters with φ ∘ π = φ, which generate all of them.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> list(permutations(parametrization(parse_spec("attention:d=2,a=1,out=1,t=1"))))
        [[2, 3, 0, 1, 4, 5], [4, 5, 0, 1, 2, 3], [0, 1, 4, 5, 2, 3]]
    """
    if sum(map(len, phi.polynomials)) <= MOST_TERMS:
        yield from renamings_to_itself(Colors(phi.model.parameter_count, phi.polynomials))


def renamings_to_itself(structure: Colors) -> Iterator[list[int]]:
    """Permutations of the variables of a polynomial map that leave it as it is, generating all."""
    base: list[int] = []
    while True:
        colors = structure.refined(base)
        values, sizes = np.unique(colors, return_counts=True)
        several = set(values[sizes > 1].tolist())
        left = next((i for i, c in enumerate(colors.tolist()) if c in several), None)
        if left is None:
            return
        for right in range(left + 1, structure.count):
            if colors[right] == colors[left]:
                found = renaming(structure, structure, [*base, left], [*base, right])
                if found is not None:
                    yield found
        base.append(left)


def renaming(first: Colors, second: Colors, left: Sequence[int] = (), right: Sequence[int] = ()
             ) -> list[int] | None:
    """
    A renaming of variables that makes one polynomial map of the other, by backtracking.

    OUTPUT: for each variable of the first its name in the second; it maps ``left`` to ``right``

    EXAMPLES::

        >>> renaming(Colors(2, [{(2, 1): 1}]), Colors(2, [{(1, 2): 1}]))
        [1, 0]
    """
    nodes = 0

    def search(left: list[int], right: list[int]) -> list[int] | None:
        nonlocal nodes
        nodes += 1
        if nodes > MOST_NODES:
            return None
        here, there = first.refined(left), second.refined(right)
        if sorted(here.tolist()) != sorted(there.tolist()):
            return None
        values, sizes = np.unique(here, return_counts=True)
        if (sizes == 1).all():
            places = {c: i for i, c in enumerate(there.tolist())}
            permutation = [places[c] for c in here.tolist()]
            return permutation if _renames(permutation, first, second) else None
        color = values[sizes > 1][0]
        chosen = int(np.flatnonzero(here == color)[0])
        for image in np.flatnonzero(there == color).tolist():
            found = search([*left, chosen], [*right, image])
            if found is not None:
                return found
        return None

    return search([*left], [*right])


def _renames(permutation: Sequence[int], first: Colors, second: Colors) -> bool:
    for polynomial, target in zip(first.polynomials, second.polynomials, strict=True):
        if len(polynomial) != len(target):
            return False
        for e, c in polynomial.items():
            image = [0] * len(e)
            for i, k in enumerate(e):
                image[permutation[i]] = k
            if target.get(tuple(image)) != c:
                return False
    return True


# -- automorphisms of the fiber ------------------------------------------------------------


def points_of_fiber(relations: Sequence[tuple[tuple[int, ...], Polynomial]],
                    monomials: Sequence[tuple[int, ...]], image: Sequence[int], prime: int,
                    generator: random.Random) -> list[list[int]]:
    """
    The points with coordinates in the prime field of a fiber, from equations of the generic one.

    INPUT:

    - ``relations`` -- a Gröbner basis over the functions of M: each with its leading monomial
    - ``monomials`` -- those that no leading monomial divides
    - ``image`` -- the point of M below, modulo the prime

    OUTPUT: those points at which a random linear form takes values that are simple
    """
    size = len(monomials[0])
    residue = constant_modulo(prime)
    rules: list[tuple[tuple[int, ...], dict[tuple[int, ...], int]]] = []
    for top, relation in relations:
        rule: dict[tuple[int, ...], int] = {}
        for e, c in relation.items():
            term = residue(c)
            for x, k in zip(image, e[size:]):
                term = term * pow(x, k, prime) % prime
            rule[e[:size]] = (rule.get(e[:size], 0) + term) % prime
        lead = rule.pop(top)
        if not lead:
            return []
        inverse = -pow(lead, -1, prime)
        rules.append((top, {e: a * inverse % prime for e, a in rule.items() if a}))
    numbers = {e: k for k, e in enumerate(monomials)}
    known: dict[tuple[int, ...], list[int]] = {}

    def reduced(e: tuple[int, ...]) -> list[int]:
        """The coordinates of a monomial in the basis of standard monomials."""
        if e in numbers:
            return [int(k == numbers[e]) for k in range(len(monomials))]
        if e not in known:
            top, rule = next((t, r) for t, r in rules if all(map(int.__ge__, e, t)))
            total = [0] * len(monomials)
            for f, factor in rule.items():
                part = reduced(tuple(a - b + d for a, b, d in zip(e, top, f)))
                total = [(a + factor * b) % prime for a, b in zip(total, part)]
            known[e] = total
        return known[e]

    def times(e: tuple[int, ...], v: int) -> tuple[int, ...]:
        return (*e[:v], e[v] + 1, *e[v + 1 :])

    form = [generator.randrange(prime) for _ in range(size)]
    rows = []
    for e in monomials:
        row = [0] * len(monomials)
        for v, x in enumerate(form):
            row = [(a + x * b) % prime for a, b in zip(row, reduced(times(e, v)))]
        rows.append(row)
    matrix = nmod_mat(rows, prime)
    points = []
    for factor, multiplicity in matrix.charpoly().factor()[1]:
        if factor.degree() > 1 or multiplicity > 1:
            continue
        root = -int(factor[0]) * pow(int(factor[1]), -1, prime) % prime
        shifted = nmod_mat([[(c - root * (i == j)) % prime for j, c in enumerate(row)]
                            for i, row in enumerate(rows)], prime)
        kernel, nullity = shifted.nullspace()
        values = [int(kernel[i, 0]) for i in range(len(monomials))]
        scale = pow(values[numbers[(0,) * size]], -1, prime) if nullity == 1 and values[
            numbers[(0,) * size]] else 0
        if scale:
            points.append([sum(c * x for c, x in zip(reduced(times((0,) * size, v)), values))
                           * scale % prime for v in range(size)])
    return points


def affine_map(jacobians: tuple[np.ndarray, np.ndarray], points: tuple[list[int], list[int]],
               commuting: Sequence[SparseMatrix], prime: int) -> Entries | None:
    """
    The affine-linear map A that takes a point w to w' if it commutes with some fields.

    INPUT:

    - ``jacobians``, ``points`` -- Dφ(w) and Dφ(w'), w and w', modulo the prime

    OUTPUT: the entries of a solution of the linear equations over Q; None if there is none
    """
    here, there = points
    count = len(here)
    unknowns = count * (count + 1)
    if unknowns > MOST_UNKNOWNS:
        return None
    residue = constant_modulo(prime)
    rows: list[dict[int, int]] = []

    def place(i: int, j: int) -> int:
        return i * (count + 1) + j

    for i, (a, b) in enumerate(zip(here, there)):
        rows.append({place(i, j): a for j, a in enumerate([*here, 1])} | {unknowns: b})
    for before, after in zip(*(j.tolist() for j in jacobians)):
        if any(before) or any(after):
            rows += [{place(i, j): c for i, c in enumerate(after) if c} | {unknowns: before[j]}
                     for j in range(count)]
    for field in commuting:
        # (X A)_ij = (A X)_ij, where the last row of both is that of the constant.
        equations: dict[tuple[int, int], dict[int, int]] = {}
        for (i, k), c in field.items():
            for j in range(count + 1):
                row = equations.setdefault((i, j), {})
                if k < count:
                    row[place(k, j)] = (row.get(place(k, j), 0) + residue(c)) % prime
                elif j == count:
                    row[unknowns] = (row.get(unknowns, 0) - residue(c)) % prime
            for r in range(count):
                row = equations.setdefault((r, k), {})
                row[place(r, i)] = (row.get(place(r, i), 0) - residue(c)) % prime
        rows += equations.values()
    table = np.zeros((len(rows), unknowns + 1), dtype=np.int64)
    for number, row in enumerate(rows):
        table[number, list(row)] = list(row.values())
    free, kernel = modular.reduced_kernel(table, prime)
    if unknowns not in free:
        return None
    entries: Entries = []
    for k in np.flatnonzero(kernel[-1, :-1]).tolist():
        lift = modular.rational_reconstruction(prime - int(kernel[-1, k]), prime)
        if lift is None:
            return None
        entries.append([*divmod(k, count + 1), str(lift), 0])
    return entries
