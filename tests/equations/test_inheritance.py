"""Ideals inherited from narrower models: against elimination, minors, ranks; and forgeries."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from math import comb

import pytest
from conftest import slow
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.equations.inheritance import schur_dimension
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.equations.inheritance import inherited_series, narrowed_model
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation, Convolution, Dense
from neuroalg_sage.models.model import compose


def inherited(model) -> NeuroManifold:
    return NeuroManifold(model, method="inheritance", seed=1)


SMALL = ["linear:3,1,2", "linear:2,1,1,3", slow("mlp:3,1,2:x^2"), "mlp:2,1,2:x^3",
         "mlp:3,1,1:x^2+x", "mlp:2,1,2:x^2:bias", slow("mlp:2,2,1,2:x^2"),
         "mlp:3,2,1:x^2", "mlp:2,1,1,2:x^2"]


@pytest.mark.parametrize("spec", SMALL)
def test_inheritance_agrees_with_elimination(spec: str) -> None:
    if narrowed_model(parse_spec(spec)) is None:
        assert ":bias" in spec
        return
    ours, theirs = inherited(spec), NeuroManifold(spec, method="elimination", seed=1)
    assert ours.ideal().value == theirs.ideal().value
    assert ours.degree() == theirs.degree()
    assert ours.hilbert_polynomial().value == theirs.hilbert_polynomial().value
    for answer in (ours.ideal(), ours.degree(), ours.hilbert_polynomial()):
        assert answer.status == "proved" and verify(answer.certificate)


@pytest.mark.parametrize("count", [2, slow(6)])
def test_inheritance_agrees_with_elimination_on_random_models(count: int) -> None:
    generator = random.Random(5)
    tried = 0
    while tried < count:
        first = [Dense(2, 1)] if generator.random() < 0.5 else [Convolution(2), Dense(2, 1)]
        model = compose([*first, Activation(generator.choice(["x^2", "x^2 + 2*x", "x^3", "x"])),
                         Dense(1, generator.choice([1, 2]))],
                        2 if len(first) == 1 else 3)
        if narrowed_model(model) is None:
            continue
        tried += 1
        ours = inherited(model).ideal()
        assert ours.value == NeuroManifold(model, method="elimination").ideal().value
        assert verify(ours.certificate)


def dense(inputs: int, outputs: int, bias: bool = False) -> dict:
    return {"kind": "dense", "inputs": inputs, "outputs": outputs, "bias": bias}


def activation(*coefficients: int) -> dict:
    return {"kind": "activation", "coefficients": list(map(str, coefficients))}


BRANCH = {"kind": "chain", "layers": [dense(1, 1), activation(1, 1, 1)]}
KERNEL = {"kind": "convolution", "size": [2], "stride": [1], "channels": [1, 1]}
PAIR = {"kind": "polynomial", "parameters": ["p", "q"], "inputs": ["u"],
        "outputs": [[[[1, 0, 2], "1"], [[0, 1, 1], "1"]], [[[2, 0, 0], "1"], [[1, 0, 1], "2"]]]}


@pytest.mark.parametrize(("shape", "layers"), [
    # A sum, or a product, of branches with shared parameters; constants; a bias of the outputs.
    slow([2, 1], [dense(2, 1), {"kind": "sum", "layers": [BRANCH, dense(1, 1)]}, dense(1, 2)]),
    slow([2], [dense(2, 1), {"kind": "product", "layers": [BRANCH, BRANCH], "share": [None, 0]}]),
    ([2], [dense(2, 1), {"kind": "sum", "layers": [BRANCH, BRANCH], "share": [None, 0]},
           dense(1, 1, True)]),
    # Outputs of different degrees; the inputs have two axes.
    slow([1, 2], [dense(2, 1), activation(2, 1), PAIR]), ([2], [dense(2, 1), PAIR, dense(2, 3)]),
    ([3], [dense(3, 2), KERNEL, activation(3, 0, 1)]),
    ([3], [KERNEL, activation(0, 1, 1), dense(2, 1), dense(1, 2)]),
])
def test_composites_inherit_what_elimination_finds(shape: list[int], layers: list[dict]) -> None:
    model = {"input_shape": shape, "layers": layers}
    theirs = NeuroManifold(model, method="elimination", seed=1, timeout=600)
    ours = inherited(model)
    assert ours.ideal().value == theirs.ideal().value
    assert ours.degree() == theirs.degree()
    assert ours.hilbert_polynomial().value == theirs.hilbert_polynomial().value
    for answer in (ours.ideal(), ours.degree(), ours.hilbert_polynomial()):
        verify(answer.certificate)


@pytest.mark.parametrize("shape", [[2, 1], [1, 2]])
def test_a_polynomial_layer_takes_the_entries_of_inputs_of_any_shape(shape: list[int]) -> None:
    layer = {"kind": "polynomial", "parameters": ["p", "q"], "inputs": ["u", "v"],
             "outputs": [[[[1, 0, 1, 1], "1"], [[0, 1, 0, 0], "1"]], [[[0, 1, 1, 0], "3"]]]}
    for layers in ([layer, dense(2, 1)], [layer]):
        ours, flat = (NeuroManifold({"input_shape": s, "layers": layers}, seed=1)
                      for s in (shape, [2]))
        assert ours.ideal().data == flat.ideal().data
        assert verify(ours.ideal().certificate)


def test_a_single_equation_of_a_smaller_model_has_its_hilbert_series() -> None:
    """A determinant whose ideal is proved by a linear section."""
    model = {"input_shape": [2], "layers": [
        dense(2, 1), {"kind": "sum", "layers": [
            {"kind": "chain", "layers": [dense(1, 1), activation(0, 0, 1)]}, BRANCH]},
        dense(1, 2, True)]}
    manifold = inherited(model)
    assert len(manifold.ideal().certificate["evidence"]["generators"]) == 1
    assert verify(manifold.degree().certificate) and verify(
        manifold.hilbert_polynomial().certificate)


@pytest.mark.parametrize("spec, trust", [
    ("mlp:3,2,3:x^2", "theorem: Raicu (2012)"), ("linear:4,2,3", "theorem: Hochster, Eagon (1971)"),
    ("mlp:4,2,1:x^2", "theorem: Kutz (1974)"), ("mlp:3,1,2:x^3", "theorem: Bernardi (2008)")])
def test_inheritance_proves_what_theorems_say(spec: str, trust: str) -> None:
    theirs = NeuroManifold(spec, method="description").ideal()
    ours = inherited(spec).ideal()
    assert ours.value == theirs.value and ours.trust == [] and theirs.trust == [trust]


@pytest.mark.slow
def test_equations_of_higher_degree_are_inherited() -> None:
    # The six quintics of two inputs become S_(11,9) ⊗ S_(3,2), of dimension 195 times 2.
    manifold = inherited("mlp:3,2,3,2:x^2")
    degrees = [max(map(sum, g)) for g in manifold.ideal().data]
    assert (degrees.count(3), degrees.count(5), len(degrees)) == (1140, 390, 1530)
    assert 390 == schur_dimension((11, 9), 3) * schur_dimension((3, 2), 2)
    assert manifold.ideal().trust == [] and manifold.dimension() == 10


@pytest.mark.parametrize("spec", ["mlp:3,2,2:x^2", "mlp:3,2,3:x^2", "linear:3,1,3",
                                  "mlp:3,2,2:x^3", "mlp:3,1,2:x^2"])
def test_the_series_of_characters_agrees_with_ranks_at_points(spec: str) -> None:
    manifold = inherited(spec)
    small = NeuroManifold(narrowed_model(manifold.model))
    basis = [] if small.is_filling() else list(small.ideal().data)
    dimension, numerator, _ = inherited_series(manifold.model, basis)
    expanded = [sum(c * comb(e - k + dimension - 1, dimension - 1)
                    for k, c in enumerate(numerator) if k <= e) for e in range(1, 4)]
    assert expanded == manifold.hilbert_function(3)
    assert dimension == manifold.dimension() and sum(numerator) == manifold.degree()


def test_schur_modules_have_the_dimensions_of_tableaux() -> None:
    def tableaux(partition: tuple[int, ...], m: int) -> int:
        if m == 0:
            return int(not any(partition))
        if len(partition) > m and any(partition[m:]):
            return 0
        rows = (*partition, *(0,) * (m - len(partition)))[:m]

        def below(i: int, chosen: tuple[int, ...]) -> int:
            if i == m - 1:
                return tableaux(chosen, m - 1)
            return sum(below(i + 1, (*chosen, v)) for v in range(rows[i + 1], rows[i] + 1))

        return below(0, ())

    for partition in [(1,), (2, 1), (3, 3), (4, 2, 1), (2, 2, 2)]:
        for m in (3, 4):
            assert schur_dimension(partition, m) == tableaux(partition, m)


@pytest.mark.parametrize("spec", ["mlp:2,2,2:x^2", "cnn:2,2:x^2", "mlp:3,2,1:x^2:bias",
                                  "attention:d=2,a=1,out=2,t=2"])
def test_models_without_a_narrow_dense_layer_say_so(spec: str) -> None:
    with pytest.raises(InputError, match="dense, without bias and narrow"):
        inherited(spec).ideal()


@pytest.fixture(scope="module")
def originals() -> list[dict]:
    return [answer.certificate for spec in ("mlp:3,2,2:x^2", "mlp:2,1,2:x^3", "linear:4,2,3")
            for answer in (inherited(spec).ideal(), inherited(spec).degree())]


def test_mutants_are_rejected(originals) -> None:
    accepted = list(accepted_mutants(originals, 300, random.Random(3)))
    for _, data, where, _ in accepted:
        assert where[0] in ("engines", "evidence") or _holds(data), where
    assert len(accepted) < 150


def _holds(data: dict) -> bool:
    """Whether a claim on an ideal or a degree is true, by another method."""
    layers = {k: v for k, v in data["model"].items() if k != "spec"}
    manifold = NeuroManifold(layers, method="equivariant", seed=2)
    value = data["claim"]["value"]
    if data["claim"]["invariant"] == "degree":
        return manifold.degree() == value
    ring = manifold.ideal().value.ring()
    return manifold.ideal().value == ring.ideal([
        sum((ring.base_ring()(Fraction(c)) * ring.monomial(*_exponents(e, ring.ngens()))
             for c, e in g), ring.zero()) for g in value])


def _exponents(powers: list[int], n: int) -> list[int]:
    exponents = [0] * n
    for i, e in zip(powers[::2], powers[1::2]):
        exponents[i] = e
    return exponents


@pytest.mark.parametrize("change", ["drop", "foreign", "zero", "smaller", "larger"])
def test_forgeries_are_rejected(change: str) -> None:
    good = inherited("mlp:3,2,2:x^3").ideal().certificate
    value, evidence = copy.deepcopy(good["claim"]["value"]), copy.deepcopy(good["evidence"])
    model = good["model"]
    if change == "drop":
        value.pop()
    elif change == "foreign":
        value.append([["1", [0, 1]]])
    elif change == "zero":
        value = []
    elif change == "smaller":  # as though the smaller model had no equations
        evidence["generators"], evidence["ideal"] = [], {
            "argument": "zero", "dimension": evidence["ideal"].get("dimension", {})}
    else:  # the equations of the narrow model for the square one
        model = parse_spec("mlp:3,3,2:x^3").describe()
    with pytest.raises(CertificateError):
        verify(certificate(model, "ideal", value, "proved", [], evidence, {}))


@pytest.mark.slow
def test_a_degree_by_characters_agrees_with_slicing() -> None:
    assert inherited("mlp:3,2,2:x^2").degree() == NeuroManifold(
        "mlp:3,2,2:x^2", method="slicing", seed=1).degree()
