"""
Varieties whose points move with data: linear sections, and critical points of distances.

Each is a :class:`~neuroalg_sage.engines.path_tracking.Fibration` by a parametrization φ.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuroalg_sage.engines.path_tracking import TorusMap
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.expressions import Polynomial

LEAST_RANK = 1e-9  # smallest singular values, relative to the largest
LEAST_EIGENVALUE = 1e-14  # of a form, relative to the largest; what is less is 0
MOST_UNLIKE = 1e4  # of sizes of monomials: beyond that what happens at one scale hides at another


class OnAVariety:
    """
    What equations for points φ(w) of a variety have in common.

    - ``map`` -- φ
    - ``measured`` -- φ with coordinates of about one size, which tell points apart
    - ``followed`` -- φ and a linear map, whose rank is the dimension where points are regular
    - ``dimension`` -- of the variety
    - ``data`` -- how many of the parameters, the first ones, are those in which the sum of all
      points is affine-linear
    - ``is_given`` -- whether the others have given values, so that elsewhere there may be more
      points
    """

    data: int
    is_given: bool
    map: TorusMap
    measured: TorusMap
    followed: TorusMap
    dimension: int

    def image(self, w: np.ndarray) -> np.ndarray:
        return self.measured.values(self.map.monomials(w)).T

    def balanced(self, w: np.ndarray) -> np.ndarray:
        return self.map.balanced(w)

    def is_regular(self, w: np.ndarray) -> np.ndarray:
        return have_rank(self._slopes(w), self.dimension)

    def _slopes(self, w: np.ndarray) -> np.ndarray:
        slopes: np.ndarray = self.followed.slopes(self.map.monomials(w)) / w[:, :, None]
        return slopes


class LinearSections(OnAVariety):
    """
    The points φ(w) of a variety of dimension d with Λ φ(w) = c, for d linear forms Λ.
    """

    def __init__(self, polynomials: Sequence[Polynomial], count: int, dimension: int,
                 generator: np.random.Generator) -> None:
        phi = TorusMap(polynomials, count)
        # The degree does not depend on coordinates, so each is measured by its coefficients.
        self.map = self.measured = measured(phi)
        self.map.coefficients *= balancing(self.map)
        self.followed = self.map.combined(
            np.linalg.qr(generator.normal(size=(len(polynomials), dimension)))[0])
        self.dimension = self.data = dimension
        self.is_given = False
        self.size = count * dimension + len(phi.exponents)

    def parameters(self, w: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Those for which w is a solution."""
        found: np.ndarray = self.followed.values(self.map.monomials(w[None]))[:, 0]
        return found

    def frames(self, w: np.ndarray) -> np.ndarray | None:
        return None if self.map.count == self.dimension else _orthonormal(self._slopes(w).conj())

    def linearized(self, w: np.ndarray, frame: np.ndarray | None, c: np.ndarray, move: np.ndarray
                   ) -> tuple[np.ndarray, np.ndarray]:
        monomials = self.map.monomials(w)
        across = 1 / w[:, :, None] * (np.eye(self.map.count) if frame is None else frame)
        return (self.followed.slopes(monomials).transpose(0, 2, 1) @ across,
                np.stack([self.followed.values(monomials).T - c, -move], axis=2))


class CriticalPoints(OnAVariety):
    """
    The critical points of the distance from u on the image of φ, for a quadratic form Q.

    It is J^T Q (φ(w) - u) = 0, where J is the Jacobian matrix, which shall have the rank d.  With
    Q = R^T S R, for a real R and signs S, the parameters are R u and the diagonal matrix S, which
    moves as well: a form that is given is as generic ones are on the way.
    """

    def __init__(self, polynomials: Sequence[Polynomial], count: int, dimension: int,
                 form: np.ndarray, generator: np.random.Generator, is_given: bool = True
                 ) -> None:
        values, vectors = np.linalg.eigh(form)
        values[abs(values) < LEAST_EIGENVALUE * abs(values).max()] = 0
        self.signs = np.sign(values)
        self.map = TorusMap(polynomials, count)
        root = vectors * np.sqrt(abs(values))
        self.map.coefficients *= balancing(self.map.combined(root))
        self.followed, self.measured = self.map.combined(root), measured(self.map)
        self.dimension, self.is_given = dimension, is_given
        n = self.data = len(polynomials)
        self.sketch = generator.normal(size=(n, dimension)) / np.sqrt(n)
        self.size = count * (n + count) + len(self.map.exponents)

    def parameters(self, w: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Those of a random point u for which φ(w) is critical."""
        image = self.followed.values(self.map.monomials(w[None]))[:, 0]
        normal = generator.normal(size=len(image)) * np.linalg.norm(image) / np.sqrt(len(image))
        rows = np.linalg.svd(self._slopes(w[None])[0] * self.signs)[2][: self.dimension]
        found: np.ndarray = image + normal - rows.conj().T @ (rows @ normal)
        return np.concatenate([found, self.signs])

    def frames(self, w: np.ndarray) -> np.ndarray | None:
        return None if self.map.count == self.dimension else _orthonormal(
            (self._slopes(w) @ self.sketch).conj())

    def linearized(self, w: np.ndarray, frame: np.ndarray | None, c: np.ndarray, move: np.ndarray
                   ) -> tuple[np.ndarray, np.ndarray]:
        # All is relative to the variables, of which frames are told.
        monomials = self.map.monomials(w)
        slopes = self.followed.slopes(monomials)
        difference = self.followed.values(monomials) - c[:, : self.data].T
        signs = c[:, self.data :]
        signed = slopes * signs[:, None]
        change = move[:, self.data :] * difference.T - signs * move[:, : self.data]
        moved = slopes @ change[:, :, None]
        difference *= signs.T
        terms = self.followed.terms(difference, monomials)
        columns = np.stack([self.map.gradient(terms).T, moved[:, :, 0]], axis=2)
        square = slopes @ signed.transpose(0, 2, 1) + self.map.hessian(terms)
        if frame is None:
            return square / w[:, None, :], columns
        across = frame / w[:, :, None]
        along = across.transpose(0, 2, 1)
        return along @ square @ across, along @ columns

    def rank(self, generator: np.random.Generator) -> int:
        """The rank of the form on tangent vectors at a random point."""
        w = generator.normal(size=(1, self.map.count)) + 0j
        return int(np.linalg.matrix_rank(self._slopes(w)[0], rtol=LEAST_RANK))


def measured(phi: TorusMap) -> TorusMap:
    """The map with each coordinate measured by the size of its coefficients."""
    sizes = np.linalg.norm(phi.coefficients, axis=0)
    return phi.combined(np.diag(1 / np.where(sizes > 0, sizes, 1.0)))


def balancing(phi: TorusMap) -> np.ndarray:
    """
    Factors of the coefficients, a row for each monomial, that come from units of the parameters
    and of length, and make the monomials that vary about as large as 1.

    Raises LimitReached if some stay tiny: then points that are far away, or near one another,
    are missed, and the sum of the others is linear as far as floating point sees.

    EXAMPLES::

        >>> balancing(TorusMap([{(1,): 1}, {(2,): 1000}], 1)).round(6).tolist()
        [[1.0], [0.001]]
    """
    sizes = np.linalg.norm(phi.coefficients, axis=1)
    varying = (sizes > 0) & phi.exponents.any(axis=1)
    if not varying.any():
        return np.ones((len(sizes), 1))
    columns = np.hstack([phi.exponents, np.ones((len(sizes), 1))])
    logarithms = np.log(sizes[varying])
    units = np.linalg.lstsq(columns[varying], -logarithms, rcond=None)[0]
    factors = columns @ units
    unlike = float(np.exp(np.ptp(factors[varying] + logarithms)))
    if not unlike < MOST_UNLIKE:
        raise LimitReached(f"In any units of parameters some monomials are {unlike:.0e} times as "
                           "large as others, so monodromy in floating point is not believed.")
    found: np.ndarray = np.exp(factors)[:, None]
    return found


def _orthonormal(columns: np.ndarray) -> np.ndarray:
    basis: np.ndarray = np.linalg.qr(columns)[0]
    return basis


def have_rank(matrices: np.ndarray, rank: int) -> np.ndarray:
    finite = np.isfinite(matrices).all(axis=(1, 2))
    values = np.linalg.svd(np.where(finite[:, None, None], matrices, 0), compute_uv=False)
    found: np.ndarray = finite & (values[:, rank - 1] > LEAST_RANK * values[:, 0])
    return found
