"""Certificates of all kinds of claims, small ones, for the tests that attack them."""

from __future__ import annotations

import copy
import fcntl
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from conftest import TOGETHER

from neuroalg_sage import (
    ActivationFunction,
    ContinuousNetwork,
    NeuroManifold,
    PiecewiseLinearArchitecture,
    PiecewiseLinearNetwork,
)
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.invariants.points import QUESTIONS as POINTS
from neuroalg_sage.invariants.real.membership import member_by_real_rank
from neuroalg_sage.invariants.training.training import ERM
from neuroalg_sage.models.sources import from_expressions

ROTATION = [[0, -1], [1, 0]]


def _found() -> Iterator[Any]:
    """Answers of all kinds."""
    veronese = NeuroManifold("mlp:2,1,1:x^2", seed=1)
    segre = NeuroManifold("linear:2,1,2", seed=1, method="elimination")
    filters = NeuroManifold("cnn:2,2:x^2", seed=1, method="elimination")
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
    for spec in ("mlp:3,2,2:x^2", "mlp:2,2,2:x^3", "glu:widths=2x1x2:x^2",
                 "mlp:2,1,2:x^2:bias"):
        yield NeuroManifold(spec, seed=1).polar_degrees()
    for spec in ("linear:3,2,3", "cnn:2,2:x^2", "glu:widths=2x1x2:x^2"):
        yield NeuroManifold(spec, seed=1).singular_locus()
    for spec in ("linear:2,1,2", "mlp:3,2,1:x^2", "cnn:2,2:x^2"):
        yield NeuroManifold(spec, seed=1).tropical_variety()
    for spec in ("linear:2,1,2", "mlp:2,1,1:x^2", "cnn:2,2:x^2"):
        yield NeuroManifold(spec, seed=1).euler_characteristic()
    yield from (segre.euler_characteristic(), curve.euler_characteristic())
    yield NeuroManifold("mlp:1,2,1:x^2/3+x:bias", seed=1).dimension()
    yield NeuroManifold("mlp:2,5,3,3,4,8,6,1:x^2", seed=1).dimension()
    for spec in ("mlp:3,2,1:x^2", "mlp:2,3,4,5:x^2", "mlp:2,1,2,2:x^2", "mlp:1,2,1:x^3"):
        yield NeuroManifold(spec, seed=1).activation_threshold()
    for spec in ("mlp:2,1,1,1:x^2", "linear:2,1,1,3"):
        yield NeuroManifold(spec, seed=1).minimal_filling_widths()
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
    yield ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2], [1, 1, -1]]).loss_bounds(seed=1)
    yield ERM("linear:1,1", [[1, 1], [2, 2]]).loss_bounds(seed=1)
    yield segre.cross_entropy_points([[1, 0, 1, 2], [0, 1, 3, 4]], normalization="joint")
    yield NeuroManifold("linear:2,2", seed=1).cross_entropy_points(
        [[1, 0, 3, 2], [0, 1, 3, 4], [1, 1, 1, 1], [2, 1, 4, 1]])
    yield ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2], [1, 1, -1]]).loss_bounds(0, seed=1)
    yield ERM(from_expressions(["a^2*x"], ["a"], ["x"]), [[1, 2], [2, 4]]).loss_bounds(seed=1)
    yield from (ERM(spec, data).multistart(6, seed=1) for spec, data in (
        ("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2], [1, 1, -1]]), ("linear:1,1", [[1, 1], [2, 2]]),
        (from_expressions(["a*x", "a^2*x"], ["a"], ["x"]), [[1, 1, 2], [2, 1, 0]])))
    yield line.loss_critical_locus([1])
    yield veronese.loss_critical_locus([1, 0, 2])
    yield veronese.critical_functions(ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2]]))
    yield veronese.ramification_locus(ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2]]))
    yield veronese.invariant_parameters(ROTATION)
    yield NeuroManifold("mlp:1,1,1:1/x:bias", seed=1).cancellations()
    for spec in "relu:1,2,1:cell=10,00", "relu:1,2,1:bias:cell=10,00":
        yield NeuroManifold(spec, seed=1).is_cell_empty()
    yield NeuroManifold("linear:2,2", seed=1).invariant_parameters(ROTATION, infinitesimal=True)
    yield line.voronoi_cell([0])
    yield from (segre.ed_degree("generic"), veronese.ed_degree("unit"), segre.polar_degrees(),
                filters.ed_degree("unit"), filters.polar_degrees(), segre.ml_degree(),
                veronese.euler_characteristic_of_parts(),
                NeuroManifold("linear:3,2,3", seed=1).euler_characteristic_of_parts())
    yield NeuroManifold("linear:1,1", seed=1).ed_degree("unit")
    yield NeuroManifold("cnn:2s2,2:x", seed=1).ed_degree("unit")
    yield NeuroManifold("linear:2,1,2", seed=1, method="parametrization").ml_degree()
    yield from (veronese.wasserstein_degree(), segre.wasserstein_degree("linf"),
                veronese.polyhedral_distance([1, 0, 1]),
                segre.decision_boundary_ed_degree(), veronese.decision_boundary_ed_degree(),
                filters.decision_boundary_ed_degree())
    yield curve.ed_degree("unit")
    yield NeuroManifold(from_expressions(["a*x", "a^2*x"], ["a"], ["x"]), seed=1).ed_discriminant()
    yield ERM("linear:1,1", [[1, 2], [2, 3]]).critical_points()
    yield from (veronese.covering_number("1/2", radius=1), veronese.covering_number("1/999",
                radius=1), segre.covering_number("3/4", radius=1),
                veronese.covering_number("1/3", radius=1, norm="max"))
    for manifold in (veronese, factors):
        yield from (manifold.tube_volume("1/3", radius=1), manifold.span(),
                    manifold.sample_complexity("1/2", "1/10", radius=1),
                    manifold.necessary_samples("1/3", "1/10", radius=1, noise=1),
                    manifold.interpolating_functions(), manifold.is_of_minimal_degree(),
                    manifold.identifying_inputs(), manifold.pseudo_dimension())
    yield factors.sample_complexity("1/2", "1/10", radius=1, lipschitz=2, loss_bound="0:1")
    yield veronese.estimated_tube_volume("1/2", radius=1, samples=20, error="1/10")
    yield from (factors.covering_number("1/3", box=1), factors.covering_number("1/3", radius=1))
    pencil, quartics = (NeuroManifold(spec, seed=1) for spec in (
        "mlp:2,2,2:x^2", "mlp:2,2,2,1:x^2"))
    for manifold in (veronese, filters, cubic, line, factors, pencil, quartics,
                     NeuroManifold("cnn:2,2", seed=1), NeuroManifold("mlp:2,2,1:x^2", seed=1)):
        yield from (manifold.trichotomy(), manifold.is_dense(), manifold.is_closed())
    yield from (veronese.typical_ranks(), segre.typical_ranks(), cubic.typical_ranks())
    yield NeuroManifold("mlp:1,2,2:x^2").typical_ranks()
    yield NeuroManifold("mlp:2,1,2:x^2").typical_ranks()
    yield from (veronese.real_rank([1, 0, 1]), cubic.real_rank([1, 0, -1, 0]),
                cubic.real_rank([1, 0, 1, 0]), cubic.real_ranks(3))
    yield NeuroManifold("cnn:2,2:x", seed=1).fiber([1, 0, 1]).over_real
    yield member_by_real_rank(cubic.model, [1, 0, -1, 0], 1)
    yield from (veronese.boundary(), NeuroManifold("cnn:2,2").boundary(),
                NeuroManifold("mlp:2,3,1:x^4").boundary())
    yield from (segre.real_preimage_numbers(2), filters.real_preimage_numbers(2),
                NeuroManifold("linear:2,2,2", seed=1).real_preimage_numbers())
    for manifold in (segre, filters, cubic, pencil, NeuroManifold("cnn:2,2", seed=1),
                     NeuroManifold("mlp:2,2,1,2:x^2", seed=1)):
        yield manifold.betti_numbers()
    for manifold in (veronese, cubic, pencil, NeuroManifold("cnn:2,2", seed=1)):
        yield manifold.semialgebraic_description()
    units = NeuroManifold("mlp:2,2,1:x^2", seed=1)
    for weights in ([1, 2, 2, -1, 3, "1/2"], [1, 2, -1, -2, 0, 1]):
        for _, found in units.at(weights).report(names=[
                question.name for question in POINTS if question.claims]):
            yield found
    plane, line_ = (PiecewiseLinearNetwork(spec, seed=1) for spec in (
        "relu:2,3,1:bias", "maxout:1,2,1:bias:pieces=3"))
    for network in (plane, line_):
        yield from (network.linear_regions(), network.linear_regions(box=1),
                    network.decision_boundary(0, "1/10"))
    yield from (plane.boundary_distance([1, 1]), plane.boundary_distance([1, 1], norm="l1"))
    yield from (plane.region_bound(), line_.region_bound())
    yield from (plane.functional_dimension(1),
                PiecewiseLinearNetwork("hard_tanh:1,1,1:bias").functional_dimension(1),
                PiecewiseLinearNetwork([[[1], [0]], [0, -1], [[1, 1]], [0]]
                                       ).functional_dimension(1))
    yield from (plane.same_function(plane), plane.same_function(plane, box=1),
                plane.same_function("relu:2,3,1:bias:seed=2"),
                line_.same_function(line_, polytope=[[1, 2]]))
    yield from (plane.tropical_form(), line_.tropical_form())
    yield from (plane.smaller_network(), PiecewiseLinearNetwork(
        [[[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, 1, 1, -1]]]).smaller_network())
    for spec, data in (("relu:1,1:bias", [[0, 0], [1, 1], [2, 0]]),
                       ("relu:1,1,1", [[1, 0], [2, 1]]), ("abs:1,2,1", [[1, 0], [-1, 1]])):
        architecture = PiecewiseLinearArchitecture(spec)
        yield from (architecture.classification_fan(data), architecture.stationary_points(data))
    yield ActivationFunction("tanh").approximation((-2, 2), degree=3)
    yield ActivationFunction("relu").approximation(degree=2)
    yield ActivationFunction("exp").approximation(error="1/3")
    yield ActivationFunction("sign").composite_approximation("1/4", gap="1/2")
    yield ActivationFunction("relu").composite_approximation("1/8")
    yield ActivationFunction("tanh").approximation((-2, 2), degree=3, denominator=2)
    yield ActivationFunction("abs").piecewise_approximation((-1, 2), 2, degree=2)
    yield ContinuousNetwork("mlp:2,2,1:relu:bias").network_approximation(1, degree=2)
    yield ContinuousNetwork("mlp:2,2,1:relu:bias").norm_bounded_approximation(
        "frobenius:1", "ball:1", degree=2)
    yield ContinuousNetwork("mlp:1,2,1:relu").mean_square_approximation("gaussian:1", 1, degree=2)
    yield ContinuousNetwork({"activation": "relu", "layers": [
        {"weights": [[1], [1]], "bias": ["1/4", 0]}, {"weights": [[1, -1], [1, 1]]},
        {"weights": [[1, -1]]}]}).network_approximation(degree=2, subdivide=99)
    yield ContinuousNetwork({"activation": "tanh", "layers": [
        {"weights": [[1, "1/2"]], "bias": [0]}, {"weights": [[2], [-1]]}, {"weights": [[1, 1]]},
        ]}).network_approximation("1/10", error="1/2")
    near = ContinuousNetwork("mlp:1,1,1:relu:bias").network_approximation(1, degree=4)
    given = ContinuousNetwork({"activation": "tanh", "layers": [
        {"weights": [[1, "1/2"]], "bias": [0]}, {"weights": [[2], [-1]]}]}).network_approximation(
            "1/100", error="1/50")
    many = ContinuousNetwork("mlp:1,9,1:relu").network_approximation(1, degree=2)
    yield from (near.covering_number("1/2"), near.covering_number(20), many.covering_number(2),
                near.sample_complexity("1/2", "1/10"), near.least_loss([[1, 3], [0, -2]]),
                near.function_distance([1, 0, 1, 0], [1, "1/2", -1, 0]), near.span_dimension(3),
                given.robustness_radius(["1/2", 0]), given.least_loss([[1, 1, 3, 1]]))
    yield ContinuousNetwork("attention:d=1,a=1,out=1,t=2:softmax").attention_approximation(
        1, degree=1)
    yield ContinuousNetwork(
        "attention:d=2,a=1,out=2,t=2,layers=2,heads=2,v=1,causal=1,skip=1:softmax"
        ).attention_approximation("1/3", [(0, 1), (-1, "1/2")], error="1/10")


@cache
def certificates() -> list[dict[str, Any]]:
    """The certificates of all these answers, found by one of the processes that test together."""
    folder = os.environ.get(TOGETHER)
    if folder is None:
        return [found.certificate for found in _found() if found.certificate is not None]
    kept = Path(folder) / "certificates.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            whole = kept.with_suffix(".part")
            whole.write_text(json.dumps(
                [found.certificate for found in _found() if found.certificate is not None]))
            whole.rename(kept)
    return json.loads(kept.read_text())


def of_kind(invariant: str, number: int = 0) -> dict[str, Any]:
    """The certificate of this kind with this number."""
    return [c for c in certificates() if c["claim"]["invariant"] == invariant][number]


def changed(certificate: dict[str, Any], change: Callable[[dict[str, Any]], None]
            ) -> dict[str, Any]:
    """A certificate after a change, with its digest made anew."""
    data = copy.deepcopy(certificate)
    change(data)
    data["digest"] = digest(data)
    return data


def changed_at(certificate: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """A certificate with another part at a place, with its digest made anew."""
    def change(data: dict[str, Any]) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = to

    return changed(certificate, change)


def with_other_relations(certificate: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A description with one condition after the other made weaker, stronger or another one."""
    for i, piece in enumerate(certificate["claim"]["value"]):
        for j, (relation, _) in enumerate(piece):
            for other in {"=", ">", ">=", "!="} - {relation}:
                yield changed_at(certificate, "claim", "value", i, j, 0, to=other)


# -- random changes -----------------------------------------------------------------------------

LEAVES = (0, 1, -1, 2, 10**6, 2**31 - 1, 10**18, "0", "1", "-1", "1/2", True, False, None, "x",
          "macaulay2")
CHANGED = ("claim", "evidence", "status", "trust", "error_bound")


def _places(data: Any, before: tuple = ()) -> Iterator[tuple]:
    """The paths to all parts of plain data."""
    yield before
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(
        data, list) else ()
    for key, part in pairs:
        yield from _places(part, (*before, key))


def _at(data: Any, path: tuple) -> Any:
    for key in path:
        data = data[key]
    return data


def _leaf(value: Any, generator: random.Random) -> Any:
    near: list[Any] = []
    if isinstance(value, bool):
        near = [not value]
    elif isinstance(value, int):
        near = [value + 1, value - 1, -value, 2 * value]
    elif isinstance(value, str):
        near = ["-" + value, value.lstrip("-"), value + "0", "0" + value, value + "/2"]
    return generator.choice(3 * near + [*LEAVES, [], {}])


def _part(value: Any, generator: random.Random) -> Any:
    """Some plain data in place of other data."""
    if isinstance(value, list) and value:
        one = generator.randrange(len(value))
        return generator.choice([
            [], value[:one] + value[one + 1:], [*value, value[one]], value[::-1],
            generator.sample(value, len(value)), 3 * value,
            [*value[:one], _leaf(value[one], generator), *value[one + 1:]]])
    if isinstance(value, dict) and value:
        one = generator.choice(list(value))
        return generator.choice([{k: v for k, v in value.items() if k != one},
                                 value | {"another": 1}, value | {one: _leaf(None, generator)}])
    return _leaf(value, generator)


def mutant(original: dict[str, Any], generator: random.Random,
           others: Sequence[dict[str, Any]] | None = None) -> dict[str, Any]:
    """
    A certificate with one or two random changes of its structure, its digest made anew.

    INPUT:

    - ``others`` -- certificates of which parts may be taken; by default those of all kinds
    """
    others = certificates() if others is None else others
    data = copy.deepcopy(original)
    for _ in range(generator.choice([1, 1, 1, 2])):
        path = generator.choice([p for p in _places(data) if p and p[0] in CHANGED])
        parent, value = _at(data, path[:-1]), _at(data, path)
        if path == ("claim", "invariant"):
            value = generator.choice([c["claim"]["invariant"] for c in others])
        elif path == ("status",):
            value = generator.choice(["proved", "bounds", "monte_carlo", "numerical"])
        elif generator.random() < 0.15:
            other = generator.choice(others)
            value = copy.deepcopy(_at(other, generator.choice([p for p in _places(other) if p])))
        else:
            value = copy.deepcopy(_part(value, generator))
        parent[path[-1]] = value
    data["digest"] = digest(data)
    return data
