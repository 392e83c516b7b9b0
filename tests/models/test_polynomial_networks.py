"""Polynomial and Kolmogorov-Arnold networks: their values, symmetries and known dimensions."""

from __future__ import annotations

import itertools
from math import comb
from typing import Any

import pytest
from architectures import (
    Parameters,
    check_again,
    check_symmetries,
    check_values,
    jacobian_rank,
)

from neuroalg_sage import KolmogorovArnoldNetwork, NeuroManifold, PolynomialNetwork
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.families import parse_spec


def polynomial_network(n: int, r: int, d: int, m: int, form: str, homogeneous: bool, bias: bool
                       ) -> Any:
    def direct(w: Parameters, z: list[Any]) -> list[Any]:
        def product(a: Any, x: list[Any]) -> list[Any]:
            return [sum(c * v for c, v in zip(row, x)) for row in a]

        state = product(w.take(r, n), z)
        for _ in range(d - 1):
            factor = product(w.take(r, n), z)
            if form == "nested":
                moved = product(w.take(r, r), state)
                if not homogeneous:
                    moved = [a + b for a, b in zip(moved, w.take(r))]
                state = [a * b for a, b in zip(factor, moved)]
            else:
                state = [a * b + (0 if homogeneous else b) for a, b in zip(factor, state)]
        image = product(w.take(m, r), state)
        return [a + b for a, b in zip(image, w.take(m))] if bias else image
    return direct


CASES = [(2, 2, 3, 1, "cp", False, False), (2, 2, 3, 2, "cp", True, False),
         (2, 1, 2, 1, "cp", False, True), (3, 2, 2, 1, "nested", False, False),
         (2, 2, 3, 1, "nested", True, False), (2, 3, 2, 2, "nested", True, True),
         (1, 1, 1, 1, "cp", False, False), (2, 2, 1, 2, "nested", False, True),
         (2, 5, 2, 1, "cp", True, False)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_polynomial_networks_are_what_they_are_said_to_be(case: Any) -> None:
    model = PolynomialNetwork(*case)
    check_values(model, polynomial_network(*case))
    check_again(model)
    check_symmetries(model, case[1])  # the scalings of each unit before the last matrix
    found = NeuroManifold(model).dimension()
    assert found == jacobian_rank(polynomial_network(*case), model.parameter_count, case[0])
    assert verify(found.certificate)


@pytest.mark.parametrize("n, d", [(2, 2), (2, 3), (3, 2), (3, 3), (4, 3)])
def test_one_unit_makes_products_of_linear_forms(n: int, d: int) -> None:
    """The cone over the variety of completely decomposable forms."""
    found = NeuroManifold(f"pinet:inputs={n},rank=1,degree={d},homogeneous=1").dimension()
    assert found == d * (n - 1) + 1 and found.status == "proved"
    assert verify(found.certificate).trust == ()


@pytest.mark.parametrize("n, r", [(3, 1), (4, 1), (4, 2), (5, 2)])
def test_products_of_two_forms_are_quadrics_of_twice_the_rank(n: int, r: int) -> None:
    s = min(n, 2 * r)
    assert NeuroManifold(f"pinet:inputs={n},rank={r},degree=2,homogeneous=1").dimension() == (
        n * s - comb(s, 2))


def test_one_unit_with_a_linear_part_is_a_resultant() -> None:
    """z -> c l (1 + m): the linear form divides the quadratic one, so their resultant vanishes."""
    manifold = NeuroManifold("pinet:inputs=2,rank=1,degree=2")
    assert manifold.ideal().status == manifold.degree().status == "proved"
    assert manifold.degree() == 3
    # In degree two first: z_0 x^2 + z_1 x y + z_2 y^2 and z_3 x + z_4 y.
    (equation,) = manifold.ideal().gens()
    for a, b, c, e, f in itertools.product((-1, 0, 2), repeat=5):
        vanishes = a * f * f - b * f * e + c * e * e == 0
        assert vanishes == (equation(a, b, c, e, f) == 0)


def test_degree_one_is_a_linear_network() -> None:
    assert NeuroManifold("pinet:inputs=3,rank=2,degree=1,outputs=3").dimension() == 8
    assert PolynomialNetwork(3, 2, 1, 3).layers == parse_spec("linear:3,2,3").layers


def kolmogorov_arnold(widths: list[int], d: int, bias: bool) -> Any:
    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        for k, (n, m) in enumerate(zip(widths, widths[1:])):
            edges = w.take(m, d, n)
            x = [sum(edges[j, e, i] * x[i] ** (e + 1) for e in range(d) for i in range(n))
                 for j in range(m)]
            if bias and k == len(widths) - 2:
                x = [a + b for a, b in zip(x, w.take(m))]
        return x
    return direct


EDGES: list[Any] = [([2, 1], 3, False), ([2, 3, 1], 2, False), ([1, 1, 1], 3, True),
                    ([2, 2, 2], 1, True), ([1, 2, 1, 1], 2, True), ([1, 1], 1, False)]


@pytest.mark.parametrize("case", EDGES, ids=str)
def test_kolmogorov_arnold_networks_are_what_they_are_said_to_be(case: Any) -> None:
    model = KolmogorovArnoldNetwork(*case)
    check_values(model, kolmogorov_arnold(*case))
    check_again(model)
    check_symmetries(model, sum(case[0][1:-1]))
    found = NeuroManifold(model).dimension()
    assert found == jacobian_rank(kolmogorov_arnold(*case), model.parameter_count, case[0][0])
    assert verify(found.certificate)


@pytest.mark.parametrize("n, m, d", [(1, 1, 4), (3, 1, 3), (2, 3, 2)])
def test_one_layer_fills_the_sums_of_polynomials_of_one_variable(n: int, m: int, d: int) -> None:
    manifold = NeuroManifold(f"kan:widths={n}x{m},degree={d}")
    assert manifold.dimension() == n * m * d and manifold.dimension().status == "proved"
    assert manifold.degree() == 1


def test_hidden_units_need_no_constants() -> None:
    """With a constant for each hidden unit there are no more functions."""
    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        first, c = w.take(2, 2, 2), w.take(2)
        h = [sum(first[j, e, i] * x[i] ** (e + 1) for e in range(2) for i in range(2)) + c[j]
             for j in range(2)]
        second = w.take(2, 2)
        return [sum(second[e, i] * h[i] ** (e + 1) for e in range(2) for i in range(2))
                + w.take(1)[0]]

    found = NeuroManifold("kan:widths=2x2x1,degree=2,bias=1").dimension()
    assert found == jacobian_rank(direct, 8 + 2 + 4 + 1, 2)


@pytest.mark.parametrize("spec, words", [
    ("pinet:inputs=2,rank=2", "pinet lacks degree"),
    ("pinet:inputs=2,rank=0,degree=2", "whole number from 1 on"),
    ("pinet:inputs=2,rank=2,degree=2,form=tree", "cp, nested"),
    ("pinet:inputs=2,rank=2,degree=2:x^2", "options alone"),
    ("pinet:inputs=2,rank=2,degree=1000", "most allowed is 200"),
    ("pinet:inputs=2,rank=2,degree=2,homogeneous=yes", "The option is '1'"),
    ("kan:widths=2,degree=2", "inputs and outputs"),
    ("kan:widths=2x1", "kan lacks degree"),
    ("kan:widths=2x1,degree=x", "not a whole number"),
])
def test_a_wrong_polynomial_network_gets_a_sentence(spec: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_spec(spec)
