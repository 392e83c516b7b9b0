"""
Varieties whose points move with data: linear sections, and critical points of distances.

What moves them is :class:`~neuroalg_sage.engines.moving_equations.Equations`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuroalg_sage.engines.lanes import gathered
from neuroalg_sage.engines.moving_equations import (
    Equations,
    critical_point_equations,
    section_equations,
)
from neuroalg_sage.engines.torus_maps import TorusMap, without_powers
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
    - ``equations`` -- of the points, by that
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
    equations: Equations
    dimension: int

    def image(self, w: np.ndarray) -> np.ndarray:
        """The points φ(w), a row for each."""
        return self.measured.values(w)

    def is_isolated(self, w: np.ndarray, c: np.ndarray) -> bool:
        """
        Whether the equations have their rank at a solution; else solutions come in families.

        So are the critical points where they exist for special data only, as on an isotropic space.
        """
        count, registers = self.map.count, self.equations.at_a_point(w, c)
        found = self._found(registers, self.equations.matrix, count, count + 2)
        return bool(np.isfinite(found).all() and np.linalg.matrix_rank(
            found[:, :count], rtol=LEAST_RANK) >= self.dimension)

    def _slopes(self, w: np.ndarray) -> np.ndarray:
        """The derivatives of the map that is followed, a row for each coordinate."""
        return self._found(self.equations.at_a_point(w), self.equations.slopes,
                           self.followed.coefficients.shape[1], self.map.count) / w

    def _found(self, registers: np.ndarray, first: int, rows: int, columns: int) -> np.ndarray:
        """A matrix in registers."""
        found: np.ndarray = gathered(registers[first : first + rows * columns])
        return found.reshape(rows, columns)


class LinearSections(OnAVariety):
    """
    The points φ(w) of a variety of dimension d with Λ φ(w) = c, for d linear forms Λ.
    """

    def __init__(self, polynomials: Sequence[Polynomial], count: int, dimension: int,
                 generator: np.random.Generator) -> None:
        phi = TorusMap(without_powers(polynomials, count), count)
        # The degree does not depend on coordinates, so each is measured by its coefficients.
        self.map = self.measured = measured(phi)
        self.map.coefficients *= balancing(self.map)
        self.followed = self.map.combined(
            np.linalg.qr(generator.normal(size=(len(polynomials), dimension)))[0])
        self.dimension = self.data = dimension
        self.is_given = False
        self.equations = section_equations(self.followed, self.map.scalings, generator)

    def parameters(self, w: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Those for which w is a solution."""
        found: np.ndarray = self.followed.values(w[None])[0]
        return found


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
        self.map = TorusMap(without_powers(polynomials, count), count)
        root = vectors * np.sqrt(abs(values))
        self.map.coefficients *= balancing(self.map.combined(root))
        self.followed, self.measured = self.map.combined(root), measured(self.map)
        self.dimension, self.is_given = dimension, is_given
        n = self.data = len(polynomials)
        sketch = generator.normal(size=(n, dimension)) / np.sqrt(n)
        self.equations = critical_point_equations(self.followed, dimension, sketch,
                                                  self.map.scalings, generator)

    def parameters(self, w: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Those of a random point u for which φ(w) is critical."""
        image = self.followed.values(w[None])[0]
        normal = generator.normal(size=len(image)) * np.linalg.norm(image) / np.sqrt(len(image))
        rows = np.linalg.svd(self._slopes(w).T * self.signs)[2][: self.dimension]
        found: np.ndarray = image + normal - rows.conj().T @ (rows @ normal)
        return np.concatenate([found, self.signs])

    def rank(self, generator: np.random.Generator) -> int:
        """The rank of the form on tangent vectors at a random point."""
        w = generator.normal(size=self.map.count) + 0j
        return int(np.linalg.matrix_rank(self._slopes(w), rtol=LEAST_RANK))


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
