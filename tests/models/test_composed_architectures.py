"""
Architectures as compositions: values by formulas written anew, known dimensions, refusals.
"""

from __future__ import annotations

import json
import operator
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest
from architectures import PRIME, check_symmetries, rank

from neuroalg_sage import (
    Autoencoder,
    Contraction,
    LightningAttention,
    LowRankAdaptation,
    MixtureOfExperts,
    NeuroManifold,
    ResidualNetwork,
    StateSpaceModel,
    parse_spec,
)
from neuroalg_sage.certificates import model as checked
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import model_from_data


class Weights:
    """The parameters one after the other, as matrices."""

    def __init__(self, entries: list[Fraction]) -> None:
        self.entries: Iterator[Fraction] = iter(entries)

    def __call__(self, *shape: int) -> Any:
        size = int(np.prod(shape))
        return np.array([next(self.entries) for _ in range(size)], dtype=object).reshape(shape)

    def used_up(self) -> bool:
        return next(self.entries, None) is None


Formula = Callable[[Weights, Any], Any]  # from parameters and the input in its shape


def square(x: Any) -> Any:
    return x * x


def linear_state_space(n: int, m: int, p: int, diagonal: bool, direct: bool, everywhere: bool
                       ) -> Formula:
    """By the kernel: the outputs are sums of C A^j B u_(k-j)."""
    def f(w: Weights, u: Any) -> Any:
        b = w(n, m)
        a = np.diag(w(n)) if diagonal else w(n, n)
        c = w(p, n)
        d = w(p, m) if direct else np.zeros((p, m), dtype=object)
        u = u.reshape(m, -1)
        power, kernel = np.eye(n, dtype=object), []
        for _ in range(u.shape[1]):
            kernel.append(c @ power @ b)
            power = power @ a
        y = [d @ u[:, k] + sum(kernel[j] @ u[:, k - j] for j in range(k + 1))
             for k in range(u.shape[1])]
        return np.stack(y, axis=1) if everywhere else y[-1]
    return f


def selective(n: int, diagonal: bool) -> Formula:
    """With one input and matrices that are affine in it: M(u) = M_0 + M_1 u."""
    def f(w: Weights, u: Any) -> Any:
        b = w(n, 2)  # b_0 u + b_1 u^2
        a = w(n, 2) if diagonal else w(n, n, 2)
        c = w(1, n, 2)
        s = np.zeros(n, dtype=object)
        for x in u:
            at = a[..., 0] + a[..., 1] * x
            s = (at * s if diagonal else at @ s) + b[:, 0] * x + b[:, 1] * x**2
        return (c[..., 0] + c[..., 1] * u[-1]) @ s
    return f


def recurrent(n: int, m: int, p: int, bias: bool, everywhere: bool) -> Formula:
    def f(w: Weights, u: Any) -> Any:
        b, start = w(n, m), w(n) if bias else 0
        a, c = w(n, n), w(p, n)
        end = w(p) if bias else 0
        s, y = np.zeros(n, dtype=object), []
        for column in u.reshape(m, -1).T:
            s = square(a @ s + b @ column + start)
            y.append(c @ s + end)
        return np.stack(y, axis=1) if everywhere else y[-1]
    return f


def residual(d: int, h: int, blocks: int, ends: tuple[int, int] | None = None
             ) -> Formula:
    """With ends, all layers have biases."""
    def f(w: Weights, x: Any) -> Any:
        def affine(rows: int, columns: int, x: Any) -> Any:
            image = w(rows, columns) @ x
            return image + w(rows) if ends else image

        x = affine(d, ends[0], x) if ends else x
        for _ in range(blocks):
            x = x + affine(d, h, square(affine(h, d, x)))
        return affine(ends[1], d, x) if ends else x
    return f


def convolutional_residual(h: int, size: int) -> Formula:
    """One channel in and out, by sums over all places, with zeros outside."""
    def f(w: Weights, x: Any) -> Any:
        x, half = x.ravel(), size // 2
        first, second = w(h, size), w(h, size)

        def conv(filters: Any, signal: Any) -> Any:
            n = len(signal)
            return np.array([sum(filters[k] * signal[i + k - half] for k in range(size)
                                 if 0 <= i + k - half < n) for i in range(n)], dtype=object)

        return x + sum(conv(second[c], square(conv(first[c], x))) for c in range(h))
    return f


def attention(d: int, a: int, out: int, heads: int = 1, v: int | None = None, causal: bool = False,
              skip: bool = False) -> Formula:
    """Token by token: the sum over others of values times scores."""
    def f(w: Weights, x: Any) -> Any:
        t = x.shape[1]
        y = x.copy() if skip else np.zeros((out, t), dtype=object)
        for _ in range(heads):
            q, k, value = w(a, d), w(a, d), w(v or out, d)
            projection = w(out, v) if v else np.eye(out, dtype=object)
            for i in range(t):
                for j in range(i + 1 if causal else t):
                    score = (k @ x[:, j]) @ (q @ x[:, i])
                    y[:, i] = y[:, i] + projection @ (value @ x[:, j]) * score
        return y
    return f


def transformer(d: int, a: int, hidden: int, heads: int, causal: bool, out: int | None
                ) -> Formula:
    def f(w: Weights, x: Any) -> Any:
        x = attention(d, a, d, heads, None, causal, True)(w, x)
        w_1, w_2 = w(hidden, d), w(d, hidden)
        x = x + w_2 @ square(w_1 @ x)
        return w(out, d) @ x if out else x
    return f


def gated(d: int, h: int, out: int, active: Callable[[Any], Any]) -> Formula:
    def f(w: Weights, x: Any) -> Any:
        u, v = w(h, d), w(h, d)
        return w(out, h) @ ((u @ x) * active(v @ x))
    return f


def experts(d: int, out: int, count: int, h: int) -> Formula:
    def f(w: Weights, x: Any) -> Any:
        total = np.zeros(out, dtype=object)
        for _ in range(count):
            gate = square(w(1, d) @ x)
            first, second = w(h, d), w(out, h)
            total = total + gate * (second @ square(first @ x))
        return total
    return f


def tied(d: int, e: int, h: int) -> Formula:
    """Two layers down and back, with biases and squares."""
    def f(w: Weights, x: Any) -> Any:
        first, second = w(e, d), w(h, e)
        x = square(first @ x + w(e))
        x = square(second @ x + w(h))
        x = square(second.T @ x + w(e))
        return first.T @ x + w(d)
    return f


CASES: dict[str, Formula] = {
    "ssm:state=2,steps=4": linear_state_space(2, 1, 1, False, False, False),
    "ssm:state=2,steps=3,inputs=2,outputs=3,matrix=diagonal,direct=1,readout=all":
        linear_state_space(2, 2, 3, True, True, True),
    "ssm:state=2,steps=3,direct=1,readout=all": linear_state_space(2, 1, 1, False, True, True),
    "ssm:state=2,steps=3,selective=1": selective(2, False),
    "ssm:state=2,steps=3,matrix=diagonal,selective=1": selective(2, True),
    "rnn:state=2,steps=3:x^2": recurrent(2, 1, 1, False, False),
    "rnn:state=2,steps=2,inputs=2,outputs=2,bias=1,readout=all:x^2": recurrent(2, 2, 2, True, True),
    "resnet:width=2,hidden=3,blocks=2:x^2": residual(2, 3, 2),
    "resnet:width=2,hidden=1,blocks=1,inputs=3,outputs=1,bias=1:x^2": residual(2, 1, 1, (3, 1)),
    "resnet:width=1,hidden=2,blocks=1,places=5,filter=3:x^2": convolutional_residual(2, 3),
    "attention:d=2,a=2,out=1,t=3,causal=1": attention(2, 2, 1, causal=True),
    "attention:d=2,a=1,out=2,t=2,heads=2,v=1,causal=1,skip=1":
        attention(2, 1, 2, 2, 1, True, True),
    "attention:d=2,a=1,out=3,t=2,heads=2,v=2": attention(2, 1, 3, 2, 2),
    "transformer:d=2,a=1,t=2,hidden=3,heads=2,causal=1,out=1:x^2":
        transformer(2, 1, 3, 2, True, 1),
    "transformer:d=2,a=1,t=2,hidden=1:x^2": transformer(2, 1, 1, 1, False, None),
    "glu:widths=3x2x2": gated(3, 2, 2, lambda x: x),
    "glu:widths=2x3x1:x^2": gated(2, 3, 1, square),
    "moe:inputs=3,outputs=2,experts=2,hidden=1,gate=x^2:x^2": experts(3, 2, 2, 1),
    "autoencoder:widths=3x2,tied=1": lambda w, x: (lambda m: m.T @ m @ x)(w(2, 3)),
    "autoencoder:widths=2x3x1,tied=1,bias=1:x^2": tied(2, 3, 1),
    "autoencoder:widths=2x1:x^2": lambda w, x: (lambda a, b: b @ square(a @ x))(w(1, 2), w(2, 1)),
    "lora:widths=2x3,rank=1,base=trained":
        lambda w, x: (lambda m, a, b: (m + b @ a) @ x)(w(3, 2), w(1, 2), w(3, 1)),
    "lora:widths=2x3,rank=2,base=zero": lambda w, x: (lambda a, b: b @ a @ x)(w(2, 2), w(3, 2)),
}


@pytest.mark.parametrize("spec", CASES)
def test_values_are_those_of_the_formula_and_of_the_checker(spec: str) -> None:
    model, generator = parse_spec(spec), random.Random(spec)
    own = checked.Model(model.describe())
    assert own.parameters == model.parameter_count
    assert own.ambient_dimension == model.ambient_dimension
    for _ in range(3):
        w = [Fraction(generator.randint(-4, 4), generator.randint(1, 3))
             for _ in range(model.parameter_count)]
        x = [Fraction(generator.randint(-4, 4), 2) for _ in range(model.input_count)]
        weights = Weights(w)
        expected = CASES[spec](weights, np.array(x, dtype=object).reshape(model.input_shape))
        assert weights.used_up()
        expected = np.array(expected, dtype=object)
        assert expected.ravel().tolist() == model.apply(
            np.array(w, dtype=object), np.array(x, dtype=object), lambda c: c).tolist()
        assert expected.ravel().tolist() == list(
            own.fold(w, x, lambda c: c, operator.add, operator.mul))


@pytest.mark.parametrize("spec", [*CASES, "lora:widths=3x2x2,rank=1,base=7:x^2"])
def test_a_spec_and_a_description_are_the_same_model(spec: str) -> None:
    model = parse_spec(spec)
    assert model.spec == spec
    again = model_from_data(json.loads(json.dumps(model.describe())))
    assert (again, again.spec) == (model, spec)


@pytest.mark.parametrize("spec", [
    "ssm:state=2,steps=3,selective=1", "rnn:state=2,steps=2,bias=1:x^2",
    "attention:d=2,a=2,out=1,t=2,causal=1", "attention:d=2,a=1,out=2,t=2,heads=2,v=1,skip=1",
    "transformer:d=1,a=1,t=2,hidden=2,causal=1:x^2", "moe:inputs=2,outputs=2,experts=2",
    "resnet:width=1,hidden=2,blocks=1,places=3,filter=3:x^2", "autoencoder:widths=2x2,tied=1",
    "ssm:state=2,steps=3,matrix=diagonal,readout=all", "glu:widths=2x2x1:x^2"])
def test_symmetries_leave_the_functions_unchanged(spec: str) -> None:
    check_symmetries(parse_spec(spec), 1)


def generic_rank(spec: str) -> int:
    """The rank of the Jacobian of the expanded parametrization at a random point modulo a prime."""
    model, p = parse_spec(spec), PRIME
    generator = random.Random(spec)
    phi = [q for q in parametrization(model).polynomials if q]
    point = [generator.randrange(p) for _ in range(model.parameter_count)]
    rows = []
    for q in phi:
        row = [0] * len(point)
        for e, c in q.items():
            for i, k in enumerate(e):
                if k:
                    value = c.numerator * pow(c.denominator, -1, p) * k
                    for j, m in enumerate(e):
                        value = value * pow(point[j], m - (i == j), p) % p
                    row[i] = (row[i] + value) % p
        rows.append(row)
    return rank(rows)


@pytest.mark.parametrize("spec", [
    "resnet:width=2,hidden=1,blocks=2:x^2",
    "resnet:width=1,hidden=1,blocks=1,places=4,filter=3:x^2",
    "glu:widths=2x2x1:x^2", "lora:widths=2x2x1,rank=1,base=3:x^2", "rnn:state=2,steps=2,bias=1:x^2",
    "moe:inputs=2,outputs=2,experts=2", "attention:d=2,a=1,out=1,t=2,causal=1",
    "transformer:d=1,a=1,t=2,hidden=1:x^2", "ssm:state=1,steps=3,selective=2"])
def test_dimensions_are_ranks_of_the_expanded_parametrization(spec: str) -> None:
    assert NeuroManifold(spec).dimension() == generic_rank(spec)


def proved(model: str | Model, dimension: int) -> None:
    answer = NeuroManifold(model).dimension()
    assert (answer.value, answer.status) == (dimension, "proved")
    assert verify(answer.certificate).trust == ()


@pytest.mark.parametrize("steps, state", [(5, 2), (7, 2), (7, 3), (9, 4)])
def test_a_linear_state_space_has_the_dimension_of_hankel_matrices(steps: int, state: int) -> None:
    """Of rank at most n: 2n.  A diagonal matrix has the same closure, and D frees h_0."""
    proved(f"ssm:state={state},steps={steps}", 2 * state)
    proved(f"ssm:state={state},steps={steps},matrix=diagonal", 2 * state)
    proved(f"rnn:state={state},steps={steps}", 2 * state)
    proved(f"ssm:state={state},steps={steps},readout=all", 2 * state)
    proved(f"ssm:state={state},steps={steps + 1},direct=1", 2 * state + 1)


def test_several_inputs_and_outputs_have_the_dimension_of_realizations() -> None:
    """Minimal realizations up to changes of basis (Kalman): n (m + p), if there is time enough."""
    for n, m, p in ((2, 2, 1), (2, 1, 2), (3, 2, 2)):
        proved(StateSpaceModel(n, 2 * n, m, p), n * (m + p))
        proved(StateSpaceModel(n, 2 * n, m, p, matrix="diagonal"), n * (m + p))


def test_tied_autoencoders_are_symmetric_matrices_of_bounded_rank() -> None:
    """Their degree is Harris and Tu's product."""
    for n, r in ((3, 1), (3, 2), (4, 2)):
        model = Autoencoder([n, r], tied=True)
        proved(model, n * r - comb(r, 2))
        expected = Fraction(1)
        for a in range(n - r):
            expected *= Fraction(comb(n + a, n - r - a), comb(2 * a + 1, a))
        assert NeuroManifold(model).degree() == expected


def test_untied_linear_autoencoders_are_matrices_of_bounded_rank() -> None:
    proved(Autoencoder([4, 2]), 2 * (4 + 4 - 2))
    assert Autoencoder([4, 2]).layers == parse_spec("linear:4,2,4").layers


def test_low_rank_adaptation_is_a_translate_of_matrices_of_bounded_rank() -> None:
    for base in (1, "zero", [[[1, 0, 0], [0, 2, 0], ["1/2", 0, 0]]]):
        proved(LowRankAdaptation([3, 3], 1, base=base), 5)
    proved("lora:widths=3x3,rank=1,base=trained", 9)
    # The translate is no cone, and has the degree of the cone.
    assert not NeuroManifold("lora:widths=2x3,rank=1,base=1").ideal().value.is_homogeneous()
    assert NeuroManifold("lora:widths=2x3,rank=1,base=1").degree() == NeuroManifold(
        "linear:2,1,3").degree() == 3


def test_a_seed_stands_for_the_same_matrices() -> None:
    first, again, other = (parse_spec(f"lora:widths=3x3,rank=1,base={k}") for k in (1, 1, 2))
    assert first == again != other
    entries = first.layers[0].layers[0].matrix  # type: ignore[attr-defined]
    assert len(entries) == 9 and all(c.denominator == 1 and 1 <= abs(c) <= 9 for *_, c in entries)


def test_bilinear_layers_have_products_of_linear_forms() -> None:
    """In m variables such products have dimension 2m - 1, for each output."""
    for m, k in ((2, 1), (3, 2), (4, 1)):
        proved(f"glu:widths={m}x{k},last=gated", k * (2 * m - 1))


def test_one_expert_with_a_linear_gate_is_a_product() -> None:
    """A linear form times a tuple of linear forms."""
    proved(MixtureOfExperts(3, 2, 1), 3 + 6 - 1)
    proved(MixtureOfExperts(2, 1, 2), 3)


def test_a_wide_residual_block_has_all_quadratic_maps() -> None:
    proved(ResidualNetwork(2, 3, 1, "x^2"), 6)


def test_a_causal_mask_on_one_token_is_none() -> None:
    causal, plain = (LightningAttention(2, 1, 2, 1, causal=causal) for causal in (True, False))
    assert parametrization(causal).polynomials == parametrization(plain).polynomials


WRONG = [
    ("ssm:steps=3", "ssm lacks state"),
    ("ssm:state=2,steps=0", "not a whole number from 1 on"),
    ("ssm:state=2,steps=1000", "most allowed is 200"),
    ("ssm:state=2,steps=3,matrix=full", "dense or diagonal, not 'full'"),
    ("ssm:state=2,steps=3,readout=first", "last or all, not 'first'"),
    ("ssm:state=2,steps=3,direct=2", "'1', not '2'"),
    ("ssm:state=2,steps=3:x^2", "options alone"),
    ("ssm:state=2,steps=3,inputs=50,selective=9", "monomials"),
    ("rnn:state=2,steps=3:exp(x)", "not a polynomial in x"),
    ("rnn:state=2,steps=60:x^2", "degree in its inputs is over"),
    ("resnet:width=2,hidden=1", "resnet lacks blocks"),
    ("resnet:width=1,hidden=1,blocks=1,places=5", "both places and a filter"),
    ("resnet:width=1,hidden=1,blocks=1,places=5,filter=2:x^2", "odd size"),
    ("attention:d=2,a=1,out=1,t=2,skip=1", "d=2 and out=1 are to be equal"),
    ("attention:d=2,a=1,out=1,t=2,causal=yes", "'1', not 'yes'"),
    ("transformer:d=2,a=1,t=2:x^2", "transformer lacks hidden"),
    ("glu:widths=3", "at least two widths"),
    ("glu:widths=2x1,last=linear", "dense or gated, not 'linear'"),
    ("moe:inputs=2,outputs=1,experts=2:x^2", "have a hidden layer"),
    ("moe:inputs=2,outputs=1,experts=2,gate=1", "constant"),
    ("autoencoder:widths=4", "at least two widths"),
    ("lora:widths=3x3,rank=1,base=random", "seed of the base"),
    ("lora:widths=3x3", "lora lacks rank"),
]


@pytest.mark.parametrize("spec, words", WRONG)
def test_a_wrong_spec_gets_a_sentence(spec: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parse_spec(spec)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make, words", [
    (lambda: LowRankAdaptation([2, 2], 1, base=[[[1, 0]]]), "2 rows and 2 columns"),
    (lambda: LowRankAdaptation([2, 2], 1, base=[[[1, 0], [0, "a"]]]), "entry of the base"),
    (lambda: LowRankAdaptation([2, 2], 1, base="none"), "zero or trained"),
    (lambda: LowRankAdaptation([2, 2], 1, base=-1), "from 1 on"),
    (lambda: StateSpaceModel(2, 3, selective=-1), "whole number"),
])
def test_wrong_arguments_get_a_sentence(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        make()


@pytest.mark.parametrize("spec, formulas", [
    ("ssm:state=2,steps=3,direct=1", [
        "x \\in \\mathbb{R}^{3}", "s_{1} &= W_{1} x_{0}", "s_{2} &= W_{2} s_{1} + W_{1} x_{1}",
        "s_{3} &= W_{2} s_{2} + W_{1} x_{2}", "f(x) &= W_{3} s_{3} + W_{4} x_{2}"]),
    ("ssm:state=2,steps=2,matrix=diagonal", ["s_{2} &= W_{2} \\odot s_{1} + W_{1} x_{1}"]),
    ("autoencoder:widths=4x2,tied=1", ["f(x) &= W_{1}^{\\top} \\left(W_{1} x\\right)"]),
    ("resnet:width=2,hidden=3,blocks=1:x^2-x/2", [
        "x \\mapsto x + W_{1,2} \\left(\\left(W_{1,1} x\\right)^{\\odot 2} - "
        "\\tfrac{1}{2} \\left(W_{1,1} x\\right)\\right)"]),
    ("glu:widths=2x3x1", [
        "\\left(W_{1,1} x\\right) \\odot \\left(W_{1,2} x\\right)", "\\xrightarrow{W_{2}}"]),
    ("attention:d=2,a=1,out=2,t=2,skip=1", [
        "x + V_{1} x x^{\\top} K_{1}^{\\top} Q_{1} x"]),
    ("attention:d=2,a=1,out=2,t=2,causal=1", [
        "s_{1} &= \\left(w_{2} \\ast x\\right)^{\\top} \\left(w_{1} \\ast x\\right)",
        "f(x) &= \\left(w_{3} \\ast x\\right) \\left(1_{M} \\odot s_{1}\\right)"]),
    ("attention:d=2,a=1,out=2,t=2,causal=1,heads=2", [
        "x \\mapsto g_{1,1}\\left(x\\right) + g_{1,2}\\left(x\\right)", "g_{1,2}(x) &= "]),
    ("lora:widths=1x2,rank=1,base=3", ["\\end{pmatrix} x + W_{1,2} \\left(W_{1,1} x\\right)"]),
    ("moe:inputs=2,outputs=1,experts=9", ["+ \\cdots + \\left(W_{1,9,1} x\\right)"]),
    ("ssm:state=2,steps=40", ["& \\vdots", "s_{40} &= W_{2} s_{39} + W_{1} x_{39}"]),
])
def test_formulas_say_what_an_architecture_is(spec: str, formulas: list[str]) -> None:
    text = parse_spec(spec)._latex_()
    for formula in formulas:
        assert formula in text
    assert len(text) < 3000
    for opening, closing in ((r"\left(", r"\right)"), ("{", "}"), (r"\begin", r"\end")):
        assert text.count(opening) == text.count(closing)


def test_a_formula_of_matrices_is_that_of_the_contraction() -> None:
    """Each equation of two operands that is a product of matrices, against its values."""
    found = 0
    for first, second, made in product(["i", "j", "ij", "ji"], ["j", "jk", "kj", "i"],
                                       ["", "i", "k", "ik", "ki"]):
        if any(c not in first + second for c in made) or any(
                c not in made and (first + second).count(c) == 1 for c in first + second):
            continue
        sizes = {"i": 2, "j": 3, "k": 4}
        shapes = tuple(tuple(sizes[c] for c in part) for part in (first, second))
        layer = Contraction(f"{first},{second}->{made}", shapes)
        text = layer.image_in_latex(1, ["A", "B"])
        a, b = (np.arange(1, 1 + np.prod(s)).reshape(s) for s in shapes)
        expected = np.einsum(layer.equation, a, b)
        if "sum" in text or "_" in text:
            continue
        found += 1
        factors = []
        for word in text.split():
            value = a if word[0] == "A" else b
            value = value.reshape(-1, 1) if value.ndim == 1 else value
            factors.append(value.T if word.endswith(r"^{\top}") else value)
        assert (factors[0] @ factors[1]).ravel().tolist() == np.ravel(expected).tolist(), text
    assert found > 10


def test_a_symmetry_of_a_recurrence_must_hold_at_each_step() -> None:
    """Equal steps are verified once, but only with equal matrices."""
    from copy import deepcopy

    from neuroalg_sage.certificates.checker import CertificateError
    from neuroalg_sage.certificates.dimension.linear_symmetries import symmetry_fields
    from neuroalg_sage.invariants.dimension.known_symmetries import encode_symmetries

    model = parse_spec("ssm:state=2,steps=4")
    own, evidence = checked.Model(model.describe()), encode_symmetries(model.symmetries)
    assert len(symmetry_fields(own, evidence)) == 4
    evidence = json.loads(json.dumps(evidence))
    moved = [k for k, m in enumerate(evidence["fields"][0]["states"]) if m]
    assert len(moved) > 8
    for k in range(1, len(evidence["fields"][0]["states"]) - 1):
        forged = deepcopy(evidence)
        states = forged["fields"][0]["states"]
        states[k] = [] if states[k] else [[0, 0, "1"]]
        with pytest.raises(CertificateError, match="not a symmetry"):
            symmetry_fields(own, forged)


def test_the_symmetries_of_many_steps_are_those_of_few() -> None:
    """All are changes of basis of the state, whatever the number of steps."""
    for spec, count in (("ssm:state=3,steps={}", 9), ("ssm:state=3,steps={},readout=all", 9),
                        ("ssm:state=2,steps={},selective=1", 4),
                        ("ssm:state=3,steps={},matrix=diagonal,direct=1", 3),
                        ("rnn:state=3,steps={}:x^2", 3), ("rnn:state=2,steps={}:x^2+x", 0)):
        fields = [[s.parameters for s in parse_spec(spec.format(steps)).symmetries]
                  for steps in (3, 6)]
        assert len(fields[0]) == count and fields[0] == fields[1]
