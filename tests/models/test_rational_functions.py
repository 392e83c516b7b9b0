"""Networks that divide or take a root: values, dimensions, known varieties, and their limits."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from typing import Any

import pytest
from flint import nmod_mat

from neuroalg_sage import ERM, NeuroManifold, compare, questions
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CLAIMS, CertificateError, verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation, Chain, Dense, Sum
from neuroalg_sage.models.model import Model, compose
from neuroalg_sage.models.rational_layers import EntrywiseQuotient, RationalActivation
from neuroalg_sage.models.sources import from_expressions, from_sympy, load_model, model_from_data

PRIME = 1_000_003
INVERSE, BUMP = RationalActivation((1,), (0, 1)), RationalActivation((0, 1), (1, 0, 1))


# -- another evaluation, at numbers ----------------------------------------------------------


class Dual:
    """A residue with the derivatives by all parameters: a ring and a field of its own."""

    def __init__(self, value: int, derivatives: list[int]) -> None:
        self.value, self.derivatives = value % PRIME, derivatives

    def __add__(self, other: Any) -> Dual:
        return Dual(self.value + other.value,
                    [a + b for a, b in zip(self.derivatives, other.derivatives)])

    def __mul__(self, other: Any) -> Dual:
        return Dual(self.value * other.value,
                    [(a * other.value + self.value * b) % PRIME
                     for a, b in zip(self.derivatives, other.derivatives)])

    def __truediv__(self, other: Any) -> Dual:
        inverse = pow(other.value, -1, PRIME)
        value = self.value * inverse % PRIME
        return Dual(value, [(a - value * b) * inverse % PRIME
                            for a, b in zip(self.derivatives, other.derivatives)])


def evaluated(p: list[int], x: Any, number: Any) -> Any:
    """A polynomial at x, by Horner's rule."""
    total = number(0)
    for c in reversed(p):
        total = total * x + number(c)
    return total


def network(widths: list[int], p: list[int], q: list[int], bias: bool, w: list[Any], x: list[Any],
            number: Any) -> list[Any]:
    """A network with the activation p/q, written out."""
    state, place = x, 0
    for k, (a, b) in enumerate(zip(widths, widths[1:])):
        made = []
        for i in range(b):
            total = w[place + a * b + i] if bias else number(0)
            for j in range(a):
                total = total + w[place + i * a + j] * state[j]
            made.append(total)
        place += a * b + b * bias
        state = made if k == len(widths) - 2 else [
            evaluated(p, y, number) / evaluated(q, y, number) for y in made]
    return state


NETWORKS = [
    ("mlp:1,1,1:x/(1+x^2)", [1, 1, 1], [0, 1], [1, 0, 1], False),
    ("mlp:1,2,1:1/x:bias", [1, 2, 1], [1], [0, 1], True),
    ("mlp:2,2,1:x/(1+x^2)", [2, 2, 1], [0, 1], [1, 0, 1], False),
    ("mlp:1,1,1,1:1/x:bias", [1, 1, 1, 1], [1], [0, 1], True),
    ("mlp:1,2,2:(x^2-3)/(x+1)", [1, 2, 2], [-3, 0, 1], [1, 1], False),
    ("mlp:2,1,2:1/(x^2+1):bias", [2, 1, 2], [1], [1, 0, 1], True),
]
each = pytest.mark.parametrize("spec, widths, p, q, bias", NETWORKS,
                               ids=[spec for spec, *_ in NETWORKS])


@each
def test_the_cone_has_the_values_of_the_network(spec: str, widths: list[int], p: list[int],
                                                q: list[int], bias: bool) -> None:
    model, generator = parse_spec(spec), random.Random(5)
    for _ in range(5):
        w = [Fraction(generator.randint(-9, 9), generator.randint(1, 9))
             for _ in range(model.parameter_count)]
        x = [Fraction(generator.randint(-9, 9), 7) for _ in range(widths[0])]
        w[-1] = w[-1] or Fraction(1)
        try:
            expected = network(widths, p, q, bias, w[:-1], x, Fraction)
        except ZeroDivisionError:
            continue
        *above, below = _values(model, w, x)
        if below:  # else factors cancel at these parameters
            assert [a / below for a in above] == expected


def _values(model: Model, w: list[Fraction], x: list[Fraction]) -> list[Fraction]:
    """The outputs of a polynomial layer, term by term."""
    found = []
    for terms in model.layers[0].outputs:  # type: ignore[attr-defined]
        total = Fraction(0)
        for exponents, c in terms:
            for base, k in zip([*w, *x], exponents):
                c *= base**k
            total += c
        found.append(total)
    return found


def rank_of_the_functions(count: int, inputs: int, function: Any) -> int:
    """The rank of the derivatives by the parameters, at random inputs, modulo a prime."""
    generator = random.Random(11)

    def constant(c: int) -> Dual:
        return Dual(c, [0] * count)

    w = [Dual(generator.randrange(PRIME), [int(i == j) for j in range(count)])
         for i in range(count)]
    rows = []
    while len(rows) < count + 5:
        x = [constant(generator.randrange(PRIME)) for _ in range(inputs)]
        rows += [y.derivatives for y in function(w, x, constant)]
    return nmod_mat(len(rows), count, [c for row in rows for c in row], PRIME).rank()


@each
def test_the_dimension_is_that_of_the_functions_and_one_more(
        spec: str, widths: list[int], p: list[int], q: list[int], bias: bool) -> None:
    manifold = NeuroManifold(spec, seed=1)
    found = manifold.dimension()
    rank = rank_of_the_functions(
        manifold.model.parameter_count - 1, widths[0],
        lambda w, x, number: network(widths, p, q, bias, w, x, number))
    assert found.data == rank + 1 and manifold.model.scales == 1
    assert found.sentence() == f"{rank + 1}, of the cone; the functions have dimension {rank}"
    if found.certificate is not None:
        verify(found.certificate)


# -- known varieties -------------------------------------------------------------------------


@pytest.mark.parametrize("outputs, parameters, n, dimension", [
    ("(a*x + b)/(c*x + d)", "a b c d", 4, 4),  # all Moebius transformations: P^3
    ("a/(b*x + c)", "a b c", 3, 3),
    # Partial fractions with k poles are dense in the functions of degree (k-1, k).
    ("a/(b*x + c) + d/(e*x + f)", "a b c d e f", 5, 5),
    ("a/(x + c) + d/(x + f) + g/(x + h)", "a c d f g h", 7, 7),
    # Of Cauchy type: a product of linear forms below, and its terms stand for three parameters.
    ("a/((x - b)*(y - c))", "a b c", 7, 4),
    ("a*x^2/(x^2 + b)", "a b", 3, 3),  # even: neither x nor x^3 occurs
    ("a/b*x", "a b", 2, 2),
])
def test_known_families_have_their_dimensions(outputs: str, parameters: str, n: int,
                                              dimension: int) -> None:
    inputs = "x, y" if "y" in outputs else "x"
    manifold = NeuroManifold(from_expressions(outputs, parameters, inputs), seed=1)
    found = manifold.dimension()
    assert (manifold.model.ambient_dimension, found.data, found.status) == (n, dimension, "proved")
    assert found.certificate is not None and verify(found.certificate).value == dimension
    assert manifold.is_filling().data == (n == dimension)


def test_the_poles_of_a_product_make_a_quadric() -> None:
    manifold = NeuroManifold(from_expressions("a/((x - b)*(y - c))", "a b c", "x y"), seed=1)
    ideal, degree = manifold.ideal(), manifold.degree()
    # D = d (x - b)(y - c): no squares, and the four coefficients are a matrix of rank one.
    assert degree.data == 2 and sorted(len(g) for g in ideal.data) == [1, 1, 2]
    assert verify(ideal.certificate).trust == ()


@pytest.mark.parametrize("d", [1, 2, 3])
def test_one_bump_is_a_veronese_variety_projected_from_a_point(d: int) -> None:
    # Quadrics in d + 1 variables without one square: the system 2H - E on the blow-up of a point of
    # P^d, of degree 2^d - 1; the constant of the denominator makes a cone over it.
    manifold = NeuroManifold(f"mlp:{d},1,1:x/(1+x^2)", seed=1)
    degree = manifold.degree()
    assert (manifold.dimension().data, degree.data) == (d + 2, 2**d - 1)
    assert verify(degree.certificate).value == 2**d - 1


def test_claims_and_questions_are_of_cones_alike() -> None:
    for question in questions.own().values():
        assert all(CLAIMS[name].of_cones == question.of_cones for name in question.claims)


def test_moebius_transformations_composed_are_moebius_transformations() -> None:
    for spec in ("mlp:1,1,1:1/x:bias", "mlp:1,1,1,1:1/x:bias", "mlp:1,1,1,1,1:1/x:bias"):
        model = parse_spec(spec)
        assert model.degree_pattern == ((1, 0), (1, 0))
        assert NeuroManifold(model, seed=1).is_filling().data


def test_what_cancels_is_polynomial() -> None:
    model = from_expressions("(a*x^2 - a)/(x - 1)", "a", "x")
    assert (model.cone, model.parameter_names, model.degree_pattern) == (None, ("a",), ((1, 0),))
    assert compose([Dense(1, 1), INVERSE, INVERSE]).layers == from_expressions(
        "w_0*x_0", "w_0", "x_0").layers
    assert parse_spec("mlp:1,2,1:(x^3 + x)/(x^2 + 1)").spec == "linear:1,2,1"
    assert parse_spec("mlp:1,2,1:2*x/(2*x^2+2)").spec == parse_spec("mlp:1,2,1:x/(x^2+1)").spec


def test_identifiability_is_that_of_the_functions() -> None:
    # a x/(1 + b^2 x^2): b and -b, and with -a each.
    fiber = NeuroManifold("mlp:1,1,1:x/(1+x^2)", seed=1).generic_fiber()
    assert fiber.certificate is not None and fiber.certificate["claim"]["value"] == [0, 2, 2]
    assert verify(fiber.certificate).trust == ()
    # (a x + b)/(c x + d): one factor for all.
    assert NeuroManifold(from_expressions("(a*x + b)/(c*x + d)", "a b c d", "x"), seed=1
                         ).generic_fiber().certificate["claim"]["value"][0] == 1


def test_division_stands_in_composites() -> None:
    model = compose([Sum((Chain(), Chain((Dense(1, 2), BUMP, Dense(2, 1)))))])
    found = NeuroManifold(model, seed=1).dimension()
    # x + a b x/(1 + b^2 x^2) + ...: four parameters, and the scale.
    assert found.data == 5 and verify(found.certificate).value == 5


# -- input and output ------------------------------------------------------------------------


def test_sources_agree() -> None:
    import sympy

    a, b, x = sympy.symbols("a b x")
    models = [from_expressions("a/(x + b) + 1", "a b", "x"),
              from_sympy(a / (x + b) + 1, [a, b], x),
              model_from_data({"parameters": ["a", "b"], "inputs": ["x"],
                               "outputs": ["a/(x + b) + 1"]}),
              load_model({"parameters": ["a", "b"], "inputs": ["x"],
                          "outputs": ["(a + b + x)/(b + x)"]})]
    assert len({model.layers[0].outputs for model in models}) == 1  # type: ignore[attr-defined]


def test_sage_gives_fractions() -> None:
    import sage.all__sagemath_singular  # noqa: F401
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    from neuroalg_sage.models.sources import from_sage

    a, b, x = PolynomialRing(QQ, "a, b, x").gens()
    model = from_sage([a / (x + b)], parameters=[a, b])
    assert model.layers == from_expressions("a/(x + b)", "a b", "x").layers
    # Coefficients in a field of fractions; and fractions of polynomials over one.
    field = PolynomialRing(QQ, "a, b").fraction_field()
    a, b = field.gens()
    x = PolynomialRing(field, "x").gen()
    for value, text in ((a / b * x**2 + 1 / a, "a/b*x^2 + 1/a"),
                        ((a / b * x) / (x - a), "a*x/(b*(x - a))")):
        assert from_sage([value]).layers[0].outputs == (  # type: ignore[attr-defined]
            from_expressions(text, "a b", "x").layers[0].outputs)  # type: ignore[attr-defined]


@pytest.mark.parametrize("spec", ["mlp:1,2,1:1/x:bias", "cnn:2,2:1/x", "mlp:2,2,1:x/(1+x^2)"])
def test_a_model_is_read_back_from_its_description(spec: str) -> None:
    model = parse_spec(spec)
    described = model.describe()
    assert model_from_data(described).layers == model.layers
    assert parse_spec(str(model.spec)).layers == model.layers
    assert model_from_data({name: described[name] for name in ("input_shape", "layers")}
                           ).layers == model.layers
    changed = copy.deepcopy(described)
    changed["layers"][0]["denominator"][0][1] = "5"
    with pytest.raises(InputError, match="not the cone"):
        model_from_data(changed)


@pytest.mark.parametrize("make, message", [
    (lambda: parse_spec("mlp:1,2,1:1/(x-x)"), "divides by zero"),
    (lambda: parse_spec("mlp:1,2,1:x/0"), "divides by zero"),
    (lambda: parse_spec("mlp:1,2,1:(x+1)/(2*x+2)"), "constant"),
    (lambda: from_expressions("1/(a - a)", "a", "x"), "divides by zero"),
    (lambda: from_expressions("a/x^(1/2)", "a", "x"), "whole number"),
    (lambda: compose([Dense(1, 1), RationalActivation((0, 1), (0,))]), "no zero polynomial"),
    (lambda: RationalActivation((0, 1), (0, 0, 1)), "common factor"),
    (lambda: RationalActivation((2,), (3,)), "no constant"),
    (lambda: compose([Dense(1, 3), EntrywiseQuotient()]), "as many denominators"),
    (lambda: model_from_data({"input_shape": [1], "layers": [
        {"kind": "dense", "inputs": 1, "outputs": 1},
        {"kind": "rational activation", "numerator": [1]}]}), "lacks 'denominator'"),
    (lambda: from_expressions("a/(x^150 + b)^2", "a b", "x"), "largest allowed"),
])
def test_wrong_input_gets_one_sentence(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_denominator_that_vanishes_identically_is_refused() -> None:
    # 1/(y - y)
    difference = Sum((Chain(), Activation("-x")))
    with pytest.raises(InputError, match="vanishes identically"):
        compose([Dense(1, 1), difference, INVERSE])


def test_questions_that_are_not_about_cones_are_refused() -> None:
    manifold = NeuroManifold("mlp:1,1,1:1/x:bias", seed=1)
    asked = [q for q in questions.own().values() if q.of.endswith("NeuroManifold")]
    assert [q.name for q in asked if q.of_cones]
    for question in asked:
        if question.is_computed and not question.of_cones:
            with pytest.raises(InputError, match="is about polynomial models"):
                manifold.compute(question.name)
    for refused in (lambda: manifold.fiber([1, 0, 0, 1]), lambda: manifold.plot(),
                    lambda: manifold.covering_number("1/2", radius=1),
                    lambda: manifold.real_preimage_numbers(), lambda: manifold.at([1] * 5),
                    lambda: manifold.script("conservation_laws"),
                    lambda: ERM(manifold.model, [[1, 2]])):
        with pytest.raises(InputError, match="about polynomial models"):
            refused()


def test_a_table_counts_parameters_without_the_scale() -> None:
    table = compare(["mlp:1,1,1:1/x:bias", "mlp:1,1,1:x^2:bias"], ["dimension"], jobs=1)
    assert [row.parameters for row in table.rows] == [4, 4]


# -- certificates ----------------------------------------------------------------------------


def test_the_checker_finds_each_change_of_the_cone() -> None:
    found = NeuroManifold("mlp:1,2,1:x/(1+x^2)", seed=1).dimension()
    certificate = found.certificate
    assert certificate is not None
    verify(certificate)

    def attack(change: Any) -> None:
        forged = copy.deepcopy(certificate)
        change(forged["model"]["layers"][0])
        forged["digest"] = digest(forged)
        with pytest.raises(CertificateError):
            verify(forged)

    def twice(layer: dict[str, Any]) -> None:
        # N and D times x + 1: the functions are the same, their tuple is not reduced.
        for name in ("plain", "denominator"):
            parts = layer[name] if name == "plain" else [layer[name]]
            made = []
            for terms in parts:
                total: dict[tuple[int, ...], Fraction] = {}
                for exponents, c in terms:
                    for more in (0, 1):
                        e = (*exponents[:-1], exponents[-1] + more)
                        total[e] = total.get(e, Fraction(0)) + Fraction(c)
                made.append([[list(e), str(c)] for e, c in total.items() if c])
            layer[name] = made if name == "plain" else made[0]

    attack(twice)
    attack(lambda layer: layer["plain"][0][0].__setitem__(1, "7"))
    attack(lambda layer: layer["denominator"][0].__setitem__(1, "7"))
    attack(lambda layer: layer.__setitem__("scales", 2))
    attack(lambda layer: layer["layers"][1].__setitem__("denominator", ["1", "0", "2"]))
    attack(lambda layer: layer["layers"][0].__setitem__("bias", True))
    attack(lambda layer: layer["witness"].__setitem__("direction", [0]))
    attack(lambda layer: layer["witness"].__setitem__("parameters", [0, 0, 0, 0]))
    attack(lambda layer: layer["witness"].__setitem__("prime", 4))
    attack(lambda layer: layer.__setitem__("denominator", []))
