"""
Arithmetic modulo a prime: values and Jacobians of polynomial maps at many points at once.

:class:`ResidueArray` has the operations of NumPy arrays that a layer uses, over
``GF(p)``, and remembers how it was made; :func:`jacobian` differentiates any
function written with these operations, by one sweep backward.  The first axis of
every array is a batch.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import fmpz, nmod_mat

SMALLEST_PRIME, LARGEST_PRIME = 2**30, 2**31
# Prime numbers between the two: pi(2^31) - pi(2^30).
PRIMES_IN_RANGE = 50_697_537

_LIMB = 16
_CHUNK = 64  # 2^15 * 2^16 or 2^16 * 2^31, summed so often, stays below 2^53


def random_prime(generator: random.Random) -> int:
    """
    Return a prime from ``SMALLEST_PRIME`` to ``LARGEST_PRIME``, all equally likely.

    EXAMPLES::

        >>> 2**30 < random_prime(random.Random(1)) < 2**31
        True
    """
    while True:
        candidate = generator.randrange(SMALLEST_PRIME + 1, LARGEST_PRIME, 2)
        if fmpz(candidate).is_prime():
            return candidate


def multiply_matrices(left: np.ndarray, right: np.ndarray, prime: int) -> np.ndarray:
    """
    The product of matrices (with batch axes) of residues modulo ``prime < 2^31``.

    The left factor is cut into halves of 16 bits, so that floating-point
    matrix products are exact.

    EXAMPLES::

        >>> multiply_matrices(np.array([[2, 3]]), np.array([[5], [7]]), 11)
        array([[9]])
    """
    total: Any = 0
    for start in range(0, left.shape[-1], _CHUNK):
        a = left[..., start : start + _CHUNK]
        b = right[..., start : start + _CHUNK, :].astype(np.float64)
        high = np.matmul((a >> _LIMB).astype(np.float64), b).astype(np.int64) % prime
        low = np.matmul((a & (2**_LIMB - 1)).astype(np.float64), b).astype(np.int64)
        total = (total + (high << _LIMB) + low) % prime
    return total


class ResidueArray:
    """
    An array over GF(p) that can be differentiated.

    INPUT:

    - ``data`` -- array of integers from 0 to p - 1; its first axis is the batch
    - ``prime`` -- the prime p, below 2^31
    - ``parents`` -- pairs (array, map from this array's adjoint to that one's)
    """

    __array_priority__ = 1000.0

    def __init__(self, data: np.ndarray, prime: int,
                 parents: Sequence[tuple[ResidueArray, Callable[[np.ndarray], np.ndarray]]] = ()
                 ) -> None:
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
        return ResidueArray(data, self.prime, parents)

    def __add__(self, other: ResidueArray) -> ResidueArray:
        return self._make((self.data + other.data) % self.prime,
                          (self, lambda adjoint: adjoint), (other, lambda adjoint: adjoint))

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

    def __pow__(self, exponent: int) -> ResidueArray:
        p = self.prime
        if exponent == 0:
            return self._make(np.ones_like(self.data))
        lower = _power(self.data, exponent - 1, p)
        slope = exponent % p * lower % p
        return self._make(lower * self.data % p, (self, lambda adjoint: adjoint * slope % p))

    def __getitem__(self, index: Any) -> ResidueArray:
        def adjoint_of_parent(adjoint: np.ndarray) -> np.ndarray:
            spread = np.zeros(adjoint.shape[:1] + self.shape[1:], dtype=np.int64)
            np.add.at(spread, index, adjoint)
            return spread % self.prime

        return self._make(self.data[index], (self, adjoint_of_parent))

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


def _power(base: np.ndarray, exponent: int, prime: int) -> np.ndarray:
    result = np.ones_like(base)
    while exponent:
        if exponent & 1:
            result = result * base % prime
        base = base * base % prime
        exponent >>= 1
    return result


def _accumulate(target: ResidueArray, adjoint: np.ndarray) -> np.ndarray:
    """Sum over the axes that were broadcast, except the batch: it keeps derivatives apart."""
    for axis in range(1, adjoint.ndim):
        if target.shape[axis] == 1 and adjoint.shape[axis] > 1:
            adjoint = adjoint.sum(axis=axis, keepdims=True) % target.prime
    return adjoint


def jacobian(function: Callable[[ResidueArray, ResidueArray], ResidueArray],
             parameters: Sequence[int], inputs: np.ndarray, prime: int) -> np.ndarray:
    """
    The Jacobian of w ↦ (f(w, x_1), ..., f(w, x_m)) at a point, modulo a prime.

    INPUT:

    - ``function`` -- takes arrays of shape (1, N) and (m, d), gives (m, k)
    - ``parameters`` -- N residues, the point
    - ``inputs`` -- integer array of shape (m, d), residues
    - ``prime`` -- a prime below 2^31

    OUTPUT: integer array of shape (m * k, N); row ``k i + j`` is the gradient
    of output ``j`` at input ``i``

    EXAMPLES::

        >>> square = lambda w, x: (w * x) ** 2
        >>> jacobian(square, [3], np.array([[1], [2]]), 101).tolist()
        [[6], [24]]
    """
    w = ResidueArray(np.asarray(parameters, dtype=np.int64)[None, :] % prime, prime)
    x = ResidueArray(np.asarray(inputs, dtype=np.int64) % prime, prime)
    value = function(w, x)
    order = _topological_order(value)
    samples, outputs = value.shape
    result = np.zeros((samples, outputs, w.shape[1]), dtype=np.int64)
    for j in range(outputs):
        seed = np.zeros((samples, outputs), dtype=np.int64)
        seed[:, j] = 1
        adjoints = {id(value): seed}
        for node in order:
            adjoint = adjoints.pop(id(node), None)
            if adjoint is None:
                continue
            if node is w:
                result[:, j, :] = adjoint
            for parent, pull_back in node.parents:
                if parent is not x:
                    contribution = _accumulate(parent, pull_back(adjoint))
                    before = adjoints.get(id(parent))
                    adjoints[id(parent)] = (contribution if before is None
                                            else (before + contribution) % prime)
    return result.reshape(samples * outputs, -1)


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
            stack.extend((parent, False) for parent, _ in node.parents)
    return order[::-1]


def matrix(entries: np.ndarray, prime: int) -> nmod_mat:
    """A matrix of residues, as python-flint takes it."""
    rows, columns = entries.shape
    return nmod_mat(rows, columns, (entries % prime).ravel().tolist(), prime)


def rank(entries: np.ndarray, prime: int) -> int:
    """
    The rank of an integer matrix modulo a prime.

    EXAMPLES::

        >>> rank(np.array([[1, 2], [2, 4]]), 101)
        1
    """
    return matrix(entries, prime).rank() if entries.size else 0
