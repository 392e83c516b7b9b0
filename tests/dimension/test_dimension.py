"""Dimensions: published values, two methods against each other, and invariance."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest
from composed_models import COMPOSED
from conftest import published
from flint import fmpq, fmpq_mat, nmod_mat

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.affine_symmetries import LISTED, matrix_rank
from neuroalg_sage.descriptions.secant_varieties import SecantVariety, secant_variety
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.invariants.dimension.affine_symmetries import affine_symmetries
from neuroalg_sage.invariants.dimension.dimension import (
    defect,
    dimension,
    expected_dimension,
    is_filling,
    jacobian_at,
)
from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable
from neuroalg_sage.models import matrix_spaces
from neuroalg_sage.models.families import MLP, parse_spec
from neuroalg_sage.models.layers import Activation, Chain, Dense, Sum
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import expansion_bound, parametrization
from neuroalg_sage.models.semirings import FewValues
from neuroalg_sage.models.sources import from_expressions

LARGE = "mlp:20,40,40,10:x^2"


@pytest.mark.parametrize(("spec", "value"), [
    p for p in published("dimension") if p.values[0] != LARGE])
def test_published_dimensions(spec: str, value: int) -> None:
    found = dimension(parse_spec(spec))
    assert found == value
    assert found.status == "proved" or found.error_bound < 1e-15
    if parse_spec(spec).parameter_count < 300:
        assert verify(found.certificate).value == value


@pytest.mark.slow
def test_a_large_published_dimension_and_its_certificate() -> None:
    found = dimension(parse_spec(LARGE))
    assert (found, found.status) == (2720, "proved")
    assert verify(found.certificate).value == 2720


@pytest.mark.parametrize(("spec", "value"), published("is_filling"))
def test_published_filling(spec: str, value: bool) -> None:
    model = parse_spec(spec)
    found = is_filling(model, dimension(model))
    assert found.value is value and verify(found.certificate).value is value


@pytest.mark.parametrize(("spec", "expected", "gap"), [
    # Alexander, Hirschowitz (1995)
    ("mlp:3,5,1:x^4", 15, 1), ("mlp:4,9,1:x^4", 35, 1), ("mlp:5,7,1:x^3", 35, 1),
    pytest.param("mlp:5,14,1:x^4", 70, 1, marks=pytest.mark.slow), ("mlp:3,6,1:x^4", 15, 0),
    ("linear:3,2,3", 8, 0),
    # Symmetric matrices of rank at most 2: the orthogonal group is no linear symmetry.
    ("mlp:3,2,1:x^2", 6, 1),
])
def test_expected_dimension_and_defect(spec: str, expected: int, gap: int) -> None:
    model = parse_spec(spec)
    found = dimension(model)
    hoped = expected_dimension(model, found)
    assert hoped == expected and hoped.status == "proved"
    difference = defect(model, found, hoped)
    assert difference == gap and difference.status == found.status
    for invariant in (hoped, difference):
        assert verify(invariant.certificate).value == invariant.value


@pytest.mark.parametrize("spec", [f"attention:d={d},a={a},out={out},t={t}" for d, a, out, t in
                                  itertools.product((1, 2, 3, 4), (1, 2, 3, 4, 5), (1, 3), (2, 3))
                                  if a <= d + 1])
def test_lightning_attention_has_the_dimension_of_the_theorem(spec: str) -> None:
    """
    One layer, at least two tokens: a' (2 d - a') + d d' - 1 with a' = min(a, d).

    N. W. Henry, G. L. Marchetti, K. Kohn, Geometry of lightning self-attention:
    identifiability and dimension, ICLR 2025, arXiv:2408.17221.
    """
    d, a, out, _ = (int(part.split("=")[1]) for part in spec.split(":")[1].split(","))
    found = dimension(parse_spec(spec))
    rank = min(a, d)
    assert found == rank * (2 * d - rank) + d * out - 1 and found.status == "proved"


@pytest.mark.parametrize(("spec", "value", "kind"), [
    ("mlp:2,2,3:x^2", 8, "symmetries"), ("mlp:3,2,1:x^2", 5, "quadratic forms"),
    (from_expressions(["a*(b*x+c*y+d*z)^2 + e*(f*x+g*y+h*z)^2"], "a,b,c,d,e,f,g,h", "x,y,z"),
     5, "fields"),
    ("mlp:3,4,5,2:x^2", 28, "composition"),
    ("mlp:2,3,2,3,4:x^2", 16, "composition"), ("mlp:3,6,1:x^4", 15, "ambient"),
    (Model((Chain((Dense(3, 4), Activation("x^2"))), Dense(4, 5), Activation("x^2"), Dense(5, 2)),
           (3,)), 28, "relaxation"),
    ("mlp:4,5,3:x^2", 29, "koszul"), ("mlp:3,5,1:x^4", 14, "theorem")])
def test_each_kind_of_upper_bound_proves_what_it_should(spec, value: int, kind: str) -> None:
    found = dimension(parse_spec(spec) if isinstance(spec, str) else spec)
    assert (found, found.status) == (value, "proved")
    evidence = found.certificate["evidence"]
    assert evidence["upper"]["kind"] == kind
    verdict = verify(found.certificate)
    assert verdict.trust == (("theorem: Alexander, Hirschowitz (1995)",) if kind == "theorem"
                             else ())
    # The same evidence proves no smaller dimension, and no larger one.
    for wrong in (value - 1, value + 1):
        with pytest.raises(CertificateError):
            verify(certificate(found.certificate["model"], "dimension", wrong, "proved",
                               found.trust, evidence, {}))


def test_the_theorem_is_refused_where_its_hypotheses_fail() -> None:
    for spec in ("mlp:3,5,2:x^4", "mlp:3,5,1:x^4+x^2", "mlp:3,5,1:x^4:bias", "mlp:3,5,1",
                 "mlp:3,2,2,1:x^4"):
        model = parse_spec(spec)
        trial = dimension(model, seed=1).certificate["evidence"]["trials"][0]
        claim = certificate(model.describe(), "dimension", 14, "proved",
                            ["theorem: Alexander, Hirschowitz (1995)"],
                            {"trials": [trial], "upper": {"kind": "theorem"}}, {})
        with pytest.raises(CertificateError):
            verify(claim)


@pytest.mark.parametrize("variables", range(1, 5))
@pytest.mark.parametrize("degree", [2, 3, 4])
def test_secant_varieties_have_the_dimension_of_the_theorem(variables: int, degree: int) -> None:
    for summands in range(1, 9):
        model = MLP([variables, summands, 1], f"x^{degree}")
        variety = secant_variety(model)
        assert variety == SecantVariety(variables, degree, summands)
        assert rank_of_jacobian(model) == variety.dimension()


def rank_of_jacobian(model: Model) -> int:
    """By enough random inputs, with no theorem and no bound."""
    p, generator = 2**31 - 1, np.random.default_rng(1)
    inputs = generator.integers(0, p, (80, model.input_count))
    point = generator.integers(0, p, model.parameter_count).tolist()
    return modular.rank(jacobian_at(model, point, inputs, p), p)


@pytest.mark.parametrize("seed", range(3))
def test_linbox_and_flint_find_the_same_rank(seed: int) -> None:
    import sage.all__sagemath_modules  # noqa: F401

    generator = np.random.default_rng(seed)
    p, rank = 4194301, int(generator.integers(1, 150))
    left, right = (generator.integers(0, p, shape) for shape in ((160, rank), (rank, 210)))
    entries = modular.multiply_matrices(left, right, p)
    assert p < modular.LARGEST_FAST_PRIME
    assert modular.rank(entries, p) == rank
    assert nmod_mat(*entries.shape, entries.ravel().tolist(), p).rank() == rank


def test_products_of_matrices_are_exact_for_small_and_large_primes() -> None:
    generator = np.random.default_rng(5)
    for p in (2, 3, 65537, 4194301, 2**31 - 1):
        for inner in (1, 2, 63, 64, 65, 600):
            left = generator.integers(0, p, (2, 3, inner))
            right = generator.integers(0, p, (2, inner, 4))
            exact = np.matmul(left.astype(object), right.astype(object)) % p
            assert (modular.multiply_matrices(left, right, p) == exact).all()


def test_a_characteristic_that_divides_a_denominator_is_refused() -> None:
    with pytest.raises(InputError, match="divides a denominator"):
        jacobian_at(parse_spec("mlp:1,1,1:x^2/7+x"), [1, 1], np.array([[1]]), 7)


def test_a_layer_without_a_backward_pass_is_refused() -> None:
    class Exponential(Activation):
        def apply(self, parameters, inputs, constant):
            return np.exp(inputs) if not isinstance(inputs, np.ndarray) else inputs

    model = Model((Dense(2, 2), Exponential((0, 1)), Dense(2, 1)), (2,))
    with pytest.raises(InputError, match="no backward pass"):
        dimension(model)


def rank_of_expanded_jacobian(model: Model, seed: int) -> int:
    """The rank of Dφ at a random point from the expanded coordinates: the second method."""
    p = 2**31 - 1
    generator = random.Random(seed)
    point = [generator.randrange(p) for _ in range(model.parameter_count)]
    rows = []
    for polynomial in parametrization(model).polynomials:
        row = [0] * len(point)
        for exponents, c in polynomial.items():
            for i, e in enumerate(exponents):
                if e:
                    term = c.numerator * pow(c.denominator, -1, p) * e
                    for j, k in enumerate(exponents):
                        term = term * pow(point[j], k - (i == j), p) % p
                    row[i] = (row[i] + term) % p
        rows.append(row)
    return modular.rank(np.array(rows), p)


@pytest.mark.parametrize("seed", range(25))
def test_random_small_models_by_two_methods(seed: int) -> None:
    generator = random.Random(seed)
    widths = [generator.randint(1, 3) for _ in range(generator.randint(2, 4))]
    activation = generator.choice(["x", "x^2", "x^3", "x^2+x", "x^2/2-3", "x^3-x"])
    model = MLP(widths, activation, generator.random() < 0.4)
    found = dimension(model)
    assert found == rank_of_expanded_jacobian(model, seed)
    assert verify(found.certificate).value == found.value


def test_rescaling_neurons_changes_no_dimension() -> None:
    for scale in ("1/3", "-7", "x"):
        model = parse_spec("mlp:2,3,2:x^2" if scale == "x" else f"mlp:2,3,2:{scale}*x^2")
        assert dimension(model) == 6


def test_redundant_linear_layers_change_no_dimension() -> None:
    plain = dimension(parse_spec("mlp:2,2,3:x^2"))
    wide = Model((Dense(2, 3), Dense(3, 2), *parse_spec("mlp:2,2,3:x^2").layers), (2,))
    assert dimension(wide) == plain


def test_a_prime_that_divides_a_denominator_is_avoided() -> None:
    model = Model((Dense(1, 1), Activation((0, 0, 1)), Dense(1, 1)), (1,))
    assert dimension(model) == 1


def test_undersampled_inputs_do_not_lower_the_rank() -> None:
    # All outputs of an attention model at few tokens are dependent: one input gives few rows.
    model = parse_spec("attention:d=3,a=2,out=3,t=2")
    found = dimension(model, seed=1)
    assert found == 16
    inputs = np.array(found.certificate["evidence"]["trials"][0]["inputs"])
    trial = found.certificate["evidence"]["trials"][0]
    one = jacobian_at(model, trial["point"], inputs[:1], trial["prime"])
    assert modular.rank(one, trial["prime"]) < 16


def test_the_same_seed_gives_the_same_certificate() -> None:
    model = parse_spec("mlp:3,2,1:x^2")
    first, second = dimension(model, seed=7), dimension(model, seed=7)
    assert first.certificate == second.certificate
    assert first.certificate != dimension(model).certificate


def test_a_model_that_ignores_a_parameter() -> None:
    model = from_expressions(["a*x"], ["a", "b"], ["x"])
    found = dimension(model)
    assert found == 1 and found.status == "proved"


@pytest.mark.parametrize("name", COMPOSED)
def test_sums_products_and_shared_weights_by_two_methods(name: str) -> None:
    model = COMPOSED[name]
    found = dimension(model)
    assert found == rank_of_expanded_jacobian(model, 3) and found.status == "proved"
    hoped = expected_dimension(model, found)
    for invariant in (found, hoped, defect(model, found, hoped), is_filling(model, found)):
        assert verify(invariant.certificate).value == invariant.value


def test_a_rank_that_does_not_fit_into_memory_is_refused() -> None:
    with pytest.raises(LimitReached, match="GB of memory"):
        dimension(parse_spec("mlp:1000,1000,2:x^2"), memory_gb=8)
    with pytest.raises(LimitReached, match="GB of memory"):
        dimension(parse_spec("mlp:10,20,20,5:x^2"), memory_gb=0.01)
    with pytest.raises(LimitReached, match=r"dimension of mlp:10,20,20,5:x\^2\+x:bias may need"):
        dimension(parse_spec("mlp:10,20,20,5:x^2+x:bias"), memory_gb=0.01)
    assert dimension(parse_spec("linear:1000,1,1000"), memory_gb=8) == 1999


def affine_fields_by_expansion(model: Model) -> int:
    """The number of affine-linear fields in the kernel of Dφ, from all coefficients over Q."""
    count = model.parameter_count
    monomials: dict[tuple, dict[int, Fraction]] = {}
    for k, polynomial in enumerate(parametrization(model).polynomials):
        for e, c in polynomial.items():
            for i in range(count):
                if e[i]:
                    slope = [*e[:i], e[i] - 1, *e[i + 1 :]]
                    for j in range(count + 1):
                        term = tuple(a + (a_place == j) for a_place, a in enumerate(slope))
                        row = monomials.setdefault((k, term), {})
                        row[i * (count + 1) + j] = row.get(i * (count + 1) + j, 0) + c * e[i]
    unknowns = count * (count + 1)
    rows = [[fmpq(Fraction(row.get(u, 0)).numerator, Fraction(row.get(u, 0)).denominator)
             for u in range(unknowns)] for row in monomials.values()]
    return unknowns - (fmpq_mat(len(rows), unknowns, sum(rows, [])).rank() if rows else 0)


DEFECTS_BY_HAND = [
    # W_2 = (a, b) has as many rows as W_3 W_2 needs: W_1 + (-b, a)^T c gives the same map.
    ("linear:3,2,1,2", 4, 0), ("linear:2,2,1", 2, 0),
    # A power with a constant, whose outputs have a bias: units can be rescaled.
    ("mlp:1,1,1:x^2+1:bias", 3, 0), ("mlp:2,2,3:x^2+3:bias", 13, 0),
    # Only the symmetric part of K^T Q matters for one token: O(2a) acts.
    ("attention:d=2,a=2,out=2,t=1", 6, 0),
    # An inactive unit has parameters that do nothing.
    ("relu:2,2,1:cell=10", 2, 0), ("relu:2,2,1:cell=11", 2, 0),
    ("mlp:3,2,1:x^2", 5, 1),
]


@pytest.mark.parametrize(("spec", "value", "gap"), [
    *DEFECTS_BY_HAND,
    # Over 40 parameters, weight by weight.
    ("mlp:4,9,1:x^4", 34, 1), pytest.param("mlp:10,6,1:x^2", 45, 10, marks=pytest.mark.slow)])
def test_all_affine_symmetries_count(spec: str, value: int, gap: int) -> None:
    model = parse_spec(spec)
    found = dimension(model)
    hoped = expected_dimension(model, found)
    difference = defect(model, found, hoped)
    assert (found, difference) == (value, gap)
    for answer in (hoped, difference):
        assert answer.status == "proved" and LISTED not in answer.trust
        assert list(verify(answer.certificate).trust) == answer.trust
    if model.parameter_count < 20:
        fields = affine_symmetries(model).fields
        assert matrix_rank(fields) == affine_fields_by_expansion(model)


@pytest.mark.parametrize("widths", list(itertools.product(
    (1, 2, 4), (2, 3), (1, 2, 3), (1, 3, 4))))
def test_linear_networks_are_not_defective(widths: tuple[int, ...]) -> None:
    """Their functions are all matrices of bounded rank; the formula is that of the codimension."""
    model = parse_spec("linear:" + ",".join(map(str, widths)))
    found = dimension(model)
    hoped = expected_dimension(model, found)
    r = min(widths)
    assert found == r * (widths[0] + widths[-1] - r) and hoped == found.value
    assert hoped.status == "proved" and verify(hoped.certificate).trust == ()


def test_linear_layers_within_a_network_count_as_their_matrix() -> None:
    model = Model((Dense(4, 3), Dense(3, 2), Dense(2, 4), Activation("x^2"), Dense(4, 2)), (4,))
    found = dimension(model)
    # Planes of linear forms in four variables, and two quadratic forms on each.  Expected are
    # the parameters of widths 4, 2, 4, 2 less GL(2) and the rescalings of four units.
    assert (found, expected_dimension(model, found)) == (4 + 2 * 3, 8 + 8 + 8 - 4 - 4)


@pytest.mark.parametrize(("layers", "value"), [
    # Matrices of size 4 x 4 and rank 2, written in other ways.
    ((Chain((Dense(4, 3), Dense(3, 2))), Dense(2, 4)), 12),
    ((Dense(4, 3), Activation("2*x"), Dense(3, 2), Activation("-x"), Dense(2, 4)), 12),
    # With an arbitrary vector besides.
    ((Dense(4, 3, True), Dense(3, 2, True), Dense(2, 4, True)), 16),
    ((Dense(4, 3, True), Activation("2*x+1"), Dense(3, 2), Dense(2, 4, True)), 16),
    # C (A x + b), where the rank of (A, b) is at most 2: matrices of size 4 x 5 and rank 2.
    ((Dense(4, 3, True), Dense(3, 2), Dense(2, 4)), 14),
    # A of rank 1, but b in none of its columns: rank 1, and any vector.
    ((Dense(4, 1), Dense(1, 3, True), Dense(3, 4)), 7 + 4)])
def test_affine_layers_that_follow_one_another_have_no_defect(layers: tuple, value: int) -> None:
    model = Model(layers, (4,))
    found = dimension(model)
    hoped = expected_dimension(model, found)
    assert (found, hoped, defect(model, found, hoped)) == (value, value, 0)
    assert hoped.status == "proved" and verify(hoped.certificate).trust == ()


@pytest.mark.parametrize("digits", [5, 60])
def test_symmetries_with_large_coefficients(digits: int) -> None:
    """f = t x + t^2 y with t = A a + B b, where B ∂/∂a - A ∂/∂b is a symmetry."""
    t = f"({10**digits + 7}*a + {3 * 10**digits + 1}*b)"
    model = from_expressions([f"{t}*x + {t}^2*y"], ["a", "b"], ["x", "y"])
    found = dimension(model)
    hoped = expected_dimension(model, found)
    assert (found, hoped, hoped.status) == (1, 1, "proved")
    assert verify(hoped.certificate).trust == ()
    assert is_finitely_identifiable(model, found) and defect(model, found, hoped) == 0


def test_where_symmetries_are_not_found_no_error_is_bounded(monkeypatch: pytest.MonkeyPatch
                                                            ) -> None:
    """That a list is complete has no probability."""
    monkeypatch.setattr("neuroalg_sage.invariants.dimension.affine_symmetries.MOST_PRIMES", 1)
    t = f"({10**61}*a + {10**60 + 3}*b)"
    model = from_expressions([f"{t}*x + {t}^2*y"], ["a", "b"], ["x", "y"])
    found = dimension(model)
    hoped = expected_dimension(model, found)
    for answer in (hoped, defect(model, found, hoped), is_finitely_identifiable(model, found)):
        assert (answer.status, answer.error_bound, answer.certificate) == ("numerical", None, None)


def test_a_sum_of_dense_layers_has_no_defect() -> None:
    model = Model((Sum((Dense(2, 2), Dense(2, 2))), Activation("x^2"), Dense(2, 3)), (2,))
    found = dimension(model)
    assert (found, defect(model, found, expected_dimension(model, found))) == (8, 0)


def test_an_expected_dimension_without_its_symmetries_is_refused() -> None:
    """Each hypothesis of the lemma on completeness, broken."""
    right = expected_dimension(parse_spec("mlp:3,2,1:x^2"),
                               dimension(parse_spec("mlp:3,2,1:x^2"))).certificate
    evidence = right["evidence"]
    symmetries = evidence["symmetries"]
    assert verify(right).value == 6

    def claim(value: int, change: dict, trust: list[str]) -> dict:
        return certificate(right["model"], "expected_dimension", value, "proved", trust,
                           evidence | {"symmetries": symmetries | change}, {})

    fewer = {"fields": symmetries["fields"][:1]}
    sample = symmetries["sample"]
    listed = ["the list of known symmetries"]
    for value, change, trust in [
            (6, fewer, []), (6, fewer, listed), (6, {"fields": []}, listed), (5, {}, []),
            # one field twice, a field that is none, a sample that bounds too little
            (6, {"fields": symmetries["fields"][:1] * 2}, []),
            (6, {"fields": [*symmetries["fields"], [[0, 0, "1"]]]}, []),
            (6, {"sample": sample | {"points": sample["points"][:3]}}, []),
            (6, {"sample": sample | {"prime": 4}}, [])]:
        with pytest.raises(CertificateError):
            verify(claim(value, change, trust))
    # The model of two squares to three outputs: 8 is right, and 9 is that without symmetries.
    model = parse_spec("mlp:2,2,3:x^2")
    trial = dimension(model).certificate["evidence"]["trials"][0]
    for trust in ([], listed):
        with pytest.raises(CertificateError):
            verify(certificate(model.describe(), "expected_dimension", 9, "proved", trust, {
                "trial": trial, "symmetries": {"kind": "symmetries", "fields": []}}, {}))


MANY_PATHS = ["mlp:3,5,4:x^2+x:bias", "cnn:3x2c2,2x2:x^2", "attention:d=3,a=2,out=2,t=3,layers=2",
              "gnn:graph=Q3,channels=1x3x1,powers=2:x^2", "gcnn:group=S3,channels=1x2x1,bias=1:x^3",
              "sets:points=4,channels=1x3x2,readout=sum:x^2", "gnn:graph=P4,channels=2x2x1:x^3-x/2"]


def bounds(model: Model) -> tuple:
    return (model.degree_pattern, model.parameter_degree, model.input_degree, model.denominator,
            model.height, expansion_bound(model))


@pytest.mark.parametrize("spec", [*MANY_PATHS, *COMPOSED])
def test_bounds_are_those_of_arrays_whose_values_are_all_computed(spec, monkeypatch) -> None:
    def model() -> Model:
        found = COMPOSED[spec] if spec in COMPOSED else parse_spec(spec)
        return Model(found.layers, found.input_shape)

    few = bounds(model())
    monkeypatch.setattr(FewValues, "constant", lambda *_: (_ for _ in ()).throw(TypeError()))
    assert bounds(model()) == few


@pytest.mark.parametrize("spec", MANY_PATHS)
def test_ways_of_finding_a_rank_agree(spec: str, monkeypatch) -> None:
    """Few rows and all of them, parts of the inputs and all of them, gathers and products."""
    model = parse_spec(spec)
    found = dimension(model, seed=3)
    prime, generator = 32003, random.Random(spec)
    w = [generator.randrange(prime) for _ in range(model.parameter_count)]
    x = np.array([[generator.randrange(prime) for _ in range(model.input_count)]
                  for _ in range(11)])
    rows = jacobian_at(model, w, x, prime)
    monkeypatch.setattr(modular, "MOST_VALUES", 3)
    monkeypatch.setattr(matrix_spaces, "DENSE", 0)
    monkeypatch.setattr(dimensions, "FIRST_ROWS", 1)
    assert (jacobian_at(model, w, x, prime) == rows).all()
    assert dimension(model, seed=3) == found


def test_values_are_added_at_places_that_occur_several_times() -> None:
    generator = np.random.default_rng(5)
    for shape in ((7,), (3, 4), (6, 2)):
        table = generator.integers(0, 5, shape)
        values = generator.integers(0, 100, (2, 3, *shape))
        total, plain = np.ones((2, 2, 3, 5), dtype=np.int64)
        modular._scatter(total, (Ellipsis, table), values)
        np.add.at(plain, (Ellipsis, table), values)
        assert (total == plain).all()


@pytest.mark.parametrize("spec, dimension", [
    ("bispectral:group=Z4,channels=1x2", 5),  # all cubic invariants, with more parameters
    ("gnn:graph=K4,channels=1x1,powers=3", 2),
    ("powersums:points=3,degree=2,widths=2x2", 4)])
def test_linear_equations_prove_a_dimension(spec: str, dimension: int) -> None:
    found = dimensions.dimension(parse_spec(spec), 1)
    assert found == dimension and found.status == "proved"
    assert verify(found.certificate).trust == ()
