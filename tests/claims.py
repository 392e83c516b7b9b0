"""Certificates of all kinds of claims, small ones, for the tests that attack them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from neuroalg_sage import NeuroManifold
from neuroalg_sage.invariants.training import ERM
from neuroalg_sage.models.sources import from_expressions

ROTATION = [[0, -1], [1, 0]]


def _found() -> Iterator[Any]:
    """Answers of all kinds."""
    veronese = NeuroManifold("mlp:2,1,1:x^2", seed=1)
    segre = NeuroManifold("linear:2,1,2", seed=1, method="elimination")
    filters = NeuroManifold("cnn:2,2:x^2", seed=1)
    cubic = NeuroManifold("mlp:2,2,1:x^3", seed=1)
    curve = NeuroManifold(from_expressions(["a*x^2 + a^2*x + a^3"], ["a"], ["x"]), seed=3)
    line = NeuroManifold(from_expressions(["a^2*x"], ["a"], ["x"]), seed=1)
    factors = NeuroManifold("linear:1,1,1", seed=1)
    for manifold in (veronese, segre, filters):
        for name in ("dimension", "ambient_dimension", "expected_dimension", "defect",
                     "is_filling", "ideal", "equations", "degree", "hilbert_polynomial",
                     "singular_locus", "subnetworks", "critical_locus", "generic_fiber",
                     "is_identifiable", "is_finitely_identifiable"):
            yield manifold.compute(name)
    yield NeuroManifold("linear:3,2,3", seed=1).singular_locus()
    yield NeuroManifold("mlp:1,2,1:x^2/3+x:bias", seed=1).dimension()
    yield from (veronese.hilbert_function(3), segre.hilbert_function(2), curve.hilbert_function(3))
    for manifold in (factors, NeuroManifold("mlp:2,2,2:x^2", seed=1)):
        yield manifold.quadratic_conservation_laws()
        yield manifold.conservation_laws(2)
        yield manifold.number_of_conservation_laws()
    decay = "weight-decay=1"
    yield from (factors.conservation_laws(2, decay), factors.number_of_conservation_laws(decay))
    yield factors.balanced_initialization([1], [0])
    yield factors.balanced_initialization([0], [1])
    for fiber in (veronese.fiber([1, 2, 1]), segre.fiber([0, 0, 0, 0]), line.fiber([2]),
                  veronese.fiber([1, 0, 1]), cubic.fiber("x_0^2*x_1")):
        yield from fiber.answers
    yield line.loss_critical_locus([1])
    yield veronese.loss_critical_locus([1, 0, 2])
    yield veronese.invariant_parameters(ROTATION)
    yield NeuroManifold("linear:2,2", seed=1).invariant_parameters(ROTATION, infinitesimal=True)
    yield line.voronoi_cell([0])
    yield from (segre.ed_degree("generic"), veronese.ed_degree("unit"), segre.polar_degrees())
    yield NeuroManifold("linear:1,1", seed=1).ed_degree("unit")
    yield curve.ed_degree("unit")
    yield NeuroManifold(from_expressions(["a*x", "a^2*x"], ["a"], ["x"]), seed=1).ed_discriminant()
    yield ERM("linear:1,1", [[1, 2], [2, 3]]).critical_points()


@cache
def certificates() -> list[dict[str, Any]]:
    """The certificates of all these answers."""
    return [found.certificate for found in _found() if found.certificate is not None]
