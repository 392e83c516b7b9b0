"""Polynomial maps in floating point: derivatives against differences, and sizes that are empty."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap
from neuroalg_sage.models.expressions import value


@pytest.mark.parametrize("seed", range(5))
def test_values_and_derivatives(seed: int) -> None:
    generator = random.Random(seed)
    count, size = generator.randint(1, 4), generator.randint(1, 4)
    polynomials = [{tuple(generator.randint(0, 3) for _ in range(count)):
                    Fraction(generator.randint(-5, 5), generator.randint(1, 4))
                    for _ in range(generator.randint(0, 5))} for _ in range(size)]
    maps = PolynomialMap(polynomials, count, 2)
    w = [Fraction(generator.randint(-8, 8), 8) for _ in range(count)]
    point, weights = np.array(list(map(float, w))), np.arange(1.0, size + 1)
    assert np.allclose(maps(point), [float(value(f, w)) for f in polynomials])
    step = 1e-6
    shifted = [(maps(point + step * e) - maps(point - step * e)) / (2 * step)
               for e in np.eye(count)]
    assert np.allclose(maps.jacobian(point), np.transpose(shifted), atol=1e-4)
    assert np.allclose(maps.gradient(point, weights), weights @ maps.jacobian(point))
    curved = [(maps.gradient(point + step * e, weights) - maps.gradient(point - step * e, weights))
              / (2 * step) for e in np.eye(count)]
    assert np.allclose(maps.hessian(point, weights), curved, atol=1e-3)


def test_a_map_without_terms() -> None:
    maps = PolynomialMap([{}, {}], 3)
    assert maps(np.ones(3)).tolist() == [0, 0]
    assert maps.gradient(np.ones(3), np.ones(2)).tolist() == [0, 0, 0]
    assert maps.jacobian(np.ones(3)).tolist() == [[0, 0, 0]] * 2
