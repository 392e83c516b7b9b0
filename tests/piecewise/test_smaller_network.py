"""Smaller networks of the same function: numbers of units that are known, and forgeries."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest
from claims import changed, changed_at, mutant
from networks import random_network

from neuroalg_sage import CertificateError, InputError, PiecewiseLinearNetwork, verify

ONE = [[[1], [-1]], [[1, -1]]]  # x
KNOWN: dict[str, tuple[Any, int, int]] = {  # arrays, hinges, units
    "identity": (ONE, 0, 2),
    "twice": ([[[1], [-1], [2], [-2]], [[2, -2, 1, -1]]], 0, 2),
    "absolute value": ([[[1], [-1]], [[1, 1]]], 1, 2),
    "one side": ([[[1], [-1], [1]], [[1, 1, 1]]], 1, 2),  # |x| + max(x, 0)
    "other side": ([[[-1], [-2]], [[1, 1]]], 1, 1),
    "half": ([[[1], [1], [-1]], [[1, 1, -1]]], 1, 2),
    "constant": ([[[0], [0]], [1, -1], [[3, 5]]], 0, 0),
    "cancel": ([[[1], [2]], [[2, -1]]], 0, 0),
    "x + |x|": ([[[1], [-1], [1], [-1]], [[1, 1, 1, -1]]], 1, 1),
    "x + y": ([[[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, -1, 1, -1]]], 0, 2),
    "identity of the plane": ([[[1, 0], [-1, 0], [0, 1], [0, -1]],
                               [[1, -1, 0, 0], [0, 0, 1, -1]]], 0, 4),
    "|x| + y": ([[[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, 1, 1, -1]]], 1, 3),
    "|x| + |y|": ([[[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, 1, 1, 1]]], 2, 4),
    "|x| + max(y, 0)": ([[[1, 0], [-1, 0], [0, 1]], [[1, 1, 1]]], 2, 3),
    # max(x, 0) + max(y, 0) + max(-x - y, 0) is the same with all sides changed, and so are
    # max(x, 0) + max(y, 0) + max(x + y, 0) - x - y.
    "three lines": ([[[1, 0], [0, 1], [-1, -1]], [[1, 1, 1]]], 3, 3),
    "three lines, and a linear function": ([[[1, 0], [0, 1], [1, 1], [1, 1], [-1, -1]],
                                            [[1, 1, 1, -1, 1]]], 3, 3),
    "two outputs": ([[[1, 0], [-1, 0], [0, 1]], [[1, 0, 0], [0, 1, 1]]], 2, 3),
    "parallel": ([[[1, 0], [2, 0]], [0, -1], [[1, 1]]], 2, 2),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_numbers(name: str) -> None:
    arrays, hinges, units = KNOWN[name]
    network = PiecewiseLinearNetwork(arrays)
    found = network.smaller_network()
    assert (found.data["hinges"], found.value, found.status) == (hinges, units, "proved")
    smaller = PiecewiseLinearNetwork(found.network)
    for point in itertools.product(range(-3, 4), repeat=network.network.inputs):
        assert smaller(point) == network(point)
    assert verify(found.certificate).trust == ()


@pytest.mark.parametrize("seed", range(12))
def test_merged_units(seed: int) -> None:
    """Units of a generic network are necessary; copies of them with factors are merged."""
    generator = random.Random(seed)
    d, m, k = generator.choice([1, 2, 3, 9]), generator.choice([1, 2]), generator.randint(1, 7)
    rows = [[generator.randint(-99, 99) or 1 for _ in range(d)] for _ in range(k)]
    bias = [generator.randint(-10**6, 10**6) for _ in range(k)]
    out = [[generator.randint(1, 99) for _ in range(k)] for _ in range(m)]
    order = [generator.randrange(k) for _ in range(4)]
    factors = [Fraction(generator.randint(1, 9), 7) for _ in order]
    more = [[[f * c for c in rows[i]] for i, f in zip(order, factors)],
            [f * bias[i] for i, f in zip(order, factors)]]
    network = PiecewiseLinearNetwork([
        rows + more[0] + [[0] * d], bias + more[1] + [generator.randint(-3, 3)],
        [row + [generator.randint(1, 9) for _ in range(5)] for row in out],
        [generator.randint(-9, 9) for _ in range(m)]])
    found = network.smaller_network(seed)
    assert (found.value, found.at_least, found.data["hinges"]) == (k, k, k)
    assert f"unit {k + 4} is constant" in found.mechanism
    assert network.same_function(found.network).value
    for _ in range(20):
        point = [generator.randint(-10**5, 10**5) for _ in range(d)]
        assert network(point) == found.network(point)


@pytest.mark.parametrize("seed", range(60))
def test_degenerate_networks(seed: int) -> None:
    network = random_network(seed)
    try:
        found = PiecewiseLinearNetwork(network).smaller_network()
    except InputError as error:
        assert "affine functions of the inputs" in str(error)
        return
    assert found.data["hinges"] <= found.at_least <= found.value
    assert (found.status == "proved") == (found.at_least == found.value)
    assert PiecewiseLinearNetwork(network).same_function(found.network).value
    assert verify(found.certificate).status == found.status


@pytest.mark.parametrize("seed", range(40))
def test_no_sides_do_with_fewer_units(seed: int) -> None:
    """
    With one output: all sides of all hinges, tried one after the other, leave a linear part that
    is never zero, or never a multiple of a gradient.
    """
    generator = random.Random(seed)
    d, k = generator.choice([1, 2, 2, 3]), generator.randint(1, 5)
    small = [-1, 0, 1, 1, 2]
    rows = [[generator.choice(small) for _ in range(d)] for _ in range(k)]
    bias = [generator.choice(small) for _ in range(k)]
    out = [generator.choice([-1, 1, 2]) for _ in range(k)]
    linear = [generator.choice(small) for _ in range(d)]
    network = PiecewiseLinearNetwork([
        [*rows, linear, [-c for c in linear]], [*bias, 0, 0], [[*out, 1, -1]]])
    found = network.smaller_network()
    assert found.status == "proved"
    # By the jumps of the derivative across each line.
    jumps: dict[tuple[Fraction, ...], Fraction] = {}
    left = [Fraction(c) for c in linear]
    for row, b, v in zip(rows, bias, out):
        leading = next((c for c in row if c), 0)
        if leading:
            line = tuple(Fraction(c, leading) for c in [*row, b])
            jumps[line] = jumps.get(line, Fraction(0)) + v * abs(leading)
            left = [a + v * c * (leading < 0) for a, c in zip(left, row)]
    kept = [([j * c for c in line[:-1]]) for line, j in jumps.items() if j]

    def rank_one(x: list[Fraction], y: list[Fraction]) -> bool:
        return all(x[i] * y[j] == x[j] * y[i] for i in range(d) for j in range(i))

    fewest = 2
    for sides in itertools.product((0, 1), repeat=len(kept)):
        rest = [a + sum(s * row[i] for s, row in zip(sides, kept)) for i, a in enumerate(left)]
        if not any(rest):
            fewest = 0
        elif any(rank_one(rest, row) for row in kept):
            fewest = min(fewest, 1)
    assert found.value == len(kept) + fewest


def test_many_units() -> None:
    """So many sides are not looked at, but those of the given units leave nothing."""
    found = PiecewiseLinearNetwork("relu:5,60,2:bias", seed=1).smaller_network()
    assert (found.value, found.status) == (60, "proved")


def test_what_is_not_proved_is_said() -> None:
    """Three outputs, a linear part of rank three, and one hinge."""
    rows = [[int(i == j) * s for j in range(3)] for i in range(3) for s in (1, -1)]
    out = [[s * int(i == j) for i in range(3) for s in (1, -1)] for j in range(3)]
    network = PiecewiseLinearNetwork([[*rows, [5, 7, 11]], [*[0] * 6, 1],
                                      [[*row, 1] for row in out]])
    found = network.smaller_network()
    assert found.status == "bounds" and found.at_least == 3 and found.value == 6
    assert "at least 3 are needed" in found.text()


def test_two_hidden_layers() -> None:
    with pytest.raises(InputError, match="affine functions of the inputs"):
        PiecewiseLinearNetwork("relu:2,3,3,1:bias").smaller_network()


def test_forgeries() -> None:
    three = PiecewiseLinearNetwork(KNOWN["|x| + y"][0]).smaller_network().certificate
    two = PiecewiseLinearNetwork(KNOWN["|x| + |y|"][0]).smaller_network().certificate
    generic = PiecewiseLinearNetwork("relu:2,3,1:bias", seed=1).smaller_network().certificate
    value = ("claim", "value")
    for certificate in (three, two, generic):
        n = certificate["claim"]["value"]["units"]
        for name, wrong, words in (("units", n + 1, "another number"), ("hinges", 5, "hinges"),
                                   ("at_least", n + 1, "not proved"),
                                   ("at_least", n - 1, "status")):
            with pytest.raises(CertificateError, match=words):
                verify(changed_at(certificate, *value, name, to=wrong))
    with pytest.raises(CertificateError, match="not the same function"):
        verify(changed_at(three, *value, "network", "layers", 2, "weights", 0, 0, to="17"))
    zero = [["0", "0"]]
    for forms in ([zero, zero], [["1", "1"]], [[["1", "-1"]], zero], [[["0", "1"]], [["1", "1"]]]):
        with pytest.raises(CertificateError):
            verify(changed_at(three, "evidence", "forms", to=forms))
    # Without proof that two more are needed it is at least one.
    with pytest.raises(CertificateError, match="not proved"):
        verify(changed_at(three, "evidence", "forms", to=[]))
    generator = random.Random(5)
    for original in (three, two, generic):
        for _ in range(80):
            data = mutant(original, generator, [three, two, generic])
            try:
                verdict = verify(data)
            except CertificateError:
                continue
            found = PiecewiseLinearNetwork(data["model"]).smaller_network()
            assert verdict.value["at_least"] <= found.value <= verdict.value["units"]
            assert PiecewiseLinearNetwork(data["model"]).same_function(
                verdict.value["network"]).value

    def unproved(data: dict[str, Any]) -> None:
        data["status"] = "bounds"

    with pytest.raises(CertificateError, match="status"):
        verify(changed(three, unproved))
