"""
All affine-linear symmetries of φ, by linear algebra.

The affine-linear maps A of the parameters with φ ∘ A = φ form a group; its Lie algebra are the
vector fields in the kernel of Dφ whose components have degree at most 1.  The layers of a model
know some of them (:attr:`~neuroalg_sage.models.model.Model.symmetries`); all are the solutions of
linear equations, one for each row of Dφ at each point.  Enough random points modulo a prime leave
no more solutions than there are, and each that is left is lifted, from as many primes as its
coefficients need, and verified on the expanded φ.  What is proved for this list is proved for the
whole group.

Where the layers know a torus, the equations fall apart into those for the entries of one weight,
see :func:`~neuroalg_sage.certificates.dimension.affine_symmetries.check_completeness`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from flint import Ordering, fmpq_mpoly_ctx, nmod_mat

from neuroalg_sage.certificates.dimension.affine_symmetries import matrix_rank, orbit_bound
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension.activations import normal_form
from neuroalg_sage.invariants.dimension.attention_heads import heads
from neuroalg_sage.invariants.dimension.direct_sums import FEWEST_PARAMETERS, LayersAtAPlace
from neuroalg_sage.invariants.dimension.known_symmetries import (
    constant_modulo,
    encode_symmetries,
    symmetry_rows,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.rational import in_ring, to_flint
from neuroalg_sage.models.symmetry import SparseMatrix

MOST_PRIMES = 64  # for coefficients of about 300 digits
MOST_ENTRIES = 4_000_000  # of the matrices of the equations, all weights together
MOST_TANGENTS = 100_000_000  # entries of all known symmetries at a point, as the checker allows
MOST_TERMS = 100_000


@dataclass(frozen=True)
class AffineSymmetries:
    """
    A basis of the affine-linear vector fields in the kernel of Dφ.

    - ``fields`` -- sparse matrices; column N holds the constants
    - ``evidence`` -- the fields as a certificate states them, with a prime, points and inputs which
      show that there are no others
    """

    fields: tuple[SparseMatrix, ...]
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Orbits:
    """
    The generic orbits of the known symmetries.

    - ``dimension`` -- that at a point, at most the generic one
    - ``most`` -- a bound for it; None if only for the fields that are listed
    - ``evidence`` -- the fields as a certificate states them
    """

    dimension: int
    most: int | None
    evidence: dict[str, Any]


def orbits(model: Model, trial: Mapping[str, Any], enough: int) -> Orbits:
    """
    The generic orbits of the symmetries that the layers know, or, if these have not the
    dimension that is enough, of all affine-linear symmetries, where these can be found.

    INPUT:

    - ``trial`` -- a prime and a point
    - ``enough`` -- where orbits are so large, no other symmetries are looked for
    """
    normal = normal_form(model)
    if normal is not None and normal.is_defined(trial["prime"]):
        place = normal.there(dict(trial))
        found = orbits(normal.model, place, enough)
        return Orbits(found.dimension, found.most, {
            "kind": "normal form", "symmetries": found.evidence, "trial": place})
    if model.parameter_count >= FEWEST_PARAMETERS and (found_heads := heads(model)) is not None:
        changes = sum(head.head**2 + 1 for head in found_heads)
        if model.input_shape[1] > 1 and enough <= changes:
            return Orbits(changes, None, {"kind": "heads"})
    layers = LayersAtAPlace.of(model) if model.parameter_count >= FEWEST_PARAMETERS else None
    if layers is not None and (enough <= (rescaled := layers.rescaled(layers.counts))
                               or rescaled == len(model.symmetries)
                               and rescaled * model.parameter_count > MOST_TANGENTS):
        return Orbits(rescaled, None, {"kind": "rescalings"})
    at = trial["point"], trial["prime"]
    listed = modular.rank(symmetry_rows(model, *at), trial["prime"])
    if listed < enough and (every := affine_symmetries(model)) is not None:
        return Orbits(modular.rank(tangents(every.fields, *at), trial["prime"]),
                      orbit_bound(list(every.fields), model.parameter_count), every.evidence)
    return Orbits(listed, None, encode_symmetries(model.symmetries))


def encode_field(field: SparseMatrix) -> list[list[Any]]:
    """A sparse matrix as a certificate states it."""
    return [[i, j, str(c)] for (i, j), c in sorted(field.items())]


def tangents(fields: Sequence[SparseMatrix], point: Sequence[int], prime: int) -> np.ndarray:
    """Affine-linear fields at a point modulo a prime, one in each row."""
    rows = np.zeros((len(fields), len(point)), dtype=np.int64)
    residue, extended = constant_modulo(prime), [*point, 1]
    for row, field in zip(rows, fields, strict=True):
        for (i, j), c in field.items():
            row[i] = (row[i] + residue(c) * extended[j]) % prime
    return rows


@lru_cache(maxsize=16)
def affine_symmetries(model: Model) -> AffineSymmetries | None:
    """
    All affine-linear vector fields in the kernel of Dφ.

    Where there are no more than the layers know, φ is not expanded.

    OUTPUT: :class:`AffineSymmetries`; None if the equations are over :data:`MOST_ENTRIES`, or if
    there are more symmetries than the layers know and φ is too large to be expanded

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("linear:3,2,1,2")
        >>> len(model.symmetries), len(affine_symmetries(model).fields)
        (5, 8)
    """
    generator = random.Random(1)
    known = [symmetry.parameters for symmetry in model.symmetries]
    torus = [field for field in known if all(i == j for i, j in field)]
    weights = [tuple(d.get((i, i), Fraction(0)) for d in torus)
               for i in range(model.parameter_count)]
    columns = model.parameter_count * (model.parameter_count + 1)
    # There are at least so many unknowns of weight zero; all differences of weights take long.
    if sum(size**2 for size in Counter(weights).values()) * columns > MOST_ENTRIES:
        return None
    parts = _by_weight(weights)
    if max(map(len, parts)) * columns > MOST_ENTRIES:
        return None
    used: set[int] = set()
    remainders, shape = modular.ChineseRemainders(), [[-1]]
    for _ in range(MOST_PRIMES):
        prime = modular.random_prime(generator)
        while prime in used or model.denominator[0] % prime == 0:
            prime = modular.random_prime(generator)
        used.add(prime)
        sample = _Sample(model, prime, generator, parts)
        solutions = sample.solutions()
        if len(solutions) == matrix_rank(known):
            return AffineSymmetries(tuple(known), encode_symmetries(model.symmetries)
                                    | {"sample": sample.encode()})
        try:
            phi = parametrization(model, limit=MOST_TERMS)
        except LimitReached:
            return None
        places = [sorted(solution) for solution in solutions]
        if places != shape:  # the first prime, or one of the primes is special
            remainders, shape = modular.ChineseRemainders(), places
        remainders.add([solution[k] for solution, keys in zip(solutions, shape) for k in keys],
                       prime)
        if (fields := _lifted(remainders, shape, model.parameter_count)) is None:
            continue
        slopes = _slopes(phi)
        if all(_annihilates(field, slopes) for field in fields):
            # The proof takes the torus from the diagonal fields of the list.
            if matrix_rank([f for f in fields if all(i == j for i, j in f)]) < matrix_rank(torus):
                fields += torus
            return AffineSymmetries(tuple(fields), {
                "kind": "affine", "sample": sample.encode(),
                "fields": [encode_field(field) for field in fields]})
    return None


def _lifted(remainders: modular.ChineseRemainders, places: Sequence[Sequence[int]], count: int
            ) -> list[SparseMatrix] | None:
    """The fields over Q with these residues; None if their coefficients need more primes."""
    found = remainders.fractions()
    if found is None:
        return None
    coefficients = iter(found)
    fields: list[SparseMatrix] = []
    for keys in places:
        field: SparseMatrix = {}
        for place in keys:
            column, row = divmod(place, count)
            field[row, column - 1 if column else count] = next(coefficients)
        fields.append(field)
    return fields


def _by_weight(weights: Sequence[tuple[Fraction, ...]]) -> list[np.ndarray]:
    """
    The places of the unknowns, column by column and the constants first, by their weight.

    So some of the solutions by elimination are a basis of the constant fields.
    """
    parts: dict[tuple[Fraction, ...], list[int]] = {}
    count = len(weights)
    for column in range(count + 1):
        for row in range(count):
            weight = weights[row] if not column else tuple(
                a - b for a, b in zip(weights[row], weights[column - 1]))
            parts.setdefault(weight, []).append(column * count + row)
    return [np.array(part) for part in parts.values()]


class _Sample:
    """Points and inputs modulo a prime, and the fields that Dφ annihilates there."""

    def __init__(self, model: Model, prime: int, generator: random.Random,
                 parts: Sequence[np.ndarray]) -> None:
        self.model, self.prime, self.generator = model, prime, generator
        self.parts = parts
        self.count = model.parameter_count
        self.points: list[list[int]] = []
        self.rows = np.zeros((0, self.count * (self.count + 1)), dtype=np.int64)
        self.inputs = np.zeros((0, model.input_count), dtype=np.int64)
        # As many inputs as give the rank of Dφ: one more does not raise it.
        more = min(model.ambient_dimension, self.count) // model.output_count + 1
        point = [generator.randrange(prime) for _ in range(self.count)]
        last, rank = -1, 0
        while rank > last:
            new = [[generator.randrange(prime) for _ in range(model.input_count)]
                   for _ in range(more)]
            self.inputs = np.concatenate([self.inputs, np.array(new, dtype=np.int64)])
            last, rank = rank, modular.rank(self._jacobian(point), prime)
            more = 1

    def encode(self) -> dict[str, Any]:
        """The sample as a certificate states it."""
        return {"prime": self.prime, "points": self.points, "inputs": self.inputs.tolist()}

    def _jacobian(self, point: list[int]) -> np.ndarray:
        return modular.jacobian(
            lambda w, x: self.model.apply(w, x, constant_modulo(self.prime)), point, self.inputs,
            self.prime).astype(np.int64)

    def _add_point(self) -> np.ndarray:
        """The equations Σ_ij r_i c_ij (w, 1)_j = 0 of one more point w, for a basis of rows r."""
        count, prime = self.count, self.prime
        point = [self.generator.randrange(prime) for _ in range(count)]
        jacobian = self._jacobian(point)
        reduced, rank = nmod_mat(len(jacobian), count, jacobian.ravel().tolist(), prime).rref()
        basis = np.array([[int(c) for c in row] for row in reduced.tolist()[:rank]],
                         dtype=np.int64).reshape(rank, count)
        rows = (np.array([1, *point])[None, :, None] * basis[:, None] % prime
                ).reshape(rank, self.rows.shape[1])
        self.points.append(point)
        self.rows = np.concatenate([self.rows, rows])
        return rows

    def solutions(self) -> list[dict[int, int]]:
        """
        The fields in the kernel at the points, when one more point removes none of them.

        Each is 1 at a place of its own; so they are residues of a basis over Q, with the same
        places for almost all primes.

        A field that is not in the kernel of Dφ is not so at a random point either.
        """
        rank = 1
        while rank and len(self.rows) < max(map(len, self.parts)):
            rank = len(self._add_point())
        kernel = self._kernel()
        while True:
            new = self._add_point()
            table = np.zeros((len(kernel), self.rows.shape[1]), dtype=np.int64)
            for vector, entries in zip(table, kernel):
                vector[list(entries)] = list(entries.values())
            products = modular.multiply_matrices(table, new.T, self.prime)
            if not products.any():
                return kernel
            for _ in range(len(self.points) // 8):
                self._add_point()
            kernel = self._kernel()

    def _kernel(self) -> list[dict[int, int]]:
        """The solutions at the points, weight by weight."""
        return [{int(part[k]): c for k, c in vector.items()} for part in self.parts
                for vector in modular.sparse_kernel(self.rows[:, part], self.prime)]


def _slopes(phi: Parametrization) -> list[list[Any]]:
    """The partial derivatives of the coordinates of φ."""
    count = phi.model.parameter_count
    ring = fmpq_mpoly_ctx.get([f"w{i}" for i in range(count)], Ordering.lex)
    exact = [in_ring(p, ring) for p in phi.polynomials if p]
    return [[f.derivative(i) for i in range(count)] for f in exact]


def _annihilates(field: SparseMatrix, slopes: list[list[Any]]) -> bool:
    """Whether a field is in the kernel of Dφ, by exact expansion."""
    if not slopes:
        return True
    ring = slopes[0][0].context()
    variables = [*ring.gens(), ring.constant(1)]
    components: dict[int, Any] = {}
    for (i, j), c in field.items():
        components[i] = components.get(i, ring.constant(0)) + to_flint(c) * variables[j]
    return not any(sum((c * row[i] for i, c in components.items()), ring.constant(0))
                   for row in slopes)
