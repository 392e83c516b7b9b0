"""
Arithmetic modulo a prime: values and Jacobians of polynomial maps at many points at once.

:class:`ResidueArray` has the operations of NumPy arrays that a layer uses, over
``GF(p)``, and remembers how it was made; :func:`jacobian` differentiates any
function written with these operations, by one sweep backward.  The first axis of
every array is a batch.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isqrt, prod
from typing import Any

import numpy as np
from flint import fmpz, nmod_mat

from neuroalg_sage.models.expressions import Polynomial

SMALLEST_PRIME, LARGEST_PRIME = 2**30, 2**31
# Prime numbers between the two: pi(2^31) - pi(2^30).
PRIMES_IN_RANGE = 50_697_537
# Below this LinBox multiplies residues in floating point with few reductions.
LARGEST_FAST_PRIME = 2**22

# From these sizes on LinBox is faster than FLINT: with the import of Sage, and without.
SMALLEST_SIZE_WORTH_SAGE = 1000
SMALLEST_FAST_SIZE = 100

MOST_VALUES = 5_000_000  # of terms at points that are held at once

_LIMB = 16
_EXACT = 2**53  # integers up to here are exact in floating point


def random_prime(generator: random.Random, largest: int = LARGEST_PRIME) -> int:
    """
    Return a prime from ``largest / 2`` to ``largest``, all equally likely.

    EXAMPLES::

        >>> 2**30 < random_prime(random.Random(1)) < 2**31
        True
    """
    while True:
        candidate = generator.randrange(largest // 2 + 1, largest, 2)
        if fmpz(candidate).is_prime():
            return candidate


def rational_reconstruction(residue: int, modulus: int) -> Fraction | None:
    """
    The fraction in a residue class whose numerator and denominator are at most
    ``sqrt(modulus / 2)``, None if there is none; there is at most one.

    EXAMPLES::

        >>> rational_reconstruction(-2 * pow(3, -1, 1009) % 1009, 1009)
        Fraction(-2, 3)
    """
    bound = isqrt(modulus // 2)
    r, s = (modulus, 0), (residue, 1)
    while s[0] > bound:
        quotient = r[0] // s[0]
        r, s = s, (r[0] - quotient * s[0], r[1] - quotient * s[1])
    return Fraction(s[0], s[1]) if s[1] and abs(s[1]) <= bound else None


def multiply_matrices(left: np.ndarray, right: np.ndarray, prime: int) -> np.ndarray:
    """
    The product of matrices (with batch axes) of residues modulo ``prime < 2^31``.

    Floating-point matrix products are exact while sums stay below 2^53: the inner dimension
    is cut into parts that are short enough, and for large primes the left factor into halves
    of 16 bits.

    EXAMPLES::

        >>> multiply_matrices(np.array([[2, 3]]), np.array([[5], [7]]), 11)
        array([[9]])
    """
    inner = left.shape[-1]
    if inner == 1:
        return left * right % prime
    small = prime * prime * 16 < _EXACT
    step = _EXACT // (prime * (prime if small else 2**_LIMB))
    total: Any = 0
    for start in range(0, inner, step):
        a = left[..., start : start + step]
        b = right[..., start : start + step, :].astype(np.float64)
        if small:
            part = np.matmul(a.astype(np.float64), b).astype(np.int64)
        else:
            high = np.matmul((a >> _LIMB).astype(np.float64), b).astype(np.int64) % prime
            low = np.matmul((a & (2**_LIMB - 1)).astype(np.float64), b).astype(np.int64)
            part = (high << _LIMB) + low
        total = (total + part) % prime
    return total


class ResidueArray:
    """
    An array over GF(p) that can be differentiated.

    INPUT:

    - ``data`` -- array of integers from 0 to p - 1; its first axis is the batch
    - ``prime`` -- the prime p, below 2^31
    - ``parents`` -- triples (array, map from this array's adjoint to that one's, index of
      the entries of that array which this one takes, or None for all)
    """

    __array_priority__ = 1000.0

    def __init__(self, data: np.ndarray, prime: int,
                 parents: Sequence[Parent] = ()) -> None:
        self.data, self.prime, self.parents = data, prime, parents

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape, the batch first."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """Number of axes, the batch included."""
        return self.data.ndim

    def _make(self, data: np.ndarray, *parents: tuple[ResidueArray, Callable]) -> ResidueArray:
        return ResidueArray(data, self.prime, [(x, pull_back, None) for x, pull_back in parents])

    def __add__(self, other: ResidueArray | int) -> ResidueArray:
        if not isinstance(other, ResidueArray):
            return self._make((self.data + other) % self.prime, (self, lambda adjoint: adjoint))
        return self._make((self.data + other.data) % self.prime,
                          (self, lambda adjoint: adjoint), (other, lambda adjoint: adjoint))

    def __neg__(self) -> ResidueArray:
        return self * (self.prime - 1)

    def __sub__(self, other: ResidueArray | int) -> ResidueArray:
        return self + -other

    def __mul__(self, other: ResidueArray | int) -> ResidueArray:
        p = self.prime
        if not isinstance(other, ResidueArray):
            return self._make(self.data * other % p, (self, lambda adjoint: adjoint * other % p))
        return self._make(self.data * other.data % p,
                          (self, lambda adjoint: adjoint * other.data % p),
                          (other, lambda adjoint: adjoint * self.data % p))

    def __matmul__(self, other: ResidueArray) -> ResidueArray:
        p = self.prime
        return self._make(
            multiply_matrices(self.data, other.data, p),
            (self, lambda adjoint: multiply_matrices(adjoint, other.data.swapaxes(-1, -2), p)),
            (other, lambda adjoint: multiply_matrices(self.data.swapaxes(-1, -2), adjoint, p)))

    def times(self, matrix: np.ndarray) -> ResidueArray:
        """The product with a matrix of residues, by which every row is multiplied."""

        def product(data: np.ndarray, factor: np.ndarray) -> np.ndarray:
            rows = multiply_matrices(data.reshape(-1, data.shape[-1]), factor, self.prime)
            return rows.reshape((*data.shape[:-1], factor.shape[1]))

        return self._make(product(self.data, matrix),
                          (self, lambda adjoint: product(adjoint, matrix.T)))

    def __pow__(self, exponent: int) -> ResidueArray:
        p = self.prime
        if exponent == 0:
            return self._make(np.ones_like(self.data))
        lower = _power(self.data, exponent - 1, p)
        slope = exponent % p * lower % p
        return self._make(lower * self.data % p, (self, lambda adjoint: adjoint * slope % p))

    def __getitem__(self, index: Any) -> ResidueArray:
        index = index if isinstance(index, tuple) else (index,)
        return ResidueArray(self.data[index], self.prime, [(self, lambda adjoint: adjoint, index)])

    def reshape(self, shape: tuple[int, ...]) -> ResidueArray:
        """The same entries in another shape; the batch axis stays."""
        return self._make(self.data.reshape(shape), (
            self, lambda adjoint: adjoint.reshape(adjoint.shape[:1] + self.shape[1:])))

    def swapaxes(self, first: int, second: int) -> ResidueArray:
        """The array with two axes exchanged."""
        return self._make(self.data.swapaxes(first, second),
                          (self, lambda adjoint: adjoint.swapaxes(first, second)))

    def __array_function__(self, function: Callable, types: Any, args: Any, kwargs: Any) -> Any:
        if function is not np.concatenate:
            return NotImplemented
        (pieces,) = args
        ends = np.cumsum([x.shape[-1] for x in pieces])
        batch = max(x.shape[0] for x in pieces)
        data = np.concatenate([np.broadcast_to(x.data, (batch, *x.shape[1:])) for x in pieces],
                              axis=-1)

        def part(start: int, end: int) -> Callable[[np.ndarray], np.ndarray]:
            return lambda adjoint: adjoint[..., start:end]

        return self._make(data, *((x, part(end - x.shape[-1], end))
                                  for x, end in zip(pieces, ends, strict=True)))


Parent = tuple[ResidueArray, Callable[[np.ndarray], np.ndarray], Any]


def _power(base: np.ndarray, exponent: int, prime: int) -> np.ndarray:
    result = np.ones_like(base)
    while exponent:
        if exponent & 1:
            result = result * base % prime
        base = base * base % prime
        exponent >>= 1
    return result


class _Adjoints:
    """The derivatives of one output, by the arrays that it depends on."""

    def __init__(self, prime: int) -> None:
        self.prime = prime
        self.found: dict[int, np.ndarray] = {}
        self.own: set[int] = set()  # whose arrays are not another's too

    def add(self, target: ResidueArray, adjoint: np.ndarray, index: Any) -> None:
        """Add what comes from one use of ``target``, or of its entries at ``index``."""
        if index is None:
            # Sum over the axes that were broadcast, except the batch: it keeps inputs apart.
            for axis in range(1, adjoint.ndim):
                if target.shape[axis] == 1 and adjoint.shape[axis] > 1:
                    adjoint = adjoint.sum(axis=axis, keepdims=True) % self.prime
            before = self.found.get(id(target))
            self.found[id(target)] = adjoint if before is None else (
                before + adjoint) % self.prime
            return
        total = self.found.get(id(target))
        if total is None:
            total = np.zeros(adjoint.shape[:1] + target.shape[1:], np.int64)
        elif id(target) not in self.own:
            total = total.copy()
        self.found[id(target)] = total
        self.own.add(id(target))
        if any(isinstance(i, np.ndarray) for i in index):
            _scatter(total, index, adjoint)
            total %= self.prime
        else:
            total[index] = (total[index] + adjoint) % self.prime


def _scatter(total: np.ndarray, index: tuple[Any, ...], values: np.ndarray) -> None:
    """Add values at an index that may name an entry several times."""
    *before, table = index
    if before != [Ellipsis]:
        np.add.at(total, index, values)
        return
    # As in a convolution: a column of windows names no entry twice.
    columns = table.T if table.ndim == 2 else table[None]
    if (np.diff(np.sort(columns, axis=1), axis=1) > 0).all():
        for k, column in enumerate(columns):
            total[..., column] += values[..., k] if table.ndim == 2 else values
        return
    flat = table.reshape(-1)
    order = np.argsort(flat, kind="stable")
    places, starts = np.unique(flat[order], return_index=True)
    ordered = values.reshape((*values.shape[: values.ndim - table.ndim], -1))[..., order]
    total[..., places] += np.add.reduceat(ordered, starts, axis=-1)


def jacobian(function: Callable[[ResidueArray, ResidueArray], ResidueArray],
             parameters: Sequence[int], inputs: np.ndarray, prime: int,
             combinations: np.ndarray | None = None) -> np.ndarray:
    """
    The Jacobian of w ↦ (f(w, x_1), ..., f(w, x_m)) at a point, modulo a prime.

    With ``combinations``, that of w ↦ (c_1 f(w, x_1), ..., c_m f(w, x_m)).

    INPUT:

    - ``function`` -- takes arrays of shape (1, N) and (m, d), gives (m, k)
    - ``parameters`` -- N residues, the point
    - ``inputs`` -- integer array of shape (m, d), residues
    - ``prime`` -- a prime below 2^31
    - ``combinations`` -- array of residues of shape (m, k), or None

    OUTPUT: array of residues of shape (m * k, N); row ``k i + j`` is the gradient of output
    ``j`` at input ``i``.  With combinations the shape is (m, N).

    EXAMPLES::

        >>> square = lambda w, x: (w * x) ** 2
        >>> jacobian(square, [3], np.array([[1], [2]]), 101).tolist()
        [[6], [24]]
    """
    point = np.asarray(parameters, dtype=np.int64)[None, :] % prime
    inputs = np.asarray(inputs, dtype=np.int64) % prime

    def made(first: int, last: int) -> tuple[ResidueArray, ResidueArray, list[ResidueArray]]:
        w, x = ResidueArray(point, prime), ResidueArray(inputs[first:last], prime)
        return w, x, _topological_order(function(w, x))

    # As many inputs at once as fit into some megabytes with all that is made of them.
    per_input = sum(prod(node.shape[1:]) for node in made(0, 1)[2])
    step = max(1, MOST_VALUES // per_input)
    parts = []
    for first in range(0, len(inputs), step):
        w, x, order = made(first, first + step)
        parts.append(_sweeps(w, x, order, None if combinations is None else
                             combinations[first : first + step]))
    return np.concatenate(parts)


def _sweeps(w: ResidueArray, x: ResidueArray, order: Sequence[ResidueArray],
            combinations: np.ndarray | None) -> np.ndarray:
    """The rows of a Jacobian by sweeps backward through all that was made of w and x."""
    samples, outputs = order[0].shape
    seeds = (np.eye(outputs, dtype=np.int64)[:, None, :].repeat(samples, axis=1)
             if combinations is None else combinations[None])
    result = np.zeros((samples, len(seeds), w.shape[1]), dtype=np.uint32)
    for j, seed in enumerate(seeds):
        adjoints = _Adjoints(w.prime)
        adjoints.add(order[0], seed, None)
        for node in order:
            adjoint = adjoints.found.pop(id(node), None)
            if adjoint is None:
                continue
            if node is w:
                result[:, j, :] = adjoint
            for parent, pull_back, index in node.parents:
                if parent is not x:
                    adjoints.add(parent, pull_back(adjoint), index)
    return result.reshape(-1, w.shape[1])


def _topological_order(root: ResidueArray) -> list[ResidueArray]:
    """All arrays that ``root`` was made from, every one before its parents."""
    order: list[ResidueArray] = []
    visited: set[int] = set()
    stack: list[tuple[ResidueArray, bool]] = [(root, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in visited:
            visited.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, *_ in node.parents)
    return order[::-1]


def rank(entries: np.ndarray, prime: int) -> int:
    """
    The rank of an integer matrix modulo a prime.

    Small primes go to LinBox, whose elimination is matrix multiplication in floating point;
    the others to FLINT.

    EXAMPLES::

        >>> rank(np.array([[1, 2], [2, 4]]), 101)
        1
    """
    if not entries.size:
        return 0
    if prime < LARGEST_FAST_PRIME and min(entries.shape) >= (
            SMALLEST_FAST_SIZE if "sage.matrix.matrix_space" in sys.modules
            else SMALLEST_SIZE_WORTH_SAGE):
        return _rank_by_linbox(entries, prime)
    rows, columns = entries.shape
    return nmod_mat(rows, columns, (entries % prime).ravel().tolist(), prime).rank()


def _rank_by_linbox(entries: np.ndarray, prime: int) -> int:
    import sage.all__sagemath_modules  # noqa: F401
    from sage.matrix.matrix_space import MatrixSpace
    from sage.rings.finite_rings.finite_field_constructor import GF

    matrix = MatrixSpace(GF(prime), *entries.shape)()
    # Sage reads a pickled matrix as one block of 32-bit words; a list takes it far longer.
    words = np.ascontiguousarray(entries % prime, dtype=np.dtype("<u4"))
    matrix._unpickle((4, True, words.tobytes()), 10)
    del words
    return int(matrix.rank())


def evaluate_polynomials(polynomials: Sequence[Polynomial], points: np.ndarray, prime: int
                         ) -> np.ndarray:
    """
    The values of polynomials (columns) at points (rows), modulo a prime below 2^31.

    EXAMPLES::

        >>> f, g = {(2, 0): Fraction(1), (0, 1): Fraction(1, 2)}, {}
        >>> evaluate_polynomials([f, g], np.array([[3, 4], [1, 6]]), 7)
        array([[4, 0],
               [4, 0]])
    """
    result = np.zeros((len(points), len(polynomials)), dtype=np.int64)
    counts = np.array([len(p) for p in polynomials], dtype=np.int64)
    if not counts.any():
        return result
    exponents = np.array([e for p in polynomials for e in p], dtype=np.int64)
    residues: dict[Fraction, int] = {}
    for p in polynomials:
        for c in p.values():
            if c not in residues:
                residues[c] = c.numerator * pow(c.denominator, -1, prime) % prime
    coefficients = np.array([residues[c] for p in polynomials for c in p.values()])
    # The factors of each term, filled up with a last variable that is 1.
    terms, variables = np.nonzero(exponents)
    terms = np.repeat(terms, repeats := exponents[terms, variables])
    degrees = exponents.sum(axis=1)
    factors = np.full((len(exponents), int(degrees.max(initial=0))), points.shape[1])
    factors[terms, np.arange(len(terms)) - (np.cumsum(degrees) - degrees)[terms]] = np.repeat(
        variables, repeats)
    starts = (np.cumsum(counts) - counts)[counts > 0]
    step = max(1, MOST_VALUES // len(exponents))
    for first in range(0, len(points), step):
        at = np.pad(points[first : first + step] % prime, ((0, 0), (0, 1)), constant_values=1)
        values = np.broadcast_to(coefficients, (len(at), len(coefficients)))
        for factor in factors.T:
            values = values * at[:, factor] % prime
        result[first : first + step, counts > 0] = np.add.reduceat(values, starts, axis=1) % prime
    return result


def reduced_kernel(matrix: np.ndarray, prime: int) -> tuple[list[int], np.ndarray]:
    """
    The kernel of a matrix modulo a prime: the free columns, and for each of them the vector
    with a 1 there and a 0 at the others.

    EXAMPLES::

        >>> reduced_kernel(np.array([[1, 0, 2], [0, 1, 3]]), 7)
        ([2], array([[5, 4, 1]]))
    """
    rows, columns = matrix.shape
    reduced, rank = nmod_mat(rows, columns, (matrix % prime).ravel().tolist(), prime).rref()
    if rank == columns:
        return [], np.zeros((0, columns), dtype=np.int64)
    entries = np.array([int(c) for c in reduced.entries()[: rank * columns]],
                       dtype=np.int64).reshape(rank, columns)
    pivots = [int(np.flatnonzero(row)[0]) for row in entries]
    free = sorted(set(range(columns)) - set(pivots))
    kernel = np.zeros((len(free), columns), dtype=np.int64)
    kernel[np.arange(len(free)), free] = 1
    kernel[:, pivots] = -entries[:, free].T % prime
    return free, kernel


def sparse_kernel(matrix: np.ndarray, prime: int) -> list[dict[int, int]]:
    """
    The same vectors with their entries that are not zero; first that of the free column.

    EXAMPLES::

        >>> sparse_kernel(np.array([[1, 2, 0]]), 101)
        [{1: 1, 0: 99}, {2: 1}]
    """
    free, kernel = reduced_kernel(matrix, prime)
    return [{column: 1} | {int(j): int(vector[j]) for j in np.flatnonzero(vector)}
            for column, vector in zip(free, kernel)]


class ChineseRemainders:
    """
    Vectors modulo several primes, as one vector modulo their product.

    EXAMPLES::

        >>> r = ChineseRemainders()
        >>> r.add([pow(3, -1, 101)], 101), r.add([pow(3, -1, 103)], 103)
        (None, None)
        >>> r.fractions()
        [Fraction(1, 3)]
    """

    def __init__(self) -> None:
        self.residues: list[int] = []
        self.modulus = 1

    def add(self, residues: Sequence[int], prime: int) -> None:
        """Take the residues modulo one more prime."""
        inverse = pow(self.modulus, -1, prime)
        before = self.residues or [0] * len(residues)
        self.residues = [r + self.modulus * ((int(k) - r) * inverse % prime)
                         for r, k in zip(before, residues)]
        self.modulus *= prime

    def fractions(self) -> list[Fraction] | None:
        """The fractions with these residues, None if one of them is not small enough."""
        found = []
        for residue in self.residues:
            c = rational_reconstruction(residue, self.modulus) if residue else Fraction(0)
            if c is None:
                return None
            found.append(c)
        return found
