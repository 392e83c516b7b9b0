"""Models: specs, files, expressions, and the parametrization against a second way to expand."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from composed_models import COMPOSED
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroalg_sage.certificates.dimension.ranks import jacobian as checker_jacobian
from neuroalg_sage.certificates.model import Model as CheckerModel
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.expressions import parse_polynomial, write_polynomial
from neuroalg_sage.models.families import MLP, parse_spec
from neuroalg_sage.models.layers import (
    Activation,
    Attention,
    Chain,
    Convolution,
    Dense,
    PolynomialLayer,
    Sum,
)
from neuroalg_sage.models.matrix_spaces import MatrixSpace
from neuroalg_sage.models.model import Model, compose
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import (
    from_expressions,
    from_sympy,
    load_model,
    model_from_data,
)

SMALL = ["mlp:2,2,3:x^2", "mlp:2,2,1:x^2+x", "mlp:1,2,2:x^3-x/2:bias", "linear:2,3,2,2",
         "cnn:2,2:x^2", "cnn:3s2,2:x:out=2", "cnn:2s2,2s2:x^2+1", "attention:d=2,a=1,out=2,t=2",
         "attention:d=1,a=1,out=1,t=2,layers=2", "mlp:2,1,2,1:x^2", "cnn:2c2,2:x^2",
         "gcnn:group=S3,layers=1:x^2", "gnn:graph=P3,channels=2x1x2,bias=1:x^2+1",
         "gnn:graph=K2x1,channels=1x2x1,matrix=laplacian,powers=2,readout=sum:x^2",
         "sets:points=2,channels=1x2,readout=sum",
         "cnn:2x2c2,1x2:x:in=2", "cnn:2x1s1x2,2x2:x^2", "attention:d=1,a=1,out=2,t=2,heads=2"]


def model_of(name: str) -> Model:
    return COMPOSED[name] if name in COMPOSED else parse_spec(name)


def layer_by_sympy(layer, state, shape, w):
    """A layer on a flat list of SymPy expressions; the list of outputs and their shape."""
    w = list(w)
    if isinstance(layer, Dense):
        rows = [w[i * layer.inputs:(i + 1) * layer.inputs] for i in range(layer.outputs)]
        bias = w[layer.inputs * layer.outputs:] or [0] * layer.outputs
        return [sum(a * x for a, x in zip(row, state)) + b
                for row, b in zip(rows, bias)], (layer.outputs,)
    if isinstance(layer, Convolution):
        taken, made = layer.channels
        space = shape[-len(layer.size):]
        filters = dict(zip(itertools.product(range(made), range(taken),
                                             *map(range, layer.size)), w))
        entries = dict(zip(itertools.product(range(taken), *map(range, space)), state))
        corners = [range(0, n - k + 1, s) for n, k, s in zip(space, layer.size, layer.stride)]
        output = [sum(f * entries[c, *(a + b for a, b in zip(corner, place))]
                      for (o, c, *place), f in filters.items() if o == channel)
                  for channel in range(made) for corner in itertools.product(*corners)]
        places = tuple(map(len, corners))
        return output, (made, *places) if len(shape) > len(space) or made > 1 else places
    if isinstance(layer, MatrixSpace):
        (rows, columns), (taken, made) = layer.extent, layer.channels
        full = []
        for entries in layer.matrices:
            matrix = sympy.zeros(rows, columns)
            for i, j, c in entries:
                matrix[i, j] = sympy.Rational(str(c))
            full.append(matrix)
        bias = w[made * taken * len(full):] or [0] * made
        vectors = [sympy.Matrix(state[c * columns:(c + 1) * columns]) for c in range(taken)]
        weights = iter(w)
        output = [sum((next(weights) * matrix * x for x in vectors for matrix in full),
                      b * sympy.ones(rows, 1)) for b in bias]
        return [f for vector in output for f in vector], (
            (made, rows) if len(shape) == 2 or made > 1 else (rows,))
    if isinstance(layer, Attention):
        x = sympy.Matrix(layer.inputs, shape[1], state)
        block = layer.head * layer.inputs
        query, key, value = (sympy.Matrix(rows, layer.inputs, part) for rows, part in (
            (layer.head, w[:block]), (layer.head, w[block:2 * block]),
            (layer.outputs, w[2 * block:])))
        return list(value * x * x.T * key.T * query * x), (layer.outputs, shape[1])
    if isinstance(layer, PolynomialLayer):
        return [sum(c * sympy.prod(v**e for v, e in zip([*w, *state], exponents))
                    for exponents, c in terms) for terms in layer.outputs], (len(layer.outputs),)
    if isinstance(layer, Activation):
        sigma = [sympy.Rational(str(c)) for c in layer.coefficients]
        return [sum(c * h**k for k, c in enumerate(sigma)) for h in state], shape
    taken_from, branches, place = [], [], 0
    for child, other in zip(layer.layers, layer.share):
        count = child.parameter_count()
        own = w[place:place + count] if other is None else taken_from[other]
        place += count if other is None else 0
        taken_from.append(own)
        output, made_shape = layer_by_sympy(child, state, shape, own)
        branches.append(output)
        if isinstance(layer, Chain):
            state, shape = output, made_shape
    if isinstance(layer, Chain):
        return state, shape
    join = sum if isinstance(layer, Sum) else sympy.prod
    return [join(entries) for entries in zip(*branches)], made_shape


def by_sympy(model: Model) -> list[dict]:
    """The coordinates of φ by an expansion in SymPy, written apart from the product."""
    w = sympy.symbols(f"w:{model.parameter_count}")
    x = sympy.symbols(f"x:{model.input_count}")
    state, _ = layer_by_sympy(Chain(model.layers), list(x), model.input_shape, w)
    result = []
    outputs = [sympy.Poly(sympy.expand(f), *x) for f in state]
    for j, monomial in model.coordinates():
        c = sympy.Poly(outputs[j].coeff_monomial(monomial), *w)
        result.append({e: Fraction(int(v.p), int(v.q)) for e, v in c.terms() if v})
    # Nothing lies outside the ambient space.
    assert sum(len(p.terms()) for p in outputs if not p.is_zero) == sum(map(bool, result))
    return result


@pytest.mark.parametrize("name", [*SMALL, *COMPOSED])
def test_parametrization_is_that_of_sympy_and_of_the_checker(name: str) -> None:
    model = model_of(name)
    phi = parametrization(model)
    assert list(phi.polynomials) == by_sympy(model)
    checker = CheckerModel(model.describe())
    assert [{tuple(map(int, e)): Fraction(int(c.p), int(c.q)) for e, c in f.to_dict().items()}
            for f in checker.parametrization] == list(phi.polynomials)
    assert checker.ambient_dimension == model.ambient_dimension == len(phi.coordinates)
    assert max(sum(e) for p in phi.polynomials for e in p) <= model.parameter_degree


@pytest.mark.parametrize("name", [*SMALL, *COMPOSED])
def test_values_modulo_a_prime_are_those_of_the_polynomials(name: str) -> None:
    model, p = model_of(name), 10007
    generator = random.Random(name)
    point = [generator.randrange(p) for _ in range(model.parameter_count)]
    x = [generator.randrange(p) for _ in range(model.input_count)]
    residue = lambda c: c.numerator * pow(c.denominator, -1, p) % p  # noqa: E731
    jacobian = modular.jacobian(lambda w, v: model.apply(w, v, residue), point, np.array([x]), p)
    phi = parametrization(model)
    values = [0] * model.output_count
    slopes = np.zeros_like(jacobian)
    for (j, monomial), polynomial in zip(phi.coordinates, phi.polynomials, strict=True):
        scale = residue(Fraction(np.prod([pow(v, e, p) for v, e in zip(x, monomial)],
                                         dtype=object)))
        for exponents, c in polynomial.items():
            powers = [pow(v, e, p) for v, e in zip(point, exponents)]
            values[j] += residue(c) * scale * int(np.prod(powers, dtype=object)) % p
            for i, e in enumerate(exponents):
                if e:
                    rest = int(np.prod(powers[:i] + powers[i + 1:], dtype=object))
                    slope = residue(c) * scale * e * pow(point[i], e - 1, p) * rest
                    slopes[j, i] = (int(slopes[j, i]) + slope) % p
    assert (jacobian == slopes).all()
    direct = model.apply(modular.ResidueArray(np.array([point]), p),
                         modular.ResidueArray(np.array([x]), p), residue)
    assert direct.data[0].tolist() == [v % p for v in values]
    assert checker_jacobian(CheckerModel(model.describe()), point, [x], p) == slopes.tolist()


def test_a_model_too_large_to_expand_says_so_and_keeps_its_values() -> None:
    model = parse_spec("mlp:10,20,20,5:x^2")
    with pytest.raises(LimitReached, match="terms"):
        parametrization(model)
    assert model.ambient_dimension == 5 * 715


def test_coordinates_are_ordered_as_documented() -> None:
    model = parse_spec("mlp:2,1,2:x^2+x")
    assert list(model.coordinates()) == [
        (j, e) for j in (0, 1) for e in [(2, 0), (1, 1), (0, 2), (1, 0), (0, 1)]]


def test_a_composition_in_python_a_sympy_expression_and_a_file_agree(tmp_path) -> None:
    layers = MLP([2, 2, 1], "x^2").layers
    composed = compose(layers)
    x, w = sympy.symbols("x y"), sympy.symbols("a b c d p q")
    expression = w[4] * (w[0] * x[0] + w[1] * x[1])**2 + w[5] * (w[2] * x[0] + w[3] * x[1])**2
    symbolic = from_sympy(expression, w, x)
    written = from_expressions(["p*(a*x+b*y)^2+q*(c*x+d*y)^2"], list("abcdpq"), ["x", "y"])
    path = tmp_path / "model.json"
    path.write_text(json.dumps(composed.describe()))
    read = load_model(path)
    polynomials = parametrization(composed).polynomials
    assert parametrization(read).polynomials == polynomials
    assert parametrization(symbolic).polynomials == polynomials
    assert parametrization(written).polynomials == polynomials
    assert [str(w) for w in w] == list(symbolic.parameter_names)


@pytest.mark.parametrize("name", [*SMALL, *COMPOSED])
def test_a_description_gives_the_model_again(name: str) -> None:
    model = model_of(name)
    again = model_from_data(json.loads(json.dumps(model.describe())))
    assert again == model
    assert model.spec is None or parse_spec(model.spec) == model


def test_the_torus_of_an_expression_is_found() -> None:
    model = from_expressions(["a*b*x", "b*c*x"], ["a", "b", "c"], ["x"])
    (symmetry,) = model.symmetries
    assert symmetry.parameters == {(2, 2): 1, (1, 1): -1, (0, 0): 1}


@pytest.mark.parametrize(("spec", "message"), [
    ("mpl:2,2", "did you mean mlp"), ("", "no family"), ("mlp", "no sizes"), ("mlp:", "no sizes"),
    ("mlp:2", "at least two widths"), ("mlp:2,,3:x^2", "not a whole number"),
    ("mlp:2,0,3:x^2", "whole number from 1"), ("mlp:2,-1", "not a whole number"),
    ("mlp:1000000000,2:x^2", "most allowed"), ("mlp:99999999999999999999,2", "not a whole number"),
    ("mlp:2,2:sin(x)", "not a polynomial"), ("mlp:2,2:3", "constant"), ("mlp:2,2:x^x", "whole"),
    ("mlp:2,2:1/(x-x)", "divides by zero"), ("mlp:2,2:x^999999", "largest allowed"),
    ("mlp:2,2:x^2:bais", "not known"), ("linear:2,2:x^2", "linear takes widths alone"),
    ("mlp:2,2:__import__('os')", "not a polynomial"), ("cnn:", "no sizes"),
    ("cnn:3,x:x^2", "not a size"), ("cnn:3s0,2:x", "whole number from 1"),
    ("cnn:3y4,2:x^2", "not a size"), ("attention:d=2,a=1", "lacks out and t"),
    ("attention:d=2,d=2,a=1,out=1,t=1", "each option once"), ("mlp:²,2", "not a whole number"),
    ("mlp:1000000,1000000", "parameters; the most allowed"),
    ("mlp:2," + "2," * 300 + "2:x^2", "layers; the most allowed"),
    ("mlp:2,2,2,2,2,2:x^20", "degree"),
])
def test_a_wrong_spec_gets_one_sentence(spec: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_spec(spec)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@settings(max_examples=2000, deadline=None)
@given(st.one_of(
    st.text(max_size=40),
    st.text("mlpinearcnatio:,=x^+-*/()0123456789s _", max_size=40),
    st.from_regex(r"(mlp|linear|cnn|attention):[0-9,sx^:+d=aoutb ]{0,25}", fullmatch=True)))
def test_any_string_is_a_model_or_gets_one_sentence(text: str) -> None:
    try:
        model = parse_spec(text)
    except InputError as error:
        assert str(error).strip() and "\n" not in str(error)
    else:
        assert parse_spec(model.spec) == model


@pytest.mark.parametrize("data", [
    [], "mlp", {"spec": 3}, {"layers": []}, {"input_shape": [2], "layers": []},
    {"input_shape": [2], "layers": [{"kind": "magic"}]},
    {"input_shape": [2], "layers": [{"kind": "dense", "inputs": 3, "outputs": 1}]},
    {"input_shape": [2], "layers": [{"kind": "convolution", "size": 3}]},
    {"input_shape": [2], "layers": [{"kind": "dense", "inputs": 2, "outputs": True}]},
    {"input_shape": [2], "layers": [{"kind": "activation", "polynomial": "exp(x)"},
                                    {"kind": "dense", "inputs": 2, "outputs": 1}]},
    {"parameters": ["a"], "inputs": ["import"], "outputs": ["a"]},
    {"parameters": ["run"], "inputs": ["x"], "outputs": ["x"]},
    {"parameters": ["a;exit()"], "inputs": ["x"], "outputs": ["x"]},
    {"parameters": ["a", "a"], "inputs": ["x"], "outputs": ["a*x"]},
    {"parameters": ["a"], "inputs": ["x"], "outputs": ["a*y"]},
    {"parameters": ["a"], "inputs": ["x"], "outputs": [[[[1], "1"]]]},
    {"parameters": ["a"], "inputs": ["x"], "outputs": []},
    {"parameters": [], "inputs": ["x"], "outputs": ["x"]},
    {"schema": 7, "spec": "linear:2,2"}, {"spec": "linear:2,2", "weights": 3},
    {"spec": "linear:2,2", "input_shape": [2], "layers": [
        {"kind": "dense", "inputs": 2, "outputs": 3}]},
])
def test_wrong_model_data_gets_one_sentence(data) -> None:
    with pytest.raises(InputError) as caught:
        model_from_data(data)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_json_or_nests_deeply_gets_one_sentence(tmp_path) -> None:
    for name, content in (("text", b"{spec"), ("deep", b"[" * 10_000 + b"]" * 10_000),
                          ("bytes", bytes(range(256)))):
        path = tmp_path / f"{name}.json"
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            load_model(path)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="cannot be read"):
        load_model(tmp_path / "absent.json")


@settings(deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)),
                       st.fractions(max_denominator=50).filter(bool), max_size=6))
def test_polynomials_are_read_as_they_are_written(polynomial) -> None:
    assert parse_polynomial(write_polynomial(polynomial, "xy"), "xy") == polynomial


@pytest.mark.parametrize("name", [*SMALL, *COMPOSED])
def test_every_stated_symmetry_leaves_the_parametrization_unchanged(name: str) -> None:
    model = model_of(name)
    phi = parametrization(model)
    for symmetry in model.symmetries:
        flow: dict[int, list] = {}
        for (i, j), c in symmetry.parameters.items():
            flow.setdefault(i, []).append((j, c))
        for polynomial in phi.polynomials:
            change: dict = {}
            for exponents, c in polynomial.items():
                for i, targets in flow.items():
                    if exponents[i]:
                        for j, factor in targets:
                            e = list(exponents)
                            e[i] -= 1
                            e[j] += 1
                            change[tuple(e)] = change.get(tuple(e), 0) + c * exponents[i] * factor
            assert not any(change.values())


def test_permuting_hidden_neurons_permutes_nothing_in_the_image() -> None:
    model = parse_spec("mlp:2,3,2:x^2+x:bias")
    generator = random.Random(3)
    w = np.array([Fraction(generator.randrange(-9, 9)) for _ in range(model.parameter_count)])
    x = np.array([Fraction(2), Fraction(-5)])
    value = model.apply(w, x, lambda c: c)
    for order in itertools.permutations(range(3)):
        first, bias = w[:6].reshape(3, 2)[list(order)], w[6:9][list(order)]
        second = w[9:15].reshape(2, 3)[:, list(order)]
        permuted = np.concatenate([first.ravel(), bias, second.ravel(), w[15:]])
        assert (model.apply(permuted, x, lambda c: c) == value).all()


def test_a_polynomial_layer_needs_no_parameters_inside_a_composition() -> None:
    square = PolynomialLayer((), ("x", "y"), ((((1, 1), Fraction(1)),),))
    model = compose([Dense(2, 2), square])
    assert parametrization(model).written()[0] == "w_0*w_2"
