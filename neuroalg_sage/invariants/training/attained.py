"""
Functions of least loss, in boxes: what :mod:`neuroalg_sage.certificates.training.attained` proves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat, ctx, fmpq, fmpq_mpoly

from neuroalg_sage.certificates.boxes import gradient, has_one_zero, value
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors, polynomial_ring
from neuroalg_sage.certificates.training.attained import is_convex, solved_multipliers
from neuroalg_sage.certificates.training.quadratic_loss import Problem
from neuroalg_sage.certificates.training.semidefinite import PRECISION
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.rational import fraction, in_ring, to_flint

NEWTON_STEPS = 16
RADIUS_BITS = 120
FIXED_BITS = 20  # of parameters that do not move
MOST_WORK = 2_000_000  # factors of the terms of all second derivatives
RANK_TOLERANCE = 1e-7
AUGMENTATIONS = tuple(4.0**k for k in range(-2, 8))  # relative to the quadratic form


@dataclass(frozen=True)
class Box:
    """Parameters in a box: exact centers, and radii, which are zero for those that are fixed."""

    center: list[fmpq]
    radii: list[fmpq]

    @property
    def balls(self) -> list[arb]:
        """The box."""
        return [arb(arb(c).mid(), arb(r)) if r else arb(c).mid()
                for c, r in zip(self.center, self.radii)]

    def in_certificate(self) -> dict[str, list[str]]:
        """As plain data."""
        return {"center": list(map(str, self.center)), "radii": list(map(str, self.radii))}


class Neighborhood:
    """
    The loss near parameters in floating point.

    - ``model``, ``problem`` -- as the checker sees them
    """

    def __init__(self, model: Model, problem: Problem, w: np.ndarray,
                 check: Callable[[], None]) -> None:
        self.model, self.problem, self.w, self.check = model, problem, w, check
        phi = model.parametrization
        self.map = PolynomialMap(list(map(from_flint, phi)), model.parameters)
        self.zero = phi[0].context().constant(0)

    def critical_on_whole(self) -> Box | None:
        """A box with a function that is critical on V."""
        rows = self.problem.independent_rows
        if rows is None or not np.isfinite(self.w).all():
            return None
        slopes = self.problem.differential(self.model.parametrization, self.zero)
        matrix = np.array([[float(c) for c in self.problem.rows[i]] for i in rows])
        columns = matrix.reshape(len(rows), self.problem.n) @ self.map.jacobian(self.w)
        return self._box([slopes[i] for i in rows], _independent(columns.T, len(rows)))

    def critical(self) -> Box | None:
        """A box with a critical point at which Dφ has as many independent columns as move."""
        random = np.random.default_rng(1)
        dimension = np.linalg.matrix_rank(
            self.map.jacobian(random.standard_normal(len(self.w))), RANK_TOLERANCE)
        loss = self.problem(self.model.parametrization, self.zero)
        moving = _independent(self.map.jacobian(self.w).T, int(dimension))
        return self._box(gradient(loss, moving), moving)

    def _box(self, system: list[fmpq_mpoly], moving: list[int]) -> Box | None:
        work = sum(1 + sum(e) for f in system for e in exponent_vectors(f)) * len(moving)
        if len(moving) != len(system) or work > MOST_WORK or not np.isfinite(self.w).all():
            return None
        slopes = [[f.derivative(i) for i in moving] for f in system]
        with ctx.workprec(PRECISION):
            point = [arb(fmpq(round(Fraction(float(x)) * 2**FIXED_BITS), 2**FIXED_BITS))
                     if i not in moving else arb(float(x)) for i, x in enumerate(self.w)]
            for _ in range(NEWTON_STEPS):
                self.check()
                try:
                    step = arb_mat([[value(f, point) for f in row] for row in slopes]).solve(
                        arb_mat([[value(f, point)] for f in system]))
                except ZeroDivisionError:
                    return None
                for k, i in enumerate(moving):
                    point[i] = (point[i] - step[k, 0]).mid()
                scale = max((abs(point[i]).mid() for i in moving), default=arb(1)) + arb(2) ** -60
                if all(abs(step[k, 0]).mid() < scale * arb(2) ** (-RADIUS_BITS - 10)
                       for k in range(len(moving))):
                    break
            else:
                return None
            _, exponent = scale.mid().man_exp()
            size = fmpq(2) ** (int(exponent) + int(scale.mid().man_exp()[0]).bit_length())
            # As many bits as the box needs are kept.
            unit = size / fmpq(2) ** (2 * RADIUS_BITS)
            center = [nearest_multiple(x.fmpq(), unit) if i in moving else x.fmpq()
                      for i, x in enumerate(point)]
            box = Box(center, [size / fmpq(2) ** RADIUS_BITS if i in moving else fmpq(0)
                               for i in range(len(point))])
            return box if has_one_zero(system, moving, box.balls) else None


def nearest_multiple(c: fmpq, unit: fmpq) -> fmpq:
    """The nearest multiple of a unit."""
    return to_flint(Fraction(round(fraction(c / unit)))) * unit


def _independent(rows: np.ndarray, count: int) -> list[int]:
    """Rows that are as independent as can be."""
    from scipy.linalg import qr

    if not count or not np.isfinite(rows).all():
        return []
    return sorted(int(i) for i in qr(rows.T, pivoting=True)[2][:count])


def independent_equations(listed: Sequence[Polynomial], z: np.ndarray, count: int
                          ) -> list[Polynomial] | None:
    """
    Equations, by degree, whose differentials at a point are as independent as can be.

    Of norm about one there.  None if there are not so many.
    """
    if not count:
        return []
    degrees = sorted({max(map(sum, g)) for g in listed})
    for degree in degrees:
        tried = [g for g in listed if max(map(sum, g)) <= degree]
        slopes = PolynomialMap(tried, len(z)).jacobian(z)
        norms = np.linalg.norm(slopes, axis=1)
        keep = np.flatnonzero(np.isfinite(norms) & (norms > RANK_TOLERANCE * norms.max()))
        rows = slopes[keep] / norms[keep, None]
        if len(rows) < count:
            continue
        chosen = _independent(rows, count)
        if np.linalg.svd(rows[chosen])[1][-1] < RANK_TOLERANCE:
            continue
        return [{e: c / Fraction(2) ** round(np.log2(norms[keep[i]]))
                 for e, c in tried[keep[i]].items()} for i in chosen]
    return None


def augmentation(problem: Problem, equations: Sequence[Polynomial], z: Sequence[arb],
                 near: Sequence[arb]) -> Fraction | None:
    """A weight of the squares of equations with which the loss is convex on a box."""
    ring = polynomial_ring(problem.n)
    given = [in_ring(g, ring) for g in equations]
    try:
        multipliers = solved_multipliers(given, z, problem.differential(z, arb(0)))
    except CertificateError:
        return None
    largest = max((abs(fraction(c)) for row in problem.rows for c in row), default=Fraction(0))
    for factor in AUGMENTATIONS:
        rho = (largest * Fraction(factor)).limit_denominator(2**20) or Fraction(factor)
        if is_convex(problem, given, multipliers, arb(to_flint(rho)), near):
            return rho
    return None
