"""Networks that divide or take a root: rational models, at their parameters."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx_networks import evaluator, imported, network_file, node  # noqa: E402

from neuroalg_sage import InputError, NeuroManifold, parse_spec  # noqa: E402
from neuroalg_sage.models.layers import Dense  # noqa: E402
from neuroalg_sage.models.rational_layers import RationalActivation  # noqa: E402

W = np.array([[1, 0.5], [-1, 2]], np.float32)
V = np.array([[0.5], [2]], np.float32)
LAYER = [node("MatMul", "x W", "h")]
ONE, TWO = np.float32(1), np.float32(2)

CASES = {
    "x/(1+x^2)": ([*LAYER, node("Pow", "h k", "q"), node("Add", "q o", "d"),
                   node("Div", "h d", "r"), node("MatMul", "r V", "y")],
                  {"W": W, "V": V, "k": TWO, "o": ONE}),
    "1/x": ([*LAYER, node("Reciprocal", "h", "r"), node("MatMul", "r V", "y")],
            {"W": W, "V": V}),
    "x^-2": ([*LAYER, node("Pow", "h k", "y")], {"W": W, "k": np.float32(-2)}),
    "quotient of layers": ([*LAYER, node("MatMul", "x U", "g"), node("Div", "h g", "y")],
                           {"W": W, "U": W.T + 1}),
    "constant over a layer": ([*LAYER, node("Div", "c h", "y")], {"W": W, "c": TWO}),
    "rms": ([node("Pow", "x k", "q"), node("ReduceMean", "q", "m", axes=[-1]),
             node("Add", "m e", "n"), node("Sqrt", "n", "s"), node("Div", "x s", "z"),
             node("MatMul", "z W", "y")], {"W": W, "k": TWO, "e": np.float32(0.125)}),
    "rms by a power": ([node("Pow", "x k", "q"), node("ReduceMean", "q", "m", axes=[-1]),
                        node("Pow", "m j", "s"), node("Mul", "x s", "z"),
                        node("MatMul", "z W", "y")],
                       {"W": W, "k": TWO, "j": np.float32(-0.5)}),
    "layer": ([node("LayerNormalization", "x g b", "z", epsilon=0.25), node("MatMul", "z W", "y")],
              {"W": W, "g": np.array([1, 2], np.float32), "b": np.array([0, 1], np.float32)}),
}


@pytest.mark.parametrize("name", CASES)
def test_values_are_those_of_another_program(name: str) -> None:
    nodes, stored = CASES[name]
    content = network_file(nodes, stored, (1, 2))
    network = imported(content)
    rng, elsewhere = np.random.default_rng(0), evaluator(content)
    for _ in range(100):
        x = (rng.normal(size=(1, 2)) + 3 * rng.choice([-1, 1], size=(1, 2))).astype(np.float32)
        theirs = elsewhere(x).ravel()
        ours = network.numerically(x.ravel())
        assert np.allclose(ours, theirs, rtol=2e-4, atol=1e-5), (x, ours, theirs)


def test_the_model_is_that_of_the_spec() -> None:
    nodes, stored = CASES["x/(1+x^2)"]
    network = imported(network_file(nodes, stored, (1, 2)))
    assert network.layers == (Dense(2, 2), RationalActivation((0, 1), (1, 0, 1)), Dense(2, 1))
    assert network.model.layers == parse_spec("mlp:2,2,1:x/(1+x^2)").layers
    assert network.names == ("W", "V", "scale") and network.point[-1] == 1
    # Exactly: h = (x_0 - x_1, x_0/2 + 2 x_1) at (1, 1/2).
    assert network([1, Fraction(1, 2)]) == (
        Fraction(1, 2) * Fraction(1, 2) / (1 + Fraction(1, 4))
        + 2 * Fraction(3, 2) / (1 + Fraction(9, 4)),)
    assert "2  rational activation  2  x/(x^2 + 1)" in network.text()


def test_the_point_is_on_the_cone_of_its_model() -> None:
    nodes, stored = CASES["quotient of layers"]
    network = imported(network_file(nodes, stored, (1, 2)))
    point, x = np.array(network.point, object), [Fraction(3), Fraction(5)]
    *above, below = network.model.apply(point, np.array(x, object), Fraction)
    assert tuple(n / below for n in above) == network(x)
    assert NeuroManifold(network.model, seed=1).dimension().value == 7


def test_where_it_divides_by_zero_or_takes_an_irrational_root_one_sentence_says_so() -> None:
    network = imported(network_file(*CASES["1/x"], (1, 2)))
    with pytest.raises(InputError, match="divides by zero"):
        network([1, 1])
    network = imported(network_file(*CASES["rms by a power"], (1, 2)))
    assert network([1, 7]) == tuple(Fraction(c, 5) for c in (-6, Fraction(29, 2)))
    with pytest.raises(InputError, match="not rational"):
        network([1, 2])


def test_a_large_network_that_divides_is_refused() -> None:
    large = np.ones((2, 60), np.float32)
    with pytest.raises(InputError, match="'Div:y' divides or takes a root.*at most 100 parameters"):
        imported(network_file([node("MatMul", "x W", "h"), node("MatMul", "x V", "g"),
                               node("Div", "h g", "y")], {"W": large, "V": large}, (1, 2)))
