"""Invariant networks: invariance, values, and as many functions as invariants."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pytest
from architectures import (
    Parameters,
    check_again,
    check_symmetries,
    check_values,
    jacobian_rank,
)

from neuroalg_sage import BispectralNetwork, NeuroManifold, PowerSumNetwork
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.groups import read_group
from neuroalg_sage.models.invariant_networks import orbits_of_multisets

KLEIN = [[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]]


def invariants_of_degree(table: list[list[int]], d: int) -> int:
    """The coefficient of t^d in Molien's series of the regular representation."""
    n, total = len(table), Fraction(0)
    for g in range(n):
        order, power = 1, g
        while power:
            power, order = table[power][g], order + 1
        # 1 / (1 - t^order)^(n / order)
        if d % order == 0:
            total += comb(n // order + d // order - 1, d // order)
    return int(total / n)


@pytest.mark.parametrize("name", ["Z1", "Z2", "Z4", "Z5", "Z2xZ2", "Z6", "S3", "Q8", "D4"])
def test_there_are_as_many_correlations_as_invariants(name: str) -> None:
    table = read_group(name)
    for order in (2, 3, 4):
        assert len(orbits_of_multisets(table, order)) == invariants_of_degree(table, order)


def network(table: list[list[int]], channels: list[int], outputs: int, order: int, power: int,
            bias: bool) -> Any:
    n = len(table)

    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        states = [x[c * n : (c + 1) * n] for c in range(channels[0])]
        for k, made in enumerate(channels[1:]):
            if k:
                states = [[v**power for v in row] for row in states]
            a = w.take(made, len(states), n)
            b = w.take(made) if bias else [0] * made
            states = [[sum(a[o, c, h] * row[table[g][h]] for c, row in enumerate(states)
                           for h in range(n)) + b[o] for g in range(n)] for o in range(made)]
        features = []
        for row in states:
            for orbit in orbits_of_multisets(table, order):
                total: Any = 0
                for g in range(n):
                    term: Any = 1
                    for h in orbit:
                        term = row[table[g][h]] * term
                    total = term + total
                features.append(total)
        a = w.take(outputs, len(features))
        b = w.take(outputs) if bias else [0] * outputs
        return [sum(c * f for c, f in zip(line, features)) + b[o] for o, line in enumerate(a)]
    return direct


CASES: list[Any] = [
    ("Z3", [1], 1, 3, 1, False), ("Z2", [1, 1], 1, 3, 1, False), ("Z3", [1, 1], 2, 2, 1, True),
    ("Z2", [2, 1, 1], 1, 2, 2, False), ("S3", [1], 1, 2, 1, False), ("Z1", [1, 1], 1, 3, 1, False),
    ("Z2xZ2", [2], 1, 3, 1, False)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bispectral_networks_are_what_they_are_said_to_be(case: Any) -> None:
    name, channels, outputs, order, power, bias = case
    model = BispectralNetwork(name, channels, outputs, order, f"x^{power}", bias)
    direct = network(read_group(name), channels, outputs, order, power, bias)
    check_values(model, direct)
    check_again(model)
    check_symmetries(model, 0 if bias else sum(channels[1:]))
    found = NeuroManifold(model).dimension()
    assert found == jacobian_rank(direct, model.parameter_count, model.input_count)
    assert verify(found.certificate)


@pytest.mark.parametrize("name", ["Z4", "Z2xZ2", "S3", "Q8"])
def test_they_are_invariant_under_the_group(name: str) -> None:
    table, generator = read_group(name), random.Random(name)
    n = len(table)
    model = parse_spec(f"bispectral:group={name},channels=1x2,outputs=2,bias=1")
    w = np.array([generator.randint(-3, 3) for _ in range(model.parameter_count)], dtype=object)
    x = [generator.randint(-9, 9) for _ in range(n)]

    def values(y: list[int]) -> list[int]:
        return model.apply(w, np.array(y, dtype=object), int).tolist()

    assert all(values([x[table[a][g]] for g in range(n)]) == values(x) for a in range(n))
    # Not under all permutations.
    assert values([x[1], x[0], *x[2:]]) != values(x)


@pytest.mark.parametrize("name", ["Z3", "Z4", "S3"])
def test_without_convolutions_they_are_all_invariants_of_their_degree(name: str) -> None:
    for order in (2, 3):
        manifold = NeuroManifold(f"bispectral:group={name},channels=1,order={order}")
        assert manifold.dimension() == invariants_of_degree(read_group(name), order)
        assert manifold.dimension().status == "proved" and manifold.degree() == 1


def test_correlations_tell_orbits_apart() -> None:
    """The triple correlation of generic inputs is that of their orbit alone; the pair's is not."""
    triple, pair = (orbits_of_multisets(read_group("Z4"), k) for k in (3, 2))

    def values(x: Any, orbits: Any) -> list[int]:
        return [sum(int(np.prod([x[(g + h) % 4] for h in orbit])) for g in range(4))
                for orbit in orbits]

    x, mirrored = [1, 2, 4, 8], [8, 4, 2, 1]
    assert values(x, pair) == values(mirrored, pair)
    assert values(x, triple) != values(mirrored, triple)


def test_a_table_is_as_good_as_a_name() -> None:
    model = BispectralNetwork(KLEIN, [1, 1])
    assert model.layers == BispectralNetwork("Z2xZ2", [1, 1]).layers
    check_again(model)


def power_sums(n: int, d: int, widths: list[int], power: int, bias: bool) -> Any:
    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        state = [sum((v ** (k + 1) for v in x[1:]), x[0] ** (k + 1)) for k in range(d)]
        for k, made in enumerate(widths):
            if k:
                state = [v**power for v in state]
            a = w.take(made, len(state))
            state = [sum(c * v for c, v in zip(row, state)) for row in a]
            if bias:
                state = [a + b for a, b in zip(state, w.take(made))]
        return state
    return direct


@pytest.mark.parametrize("case", [(3, 3, [1], 1, False), (3, 2, [2, 1], 2, False),
                                  (2, 1, [1], 1, True), (1, 3, [2], 1, False),
                                  (2, 2, [1, 1], 2, True)], ids=str)
def test_power_sum_networks_are_what_they_are_said_to_be(case: Any) -> None:
    n, d, widths, power, bias = case
    model = PowerSumNetwork(n, d, widths, f"x^{power}", bias)
    check_values(model, power_sums(*case))
    check_again(model)
    check_symmetries(model, 0 if bias else sum(widths[:-1]))
    found = NeuroManifold(model).dimension()
    assert found == jacobian_rank(power_sums(*case), model.parameter_count, n)
    x = np.array(range(3, 3 + n), dtype=object)
    w = np.array(range(1, 1 + model.parameter_count), dtype=object)
    for p in itertools.permutations(range(n)):
        assert model.apply(w, x[list(p)], int).tolist() == model.apply(w, x, int).tolist()


@pytest.mark.parametrize("spec, words", [
    ("bispectral:channels=1", "bispectral lacks group"),
    ("bispectral:group=Z0", "none of Z6"), ("bispectral:group=Z4,order=1", "from 2 to 6"),
    ("bispectral:group=Z4,order=7", "from 2 to 6"),
    ("bispectral:group=Z100,order=3", "over 100000 products"),
    ("bispectral:group=Z4,channels=0", "whole number from 1 on"),
    ("powersums:points=3", "powersums lacks degree"),
    ("powersums:points=1000,degree=2", "most allowed is 500"),
    ("powersums:points=3,degree=300", "The degree is 300"),
])
def test_a_wrong_invariant_network_gets_a_sentence(spec: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_spec(spec)


def test_what_is_no_group_or_has_no_channels_is_refused() -> None:
    with pytest.raises(InputError, match="once in each row"):
        BispectralNetwork([[0, 1], [1, 1]])
    with pytest.raises(InputError, match="has channels"):
        BispectralNetwork("Z2", [])
    with pytest.raises(InputError, match="width of its outputs"):
        PowerSumNetwork(2, 2, [])
