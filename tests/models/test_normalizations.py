"""Normalizations, and gates that add up to 1, against networks written out modulo a prime."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from test_rational_functions import PRIME, Dual, rank_of_the_functions

from neuroalg_sage import Activation, Dense, NeuroManifold, compose, normalization
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.computation_graphs import FixedMap
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Chain, Sum
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.normalizations import mixture
from neuroalg_sage.models.rational_layers import RationalActivation
from neuroalg_sage.models.sources import model_from_data

Network = Callable[[list[Any], list[Any], Callable[[int], Any]], list[Any]]


def root(value: Any) -> Any:
    """A square root modulo the prime, which is 3 modulo 4; LookupError if there is none."""
    found = pow(value.value, (PRIME + 1) // 4, PRIME)
    if found * found % PRIME != value.value:
        raise LookupError
    half = pow(2 * found, -1, PRIME)
    return Dual(found, [d * half % PRIME for d in value.derivatives])


def normed(x: list[Any], number: Any, centered: bool = False, epsilon: Any = 0) -> list[Any]:
    """x, perhaps minus its mean, by the root of its mean square."""
    n = number(len(x))
    if centered:
        mean = sum(x[1:], start=x[0]) / n
        x = [y + number(-1) * mean for y in x]
    squares = [y * y for y in x]
    norm = root(sum(squares[1:], start=squares[0]) / n + number(epsilon))
    return [y / norm for y in x]


def dense(w: list[Any], x: list[Any], made: int) -> list[Any]:
    rows = []
    for i in range(made):
        products = [a * b for a, b in zip(w[i * len(x):], x)]
        rows.append(sum(products[1:], start=products[0]))
    return rows


def gated(w: list[Any], x: list[Any], number: Any) -> list[Any]:
    """Two linear experts of two inputs, with linear gates."""
    q = dense(w[:4], x, 2)
    experts = [dense(w[4:6], x, 1)[0], dense(w[6:8], x, 1)[0]]
    return [(q[0] * experts[0] + q[1] * experts[1]) / (q[0] + q[1])]


RMS, CENTERED = normalization(2), normalization(3, "layer")
CASES: dict[str, tuple[Model, Network, int]] = {
    "rms of the inputs": (compose([RMS, Dense(2, 2)], 2),
                          lambda w, x, number: dense(w, normed(x, number), 2), 1),
    "rms, then squares": (compose([RMS, Dense(2, 2), Activation("x^2"), Dense(2, 1)], 2),
                          lambda w, x, number: dense(w[4:], [y * y for y in dense(
                              w[:4], normed(x, number), 2)], 1), 1),
    "layer normalization": (compose([CENTERED, Dense(3, 1)], 3), lambda w, x, number: dense(
        w, normed(x, number, True), 1), 1),
    "with epsilon": (parse_spec("mlp:1,1:norm=rms:epsilon=2"),
                     lambda w, x, number: dense(w, normed(x, number, epsilon=2), 1), 1),
    "of hidden units": (compose([Dense(2, 2), RMS, Dense(2, 1)]), lambda w, x, number: dense(
        w[4:], normed(dense(w[:4], x, 2), number), 1), 2),
    "a residual block": (
        compose([Sum((Chain(), Chain((RMS, Dense(2, 2))))), Dense(2, 1)], 2),
        lambda w, x, number: dense(w[4:], [a + b for a, b in zip(x, dense(
            w[:4], normed(x, number), 2))], 1), 1),
    "gates": (parse_spec("moe:inputs=2,outputs=1,experts=2,normalized=1"), gated, 1),
}
each = pytest.mark.parametrize("name", CASES)


def value(terms: Any, point: list[int]) -> int:
    """A polynomial with integers as coefficients, term by term."""
    total = 0
    for exponents, c in terms:
        term = int(c)
        for base, k in zip(point, exponents):
            term = term * pow(base, k, PRIME) % PRIME
        total += term
    return total % PRIME


@each
def test_the_cone_has_the_values_of_the_network(name: str) -> None:
    model, network, scales = CASES[name]
    cone, generator = model.cone, random.Random(3)
    assert cone is not None and cone.scales == model.scales == scales
    count = model.parameter_count - scales
    compared = 0
    while compared < 4:
        w = [generator.randrange(1, PRIME) for _ in range(count)]
        x = [generator.randrange(1, PRIME) for _ in range(model.input_count)]

        found = cone.fractions
        below = pow(value(found.denominator, w + x), -1, PRIME)
        try:
            made = [y.value for y in network(
                *([Dual(c, []) for c in values] for values in (w, x)), lambda c: Dual(c, []))]
            r = root(Dual(value(found.radicand, w + x), [])).value if found.radicand else 0
        except LookupError:
            continue  # no root modulo this prime
        plain = [value(terms, w + x) for terms in found.plain]
        of_root = [value(terms, w + x) for terms in found.root] or [0] * len(plain)
        assert made in [[(a + sign * b * r) * below % PRIME for a, b in zip(plain, of_root)]
                        for sign in (1, -1)]
        compared += 1


@each
def test_the_dimension_is_that_of_the_functions_and_the_scales(name: str) -> None:
    model, network, scales = CASES[name]

    def where_there_are_roots(w: list[Any], x: list[Any], number: Any) -> list[Any]:
        try:
            return network(w, x, number)
        except LookupError:
            return []

    rank = rank_of_the_functions(model.parameter_count - scales, model.input_count,
                                 where_there_are_roots)
    found = NeuroManifold(model, seed=1).dimension()
    assert found.data == rank + scales and found.status == "proved"
    assert found.certificate is not None and verify(found.certificate).value == rank + scales
    assert model_from_data(model.describe()).layers == model.layers


def test_what_the_functions_are_is_said() -> None:
    hidden = CASES["of hidden units"][0].cone
    assert hidden is not None
    text = hidden.reading(8)
    assert "r^2 = h = " in text and "up to the sign of r" in text and "two more than M" in text
    assert hidden.output_names[-1] == "the radicand"
    squares = CASES["rms, then squares"][0].cone
    assert squares is not None and "rational" in squares.reading(6)  # the root has gone


@pytest.mark.parametrize("make, message", [
    (lambda: normalization(1), "is a sign"), (lambda: normalization(2, "layer"), "is a sign"),
    (lambda: normalization(2, "batch"), "rms and layer"),
    (lambda: normalization(2, epsilon=-1), "not negative"),
    (lambda: parse_spec("mlp:2,1:norm=rms:epsilon=a"), "not a rational number"),
    (lambda: parse_spec("mlp:2,1:epsilon=1"), "belongs to a normalization"),
    # |x| times a number, and two roots that have nothing to do with each other
    (lambda: compose([Dense(1, 2), RMS, Dense(2, 1)]), "absolute value"),
    (lambda: compose([RMS, Dense(2, 2), RMS, Dense(2, 1)], 2), "two different roots|holds a root"),
    # gates whose denominators vanish identically
    (lambda: compose([mixture([Dense(1, 1)] * 2, FixedMap((1,), (2,), ((0, 0, Fraction(1)),
                                                                     (1, 0, Fraction(-1)))), 1)],
                     1),
     "vanishes identically"),
    (lambda: mixture([Dense(1, 1)], Dense(1, 2), 1), "one for each expert"),
    (lambda: mixture([Dense(1, 1), Dense(1, 2)], Dense(1, 2), 1), "outputs of one shape"),
])
def test_wrong_input_gets_one_sentence(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_root_is_adjoined_once_and_used_again() -> None:
    # 1/r of 1/r is r: dividing twice by the same root.
    inverse = RationalActivation((1,), (0, 1))
    model = compose([RMS, RMS, Dense(2, 1)], 2)
    assert model.cone is not None
    assert model.layers[0].outputs == compose([RMS, Dense(2, 1)], 2  # type: ignore[attr-defined]
                                              ).layers[0].outputs  # type: ignore[attr-defined]
    once = compose([RMS, inverse, inverse, Dense(2, 1)], 2)
    assert once.layers[0].outputs == model.layers[0].outputs  # type: ignore[attr-defined]


def test_the_checker_finds_another_radicand() -> None:
    found = NeuroManifold(CASES["rms of the inputs"][0], seed=1).dimension()
    assert found.certificate is not None
    for change in (lambda layer: layer["radicand"][0].__setitem__(1, "3"),
                   lambda layer: layer.__setitem__("radicand", []),
                   lambda layer: layer["root"][0][0].__setitem__(1, "3"),
                   lambda layer: layer.__setitem__("root", []),
                   lambda layer: layer.__setitem__("scales", 2)):
        forged = copy.deepcopy(found.certificate)
        change(forged["model"]["layers"][0])
        forged["digest"] = digest(forged)
        with pytest.raises(CertificateError):
            verify(forged)
