"""Functional dimensions: known ones, finite differences, ReLU models on cells, forgeries."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from claims import changed
from conftest import FRESH_SEED

from neuroalg_sage import NeuroManifold, PiecewiseLinearNetwork
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.errors import InputError, LimitReached


def by_interpolation(layers: list, inputs: list[list[Fraction]]) -> int:
    """
    The rank of the derivatives at inputs: each output is a polynomial of degree 1 in each single
    weight near the weights, so that quotients of small differences are derivatives.
    """
    from flint import fmpq, fmpq_mat

    if not inputs:
        return 0
    def outputs(arrays: list) -> list[Fraction]:
        network = PiecewiseLinearNetwork(arrays)
        return [c for x in inputs for c in network(x)]

    step = Fraction(1, 10**12)
    start, columns = outputs(layers), []
    for k, array in enumerate(layers):
        for index in range(sum(len(row) for row in array) if isinstance(array[0], list)
                           else len(array)):
            moved = [list(map(list, a)) if isinstance(a[0], list) else list(a) for a in layers]
            if isinstance(array[0], list):
                moved[k][index // len(array[0])][index % len(array[0])] += step
            else:
                moved[k][index] += step
            columns.append([(b - a) / step for a, b in zip(start, outputs(moved))])
    return fmpq_mat([[fmpq(c.numerator, c.denominator) for c in column]
                     for column in columns]).rank()


def is_smooth(layers: list, x: list[Fraction]) -> bool:
    """Whether no hidden unit is zero at an input."""
    for weights, bias in list(zip(layers[::2], layers[1::2]))[:-1]:
        x = [sum((a * c for a, c in zip(row, x)), b) for row, b in zip(weights, bias)]
        if not all(x):
            return False
        x = [max(c, Fraction(0)) for c in x]
    return True


def random_layers(widths: list[int], generator: random.Random) -> list:
    layers: list = []
    for a, b in zip(widths, widths[1:]):
        layers.append([[Fraction(generator.randint(-5, 5)) for _ in range(a)] for _ in range(b)])
        layers.append([Fraction(generator.randint(-5, 5)) for _ in range(b)])
    return layers


@pytest.mark.parametrize("widths", [[1, 2, 1], [2, 3, 1], [1, 2, 2, 1], [2, 2, 2], [2, 2, 2, 1]])
def test_it_is_the_rank_of_difference_quotients_at_many_inputs(widths: list[int]) -> None:
    generator = random.Random(FRESH_SEED)
    for _ in range(6):
        layers = random_layers(widths, generator)
        found = PiecewiseLinearNetwork(layers).functional_dimension(1)
        # Inputs with a denominator that no hyperplane has.
        inputs = [[Fraction(generator.randint(-20011, 20011), 1009) for _ in range(widths[0])]
                  for _ in range(150)]
        inputs = [x for x in inputs if is_smooth(layers, x)]
        # Some cells may be small, or beyond the sampled ones.
        assert by_interpolation(layers, inputs) <= found
        verify(found.certificate)


def test_of_generic_weights_rescalings_are_all_that_is_lost() -> None:
    """
    13 parameters less 3 units, 7 less 2; for one hidden layer the model with a copy of the inputs
    for each path has the same dimension.
    """
    for spec, known in (("relu:2,3,1:bias", 10), ("relu:1,2,1:bias", 5), ("relu:2,3,1", 6),
                        ("relu:2,2,2:bias", 10)):
        most = max(int(PiecewiseLinearNetwork(spec, seed=s).functional_dimension())
                   for s in range(4))
        assert most == known == NeuroManifold(spec).dimension(), spec


def test_dead_units_and_units_without_influence_count_for_nothing() -> None:
    """max(0, x) + 0 * max(0, x - 1) + max(0, -1): slopes and kinks of one unit, and the bias."""
    network = PiecewiseLinearNetwork([[[1], [1], [0]], [0, -1, -1], [[1, 0, 1]], [0]])
    # By the weights: u x + b and the rest, where x > 1 also v (x - 1): 1, x for x > 0, x - 1.
    assert network.functional_dimension() == by_interpolation(
        [[[1], [1], [0]], [0, -1, -1], [[1, 0, 1]], [0]],
        [[Fraction(k, 7)] for k in range(-20, 20) if k not in (0, 7)])
    assert not network.functional_dimension().is_largest


def test_where_a_unit_is_zero_at_all_inputs_there_are_no_derivatives() -> None:
    found = PiecewiseLinearNetwork([[[0]], [0], [[1]], [1]]).functional_dimension()
    assert found == 0 and verify(found.certificate).value == found.data


def test_what_has_no_functional_dimension_says_why() -> None:
    with pytest.raises(InputError, match="dense layers and activations"):
        PiecewiseLinearNetwork("maxout:2,2,1").functional_dimension()
    with pytest.raises(LimitReached, match="too large"):
        PiecewiseLinearNetwork("relu:2,64,64,1").functional_dimension()


def test_another_dimension_is_refused() -> None:
    for network in (PiecewiseLinearNetwork("relu:2,3,1:bias", seed=1),
                    PiecewiseLinearNetwork([[[1], [0]], [0, -1], [[1, 1]], [0]])):
        original = network.functional_dimension(1).certificate
        assert original is not None
        for step in (-1, 1):
            def move(data: dict, step: int = step) -> None:
                data["claim"]["value"]["dimension"] += step

            with pytest.raises(CertificateError):
                verify(changed(original, move))
