"""
Polynomial vector fields on the parameters that leave every function unchanged.

A vector field ξ = Σ_i ξ_i(w) ∂/∂w_i is in the kernel of Dφ if Σ_i ξ_i ∂φ_j/∂w_i = 0 for
every coordinate j.  At a generic point such fields span a space of tangent vectors of the
fiber, so r independent ones prove dim M ≤ N - r.  The linear symmetries that act on hidden
states are found without expanding φ; the fields here are found by linear algebra on the
expanded φ, for small models.  The rotations among the neurons of a hidden layer with squares
are the first example beyond them: they are quadratic.

The kernel is graded by the largest torus for which all coordinates of φ are homogeneous.
So the unknown coefficients fall apart into small systems, one for each weight.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb

import numpy as np
from flint import Ordering, fmpq_mpoly_ctx, nmod_mat

from neuroalg_sage.engines.modular import rational_reconstruction, sparse_kernel
from neuroalg_sage.models.expressions import Polynomial, evaluate, from_flint
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import in_ring, integral_kernel
from neuroalg_sage.models.symmetry import LinearSymmetry

Field = dict[int, Polynomial]  # component i, where it is not zero

PRIME = 2**61 - 1

# Beyond this the search takes longer than what it might prove is worth.
MOST_UNKNOWNS = 6_000
MOST_TERMS = 4_000


def gradings(phi: Parametrization) -> list[list[int]]:
    """
    A basis of the integer weights of the parameters for which all coordinates are homogeneous.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> len(gradings(parametrization(parse_spec("mlp:2,1,1:x^2"))))
        3
    """
    count = phi.parameter_count
    differences = {tuple(a - b for a, b in zip(exponents, first))
                   for polynomial in phi.polynomials if polynomial
                   for first in [next(iter(polynomial))] for exponents in polynomial}
    return integral_kernel(sorted(d for d in differences if any(d)), count)


def linear_fields(symmetries: Sequence[LinearSymmetry], count: int) -> list[Field]:
    """Linear symmetries as vector fields with polynomial components."""
    fields = []
    for symmetry in symmetries:
        field: Field = {}
        for (i, j), c in symmetry.parameters.items():
            field.setdefault(i, {})[tuple(int(k == j) for k in range(count))] = c
        fields.append(field)
    return fields


def kernel_fields(phi: Parametrization, known: Sequence[Field], wanted: int,
                  generator: random.Random, degree: int = 2) -> list[Field]:
    """
    Look for independent vector fields in the kernel of Dφ.

    INPUT:

    - ``phi`` -- the parametrization
    - ``known`` -- fields in the kernel
    - ``wanted`` -- how many fields that are independent at a generic point to stop at
    - ``generator`` -- source of random numbers
    - ``degree`` -- the largest degree of their components

    OUTPUT: a list of fields, known and new, each of which is in the kernel (exactly), and
    which are independent at a random point; as many as wanted, if so many were found

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,2,1:x^2"))
        >>> (rotation,) = kernel_fields(phi, [], 1, random.Random(1))
    """
    count = phi.model.parameter_count
    point = [generator.randrange(PRIME) for _ in range(count)]
    found: list[Field] = []
    rows: list[list[int]] = []

    def add(field: Field) -> bool:
        row = [evaluate(field.get(i, {}), point, PRIME) for i in range(count)]
        if nmod_mat(len(rows) + 1, count, [c for r in [*rows, row] for c in r],
                    PRIME).rank() > len(rows):
            rows.append(row)
            found.append(field)
        return len(found) >= wanted

    for field in known:
        if add(field):
            return found
    if (count * comb(count + degree, degree) > MOST_UNKNOWNS
            or sum(map(len, phi.polynomials)) > MOST_TERMS):
        return found
    search = _Search(phi, generator)
    for unknowns in search.by_weight(degree):
        for field in search.solve(unknowns):
            if add(field):
                return found
    return found


class _Search:
    """The linear systems for the coefficients of a field, by weight."""

    def __init__(self, phi: Parametrization, generator: random.Random) -> None:
        self.phi, self.generator = phi, generator
        self.count = phi.model.parameter_count
        self.weights = gradings(phi)
        self.ring = fmpq_mpoly_ctx.get([f"w{i}" for i in range(self.count)], Ordering.lex)
        self.slopes = [[in_ring(p, self.ring).derivative(i) for i in range(self.count)]
                       for p in phi.polynomials if p]
        self.samples: list[tuple[list[int], list[list[int]]]] = []

    def by_weight(self, degree: int) -> Iterator[list[tuple[int, tuple[int, ...]]]]:
        """The unknowns, pairs (component, monomial), of each weight; low degrees first."""
        for total in range(degree + 1):
            groups: dict[tuple[int, ...], list[tuple[int, tuple[int, ...]]]] = {}
            for chosen in itertools.combinations_with_replacement(range(self.count), total):
                exponents = tuple(chosen.count(k) for k in range(self.count))
                for i in range(self.count):
                    weight = tuple(sum(w[k] for k in chosen) - w[i] for w in self.weights)
                    groups.setdefault(weight, []).append((i, exponents))
            yield from (group for group in groups.values() if len(group) > 1)

    def _sample(self, number: int) -> tuple[list[int], list[list[int]]]:
        """A random point, and the Jacobian of φ there."""
        while len(self.samples) <= number:
            point = [self.generator.randrange(PRIME) for _ in range(self.count)]
            table = [[evaluate(from_flint(f), point, PRIME) for f in row] for row in self.slopes]
            self.samples.append((point, table))
        return self.samples[number]

    def solve(self, unknowns: list[tuple[int, tuple[int, ...]]]) -> Iterator[Field]:
        """The fields of one weight in the kernel; each is verified exactly."""
        rows: list[list[int]] = []
        number = 0
        while len(rows) < len(unknowns) + 5 or number < 2:
            point, table = self._sample(number)
            monomials = [evaluate({e: Fraction(1)}, point, PRIME) for _, e in unknowns]
            rows += [[slopes[i] * m % PRIME for (i, _), m in zip(unknowns, monomials)]
                     for slopes in table]
            number += 1
        for vector in sparse_kernel(np.array(rows, dtype=np.int64), PRIME):
            field: Field = {}
            for place, residue in vector.items():
                c = rational_reconstruction(residue, PRIME)
                if c is None:
                    break
                i, exponents = unknowns[place]
                field.setdefault(i, {})[exponents] = c
            else:
                if self.annihilates(field):
                    yield field

    def annihilates(self, field: Field) -> bool:
        """Whether the field is in the kernel, by exact expansion."""
        components = {i: in_ring(p, self.ring) for i, p in field.items()}
        return not any(sum((c * row[i] for i, c in components.items()), self.ring.constant(0))
                       for row in self.slopes)
