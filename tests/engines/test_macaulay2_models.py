"""The models and neuromanifolds of the Macaulay2 package are those of Python."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
import sympy

from neuroalg_sage.engines.macaulay2 import Macaulay2, Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import EngineError
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.sources import from_sympy
from neuroalg_sage.models.subnetworks import subnetworks
from neuroalg_sage.neuromanifold import NeuroManifold

MODELS = {
    "mlp:2,2,3:x^2": "mlp({2,2,3}, x -> x^2)",
    "mlp:1,2,1:x^3": "mlp({1,2,1}, x -> x^3)",
    "mlp:2,2,1:x^2+x:bias": "mlp({2,2,1}, x -> x^2 + x, Bias => true)",
    "mlp:2,2,2:x^3-x/2+1": "mlp({2,2,2}, x -> x^3 - x/2 + 1)",
    "mlp:2,2,2,1:x^2": "mlp({2,2,2,1}, {x -> x^2, x -> x^2})",
    "mlp:3,2:x^2": "mlp({3,2}, x -> x^2)",
    "mlp:2,2:x:bias": "mlp({2,2}, Bias => true)",
    "linear:3,2,3": "linearNetwork {3,2,3}",
    "linear:2,1,3,2": "linearNetwork {2,1,3,2}",
    "cnn:3,2:x^2": "convolutional({3,2}, x -> x^2)",
    "cnn:3s2,2:x^3:out=2": "convolutional({3,2}, x -> x^3, Strides => {2,1}, Outputs => 2)",
    "cnn:2,2,2": "convolutional {2,2,2}",
    "cnn:2x1,1x2:x^2": "convolutional({{2,1},{1,2}}, x -> x^2)",
    "cnn:2x3c2s2x1,1x1:x": "convolutional({{2,3},{1,1}}, Strides => {{2,1},1}, Channels => 2)",
    "cnn:2c3,2c2:x^2+x:in=2":
        "convolutional({2,2}, x -> x^2 + x, Channels => {3,2}, InputChannels => 2)",
    "attention:d=2,a=1,out=2,t=2": "lightningAttention(2,1,2,2)",
    "attention:d=3,a=2,out=1,t=2": "lightningAttention(3,2,1,2)",
    "attention:d=1,a=1,out=2,t=2,layers=2": "lightningAttention(1,1,2,2, Layers => 2)",
    "attention:d=2,a=1,out=1,t=2,heads=2": "lightningAttention(2,1,1,2, Heads => 2)",
    "gnn:graph=P2,channels=1x2x1:x^2":
        "networkOverPlaces({id_(ZZ^2), matrix {{0,1},{1,0}}}, {1,2,1}, x -> x^2)",
    "sets:points=3,channels=2x1x1,bias=1:x^2-x/2": """networkOverPlaces(
        {id_(QQ^3), matrix toList(3 : {1,1,1})}, {2,1,1}, x -> x^2 - x/2, Bias => true)""",
    "sets:points=2,channels=1x2x2,readout=sum:x^3": """networkOverPlaces(
        {id_(ZZ^2), matrix {{1,1},{1,1}}}, {1,2,2}, x -> x^3, Readout => true)""",
}

NAMED = [
    "gnn:graph=C4,channels=1x2x1,powers=2:x^2", "gnn:graph=K2x2,channels=1x1",
    "gnn:graph=P3,channels=2x1x1,matrix=laplacian,readout=sum,bias=1:x^2+x/2",
    "gnn:graph=0-1+1-2+2-0,channels=1x1x1:x^3", "gnn:graph=S2,channels=1x1",
    "gnn:graph=Q2,channels=1x1", "gnn:graph=K3,channels=1x1", "gnn:graph=Petersen,channels=1x1",
    "gcnn:group=S3,layers=2:x^2", "gcnn:group=Z2xZ2,channels=1x2x1,bias=1:x^2",
    "gcnn:group=D4,layers=1:x^2", "gcnn:group=A3,layers=2:x^2", "gcnn:group=A4,layers=1",
    "gcnn:group=Q8,layers=1", "gcnn:group=Dic3,layers=1", "gcnn:group=C4xZ2,layers=1",
    "sets:points=3,channels=1x2x1,readout=sum:x^2", "sets:points=1,channels=1x1x1:x^2",
    "resnet:width=2,hidden=1,blocks=2:x^2", "resnet:width=2,hidden=1,blocks=1",
    "resnet:width=1,hidden=2,blocks=1,inputs=2,outputs=2,bias=1:x^2+x/3",
    "glu:widths=2x3x1", "glu:widths=2x1x2,bias=1,last=gated:x^2", "glu:widths=1x1x1x1:x^2-x",
    "moe:inputs=2,outputs=2,experts=2", "moe:inputs=1,outputs=1,experts=1,hidden=1:x^3",
    "moe:inputs=2,outputs=1,experts=2,hidden=2,gate=x^2+1,bias=1:x^2",
    "autoencoder:widths=3x2:x^2", "autoencoder:widths=3x2,tied=1:x^2",
    "autoencoder:widths=2x2x1,tied=1,bias=1:x^2+x", "autoencoder:widths=2x1,tied=1",
    "lora:widths=2x2x1,rank=1,base=trained:x^2", "lora:widths=2x3,rank=2,base=zero",
    "pinet:inputs=2,rank=2,degree=3", "pinet:inputs=2,rank=2,degree=1",
    "pinet:inputs=2,rank=1,degree=3,form=nested,outputs=2,bias=1",
    "pinet:inputs=2,rank=2,degree=2,homogeneous=1",
    "pinet:inputs=2,rank=2,degree=3,form=nested,homogeneous=1",
]

SMALL = {
    "linear:2,1,2": "linearNetwork {2,1,2}",
    "linear:3,1,2": "linearNetwork {3,1,2}",
    "linear:3,3,2,2": "linearNetwork {3,3,2,2}",
    "cnn:2,2:x^2": "convolutional({2,2}, x -> x^2)",
    "mlp:1,1,1:x^2:bias": "mlp({1,1,1}, x -> x^2, Bias => true)",
    "mlp:2,1,1:x^2": "mlp({2,1,1}, x -> x^2)",
    "mlp:2,1,2:x^2": "mlp({2,1,2}, x -> x^2)",
    "mlp:2,2,2:x^3": "mlp({2,2,2}, x -> x^3)",
    "mlp:3,1,1:x^2": "mlp({3,1,1}, x -> x^2)",
    "mlp:3,2,1:x^2": "mlp({3,2,1}, x -> x^2)",
}
ALL = MODELS | SMALL


@pytest.fixture(scope="module")
def session() -> Iterator[Macaulay2]:
    with Macaulay2() as session:
        yield session


def answers(session: Macaulay2, body: str, **results: str) -> dict[str, Any]:
    return session.run(Script("a model", {}, body, results), timeout=300.0)


def polynomials(matrix: PolynomialMatrix) -> list[dict[tuple[int, ...], Fraction]]:
    return [{e: Fraction(c) for e, c in f.items()} for f in matrix.entries]


def same_parametrization(session: Macaulay2, phi: Parametrization, text: str) -> bool:
    found = answers(
        session, f"M = {text}; P = parametrization M;", images="matrix P",
        coordinates="apply(coordinateMonomials M, c -> {c#0, flatten exponents c#1})",
        names="apply(gens source P, toString)")
    return (found["images"].ring.variables == tuple(phi.model.parameter_names)
            and found["names"] == list(phi.coordinate_names)
            and [(j, tuple(e)) for j, e in found["coordinates"]] == list(phi.coordinates)
            and polynomials(found["images"]) == list(phi.polynomials))


@pytest.mark.parametrize("spec", ALL)
def test_parametrizations_agree_term_by_term(session: Macaulay2, spec: str) -> None:
    assert same_parametrization(session, parametrization(parse_spec(spec)), ALL[spec])


@pytest.mark.parametrize("spec", NAMED)
def test_models_by_their_names_agree_term_by_term(session: Macaulay2, spec: str) -> None:
    assert same_parametrization(session, parametrization(parse_spec(spec)), f'neuralModel "{spec}"')


def test_the_comparison_tells_models_apart(session: Macaulay2) -> None:
    phi = parametrization(parse_spec("mlp:2,2,2:x^2"))
    assert same_parametrization(session, phi, "mlp({2,2,2}, x -> x^2)")
    assert not same_parametrization(session, phi, "mlp({2,2,2}, x -> 2*x^2)")
    assert not same_parametrization(session, phi, "mlp({2,2,2}, x -> x^2 + x)")


def test_polynomials_in_parameters_and_inputs(session: Macaulay2) -> None:
    a, b, x, y = sympy.symbols("a b x y")
    model = from_sympy([(a * x + b * y) ** 2 + a, b * x - y], [a, b], [x, y])
    assert same_parametrization(session, parametrization(model), """(
        R := QQ[symbol a, symbol x, symbol b, symbol y]; (a, x, b, y) := toSequence gens R;
        neuralModel(matrix {{(a*x + b*y)^2 + a, b*x - y}}, {x, y}))""")


@pytest.mark.parametrize("spec", ["mlp:2,2,3:x^2", "linear:3,2,3", "mlp:2,2,2:x^3", "cnn:2,2:x^2",
                                  "mlp:1,1,1:x^2:bias", "mlp:3,2,1:x^2"])
def test_invariants_agree(session: Macaulay2, spec: str) -> None:
    manifold = NeuroManifold(spec)
    found = answers(
        session, f"M = neuroManifold {ALL[spec]};", dimension="dim M",
        codimension="codim M", degree="degree M", polynomial="toString closureHilbertPolynomial M",
        ideal="gens ideal M", vanishes="(parametrization M) ideal M == 0",
        laws="numcols conservationLaws M")
    assert found["dimension"] == manifold.dimension().value
    assert found["codimension"] == manifold.ambient_dimension().value - found["dimension"]
    assert found["degree"] == manifold.degree().value
    ours = manifold.hilbert_polynomial().value
    i = sympy.Symbol("i")
    assert sympy.expand(sympy.sympify(found["polynomial"], locals={"i": i})
                        - sympy.sympify(str(ours), locals={"i": i})) == 0
    assert found["vanishes"]
    # Equal ideals: the reduced Groebner basis is that of ours.
    ring = manifold.ideal().value.ring()
    theirs = ring.ideal([ring({e: c for e, c in f.items()}) for f in
                         polynomials(found["ideal"])] or [0])
    assert theirs == manifold.ideal().value


@pytest.mark.parametrize(("spec", "text"), [
    ("mlp:5,8,8,3:x^2", "mlp({5,8,8,3}, x -> x^2)"),
    ("mlp:3,4,4,2:x^2+x:bias", "mlp({3,4,4,2}, x -> x^2 + x, Bias => true)"),
    ("cnn:3x2c3s2,2x2c2:x^3:out=2",
     "convolutional({{3,2},{2,2}}, x -> x^3, Strides => {2,1}, Channels => {3,2}, Outputs => 2)"),
    ("attention:d=2,a=1,out=2,t=3,layers=2,heads=2",
     "lightningAttention(2,1,2,3, Layers => 2, Heads => 2)")])
def test_dimensions_of_larger_models_agree(session: Macaulay2, spec: str, text: str) -> None:
    found = answers(session, f"M = {text};", dimension="dim neuroManifold M")
    assert found["dimension"] == NeuroManifold(spec).dimension().value


@pytest.mark.parametrize(("spec", "metric"), [
    ("linear:2,1,2", "generic"), ("linear:2,1,2", "unit"), ("linear:3,1,2", "unit"),
    ("cnn:2,2:x^2", "generic"), ("cnn:2,2:x^2", "bombieri"), ("mlp:2,1,1:x^2", "unit"),
    ("mlp:2,1,1:x^2", "bombieri"), ("mlp:3,1,1:x^2", "bombieri"), ("mlp:2,1,2:x^2", "generic")])
def test_distance_degrees_agree(session: Macaulay2, spec: str, metric: str) -> None:
    found = answers(session, f"M = neuroManifold {ALL[spec]};",
                    degree=f'edDegree(M, Metric => "{metric}")')
    assert found["degree"] == NeuroManifold(spec, metric=metric).ed_degree().value


@pytest.mark.parametrize("spec", [
    "linear:3,3,2,2", "mlp:2,2,2,1:x^2", "mlp:2,2,1:x^2+x:bias", "mlp:2,2,2:x^3-x/2+1",
    "cnn:2c3,2c2:x^2+x:in=2", "cnn:3,2:x^2", "cnn:3s2,2:x^3:out=2", "cnn:2x1,1x2:x^2",
    "attention:d=3,a=2,out=1,t=2", "attention:d=2,a=1,out=1,t=2,heads=2"])
def test_subnetworks_agree(session: Macaulay2, spec: str) -> None:
    found = answers(session, f"M = {ALL[spec]}; L = subnetworks M;",
                    embeddings='apply(L, H -> matrix H#"embedding")',
                    agree="""all(L, H -> H#"model"#"number of inputs" < M#"number of inputs" or
                        entries matrix(H#"embedding" * parametrization M)
                        == entries matrix parametrization H#"model")""")
    ours = [s for s in subnetworks(parse_spec(spec)) if s.model is not None]
    assert found["agree"] and len(found["embeddings"]) == len(ours) > 0
    for theirs, mine in zip(found["embeddings"], ours):
        assert mine.model is not None
        count = mine.model.parameter_count
        places = [next((e.index(1) for e in f), -1) for f in theirs.entries]
        assert any(all(p == m if m >= 0 else p < 0 for p, m in zip(places, e))
                   for e in mine.embeddings)
        assert set(places) - {-1} == set(range(count))


def test_models_are_written_as_they_are_made(session: Macaulay2) -> None:
    for text in ALL.values():
        found = answers(session, f"M = {text}; N = value toExternalString M;",
                        same="toString entries matrix parametrization M "
                             "== toString entries matrix parametrization N",
                        again="toExternalString M == toExternalString N")
        assert found == {"same": True, "again": True}


@pytest.mark.parametrize(("text", "message"), [
    ("mlp {2}", "expected at least two widths"),
    ("mlp {2, 0, 1}", "expected widths to be positive integers"),
    ("mlp({2,2,1}, x -> 3)", "expected an activation that takes x to a polynomial"),
    ("mlp({2,2,1}, x -> 1/x)", "expected an activation that takes x to a polynomial"),
    ("mlp({2,2,1}, x -> error \"no\")", "expected an activation that takes x to a polynomial"),
    ("mlp({2,2,2,1}, {x -> x^2})", "expected one activation for each of the 2 hidden layers"),
    ("mlp({2,1}, CoefficientRing => ZZ)", "expected CoefficientRing to be a field"),
    ("mlp({2,1}, CoefficientRing => frac(QQ[t]))",
     "expected CoefficientRing to be QQ or a finite field"),
    ("mlp({2,1}, Bias => 1)", "expected Bias to be true or false"),
    ("convolutional {}", "expected at least one filter"),
    ("convolutional {{2,2},3}", "expected filters with the same number of axes"),
    ("convolutional({2,2}, Strides => 0)", "expected Strides to be positive integers"),
    ("convolutional({2,2}, Channels => {1})", "expected one of Channels for each of 2"),
    ("networkOverPlaces({}, {1,1})", "expected square matrices of one size"),
    ("networkOverPlaces({matrix {{1,2}}}, {1,1})", "expected square matrices of one size"),
    ("networkOverPlaces({matrix {{1}}}, {1})", "expected at least two numbers of channels"),
    ("networkOverPlaces({matrix {{1}}}, {1,0})", "expected channels to be positive integers"),
    ("neuralModel \"gnn:graph=X4,channels=1x1\"", "expected a name such as gnn:graph=C4"),
    ("neuralModel \"gcnn:group=Q6,layers=1\"", "expected a name such as gcnn:group=S3"),
    ("neuralModel \"gcnn:layers=2\"", "expected a name such as gcnn:group=S3"),
    ("neuralModel \"sets:points=2,channels=1x1,bias=2\"", "expected a name such as sets:points=4"),
    ("residualNetwork(2, {0})", "expected numbers of hidden units"),
    ("residualNetwork(2, {1}, OutputWidth => 0)", "expected OutputWidth to be positive"),
    ("gatedNetwork {2}", "expected at least two widths"),
    ("mixtureOfExperts(2, 1, 2, x -> x^2)", "expected Hidden, the width of the hidden layer"),
    ("autoencoder({2,1}, Tied => 1)", "expected Tied to be true or false"),
    ("lowRankAdaptation({2,3}, 1, Base => {matrix {{1,2}}})",
     "expected Base to be zero, trained, or a list with a matrix for each layer, of 3 rows and 2"),
    ("polynomialNetwork(2, 0, 1)", "expected inputs, rank, degree and OutputWidth"),
    ("neuralModel \"resnet:width=2:x^2\"", "expected a name such as resnet:width=2"),
    ("neuralModel \"glu:widths=2x1,bias=2\"", "expected a name such as glu:widths=2x3x1"),
    ("neuralModel \"lora:widths=2x2,rank=1,base=7\"", "expected a name such as lora:widths=4x4"),
    ("lightningAttention(2,0,1,1)", "expected all numbers of an attention model"),
    ("neuralModel(matrix {{1_(QQ[x])}}, {})", "expected a list of distinct variables"),
    ("coordinateMonomials neuralModel map(QQ[s], QQ[t], {s^2})", "expected a model with inputs"),
    ("edDegree(linearNetwork {2,1,2}, Metric => \"round\")", "expected the metric to be"),
    ("criticalIdeal(linearNetwork {2,1,2}, {1})", "expected a target with 4 rational coordinates"),
    ("subnetworks neuralModel map(QQ[s], QQ[t], {s^2})", "expected a model of a family"),
])
def test_wrong_input_gets_one_sentence(session: Macaulay2, text: str, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        answers(session, f"answer = {text};", answer="toString answer")
