"""Sum-product networks: values, known varieties, what is no such network."""

from __future__ import annotations

import itertools
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

from neuroalg_sage import NeuroManifold, RegularSumProductNetwork, SumProductNetwork
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.families import parse_spec


def regular(variables: int, values: int, sums: int, structure: str) -> Any:
    def direct(w: Parameters, x: list[Any]) -> list[Any]:
        indicators = [x[v * values : (v + 1) * values] for v in range(variables)]

        def times(a: Any, v: list[Any]) -> list[Any]:
            return [sum(c * y for c, y in zip(row, v)) for row in a]

        def leaf(v: int, width: int) -> list[Any]:
            return times(w.take(width, values), indicators[v])

        def pairs(a: list[Any], b: list[Any]) -> list[Any]:
            return [p * q for p in a for q in b]

        def region(first: int, last: int, width: int) -> list[Any]:
            if last == first + 1:
                return leaf(first, width)
            middle = (first + last) // 2
            left = region(first, middle, sums)
            both = pairs(left, region(middle, last, sums))
            return times(w.take(width, len(both)), both)

        if structure == "tree":
            return region(0, variables, 1)
        if structure == "chain":
            state = leaf(0, sums if variables > 1 else 1)
            for v in range(1, variables):
                both = pairs(state, leaf(v, sums))
                state = times(w.take(sums if v < variables - 1 else 1, len(both)), both)
            return state
        products = []
        for _ in range(sums):
            product = 1
            for v in range(variables):
                product = product * leaf(v, 1)[0]
            products.append(product)
        return times(w.take(1, sums), products)
    return direct


CASES = [(4, 2, 2, "tree"), (3, 2, 2, "tree"), (3, 2, 2, "chain"), (3, 2, 2, "mixture"),
         (1, 3, 2, "tree"), (1, 2, 1, "chain"), (1, 2, 2, "mixture"), (2, 3, 2, "mixture"),
         (2, 2, 3, "tree"), (4, 2, 1, "chain")]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_regular_networks_are_what_they_are_said_to_be(case: Any) -> None:
    model = RegularSumProductNetwork(*case)
    check_values(model, regular(*case))
    check_again(model)
    check_symmetries(model, 0 if case[0] == 1 and case[3] != "mixture" else case[2])
    found = NeuroManifold(model).dimension()
    assert found == jacobian_rank(regular(*case), model.parameter_count, model.input_count)
    assert verify(found.certificate)


@pytest.mark.parametrize("extents", [(2, 2), (2, 3), (2, 2, 2)])
def test_independent_variables_are_a_segre_variety(extents: Any) -> None:
    """Its dimension, and its degree, a multinomial coefficient; its ideal is of 2 x 2 minors."""
    count = len(extents)
    model = SumProductNetwork([*(("leaf", v) for v in range(count)), ("product", range(count))],
                              extents)
    manifold = NeuroManifold(model)
    assert manifold.dimension() == sum(n - 1 for n in extents) + 1
    degree, top = 1, 0
    for n in extents:
        top += n - 1
        degree = degree * int(np.prod(range(top - n + 2, top + 1), dtype=int)) // int(
            np.prod(range(1, n), dtype=int))
    assert manifold.degree() == degree
    assert manifold.ideal().status == "proved"


def test_a_mixture_of_two_values_is_a_matrix_of_bounded_rank() -> None:
    manifold = NeuroManifold("spn:variables=2,values=3,sums=2,structure=mixture")
    assert manifold.dimension() == 8 and manifold.degree() == 3  # the determinant


def test_functions_are_multilinear_in_the_indicators() -> None:
    """The polynomial at indicators of values is the sum over what leads there."""
    model = SumProductNetwork([("leaf", 0, 2), ("leaf", 1, 1), ("leaf", 1, 1), ("product", (0, 1)),
                               ("product", (0, 2)), ("sum", (3, 4))], [2, 3])
    w = np.array(range(1, model.parameter_count + 1), dtype=object)
    leaves, b, c, root = w[:4].reshape(2, 2), w[4:7], w[7:10], w[10:]
    for i, j in itertools.product(range(2), range(3)):
        x = np.array([int(k == i) for k in range(2)] + [int(k == j) for k in range(3)],
                     dtype=object)
        expected = sum(root[k] * leaves[k][i] * b[j] + root[2 + k] * leaves[k][i] * c[j]
                       for k in range(2))
        assert model.apply(w, x, int).tolist() == [expected]


@pytest.mark.parametrize("nodes, words", [
    ([("leaf", 0), ("leaf", 1), ("sum", (0, 1))], "different variables"),
    ([("leaf", 0), ("leaf", 0), ("product", (0, 1))], "a variable in common"),
    ([("leaf", 0), ("leaf", 2), ("product", (0, 1))], "without a gap"),
    ([("leaf", 0), ("leaf", 1), ("sum", (1,))], "the child of none"),
    ([("leaf", 0), ("sum", (1,))], "nodes before it"),
    ([("leaf", 0), ("sum", ())], "nodes before it"),
    ([("leaf", 0), ("product", (0, 0))], "different nodes"),
    ([("leaf", -1)], "a variable from 0 on"),
    ([("leaf", 0, 0)], "whole number from 1 on"),
    ([("node", 0)], "is \\('leaf', variable, width\\)"),
    ([3], "is \\('leaf', variable, width\\)"),
    ([], "from 1 to"),
])
def test_what_is_no_sum_product_network_is_refused(nodes: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        SumProductNetwork(nodes)


def test_a_number_of_values_is_needed_for_each_variable() -> None:
    with pytest.raises(InputError, match="each of the 1 variables"):
        SumProductNetwork([("leaf", 0)], [2, 2])


@pytest.mark.parametrize("spec, words", [
    ("spn:values=2", "spn lacks variables"), ("spn:variables=4,structure=forest", "tree, chain"),
    ("spn:variables=0", "whole number from 1 on"), ("spn:variables=1000", "at most 125"),
    ("spn:variables=4:x^2", "options alone")])
def test_a_wrong_spec_gets_a_sentence(spec: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_spec(spec)
