"""How many functions have given values, against counts by hand and by another search."""

from __future__ import annotations

import pytest
from claims import changed

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.capacity.interpolation import interpolating_functions
from neuroalg_sage.invariants.training.interpolation import interpolation
from neuroalg_sage.models.sources import from_expressions


@pytest.mark.parametrize("spec, inputs, number", [
    # v (a x + b y)^d at (1, 0) and (0, 1): a d-th root of unity is left.
    ("mlp:2,1,1:x^2", 2, 2), ("mlp:2,1,1:x^3", 2, 3), ("mlp:2,1,1:x^5", 2, 5),
    # v (a x + b y + c z)^2: two signs.
    ("mlp:3,1,1:x^2", 3, 4),
    # Forms of all kinds: values are linear forms, and independent.
    ("mlp:2,2,1:x^2", 3, 1), ("linear:4,2,2", 4, 1), ("mlp:2,2,1:x^3", 4, 1)])
def test_functions_through_given_values(spec: str, inputs: int, number: int) -> None:
    found = NeuroManifold(spec, seed=1).interpolating_functions()
    assert found.data == [inputs, number, number] and found.status == "proved"
    verify(found.certificate)


@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^3", "cnn:2,2:x^2", "mlp:3,2,1:x^2", "mlp:2,2,2:x^3"])
def test_the_numbers_are_those_of_another_search(spec: str) -> None:
    """Which counts all solutions modulo another prime, in another chart."""
    found = NeuroManifold(spec, seed=1).interpolating_functions()
    verify(found.certificate)
    count, least, most = found.data
    other = interpolation(spec, count, seed=2).count
    assert other is None or least <= other <= most
    if "no others" in found.method:
        assert other in (None, least)


def test_evaluations_are_not_generic_linear_forms() -> None:
    """Of two sums of two cubes, values at three inputs leave fewer functions than the degree."""
    manifold = NeuroManifold("mlp:2,2,2:x^3", seed=1)
    count, least, most = manifold.interpolating_functions().data
    assert (count, most) == (3, manifold.degree().value)
    assert interpolation("mlp:2,2,2:x^3", 3, seed=3).count < most
    assert least < most and manifold.interpolating_functions().status == "bounds"


def test_what_is_not_shown_is_rejected() -> None:
    original = NeuroManifold("mlp:2,1,1:x^3", seed=1).interpolating_functions().certificate

    def more(data) -> None:
        data["claim"]["value"] = [2, 4, 4]

    def twice(data) -> None:
        data["evidence"]["points"][1] = data["evidence"]["points"][0]

    def elsewhere(data) -> None:
        data["evidence"]["points"][1][0] += 1

    def fewer(data) -> None:
        del data["evidence"]["points"][0]

    def singular(data) -> None:
        data["evidence"]["points"] = [[0, 0, 0]]
        data["claim"]["value"], data["status"] = [2, 1, 3], "bounds"

    def other_inputs(data) -> None:
        data["evidence"]["inputs"][1] = data["evidence"]["inputs"][0]

    for change in (more, twice, elsewhere, fewer, singular, other_inputs):
        with pytest.raises(CertificateError):
            verify(changed(original, change))


@pytest.mark.parametrize("spec, least", [
    ("mlp:2,1,1:x^2", (3, 3)), ("mlp:2,2,1:x^2", (3, 3)), ("linear:4,2,2", (4, 4)),
    ("mlp:3,1,1:x^2", (4, 4)), ("linear:2,1,2", (2, 2)), ("mlp:2,2,2:x^3", (4, 4))])
def test_the_least_number_of_inputs_that_identify(spec: str, least: tuple[int, int]) -> None:
    """A sign that two inputs leave is told by a third one; quadratic forms are spanned by three."""
    manifold = NeuroManifold(spec, seed=1)
    found = manifold.interpolating_functions()
    assert found.least_inputs == least
    necessary, one, _ = manifold.identifying_inputs().data
    assert necessary <= least[0] and least[1] <= one


def test_some_outputs_at_the_last_input() -> None:
    """
    Matrices of rank 1, 2 x 2: the image v of one vector, and one coordinate of that of another one,
    which is a multiple of v.
    """
    found = NeuroManifold("linear:2,1,2", seed=1).interpolating_functions()
    assert (found.data, found.status) == ([2, 1, 2], "bounds")
    assert "no others" in found.method
    verify(found.certificate)


def test_a_point_is_refused() -> None:
    model = {"input_shape": [1], "layers": [{"kind": "polynomial", "parameters": ["a"],
                                             "inputs": ["x"], "outputs": [[[[0, 1], "1"]]]}]}
    with pytest.raises(InputError, match="one point"):
        NeuroManifold(model, seed=1).interpolating_functions()


@pytest.mark.parametrize("model, rank, dimension", [
    ("linear:3,1,3", 4, 5), (from_expressions(["a*x + b", "x^2"], ["a", "b"], ["x"]), 1, 2)])
def test_values_that_are_not_independent_identify_nothing(model, rank: int, dimension: int) -> None:
    """A matrix of rank 1, at two inputs: 3 numbers for the direction, and one more factor."""
    with pytest.raises(LimitReached, match=f"only rank {rank} .* of dimension {dimension}:"):
        NeuroManifold(model, seed=1).interpolating_functions()


def test_no_coincidence_of_small_numbers_is_taken_for_dependent_values() -> None:
    """Two units with proportional weights leave rank 2: one in twenty with weights below 10."""
    manifold = NeuroManifold("mlp:2,2,1:x^2", seed=1)
    known = (manifold.parametrization(), manifold.dimension(), manifold.degree())
    for seed in range(10, 30):
        found = interpolating_functions(*known, manifold.computation, seed)
        assert found.data == [3, 1, 1], seed
