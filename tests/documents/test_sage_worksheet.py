"""A worksheet: Sage's preparser, its objects as input, what it shows, and where one goes on."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest
from conftest import slow
from sage_examples import WorksheetParser, failures, worksheet_names

from neuroalg_sage import (
    CNN,
    ERM,
    MLP,
    Activation,
    InputError,
    Model,
    NeuroManifold,
    from_expressions,
    from_sage,
    verify,
)
from neuroalg_sage.invariants.answers.invariant import Invariant

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", autouse=True)
def sage() -> None:
    import sage.all__sagemath_modules  # noqa: F401
    import sage.all__sagemath_schemes  # noqa: F401
    import sage.all__sagemath_singular  # noqa: F401


def ring(names: str, base=None):
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    return PolynomialRing(QQ if base is None else base, names)


def matrix(rows):
    from sage.matrix.constructor import matrix
    from sage.rings.rational_field import QQ

    return matrix(QQ, rows)


# -- the examples of the documentation ------------------------------------------------------

MODULES = ("models.families", "models.model", "models.layers", "models.sources", "models.relu",
           "invariants.dynamics.flows", "invariants.dimension.functions",
           "invariants.answers.invariant", "invariants.training.training",
           "invariants.distance.quadratic_forms", "invariants.training.interpolation",
           "neuromanifold", *(f"neuromanifold.{path.stem}" for path in sorted(
               (ROOT / "neuroalg_sage" / "neuromanifold").glob("[!_]*.py"))))


# Of which the numbers of Python are tried on every commit, and few examples are about numbers.
LONG = "neuromanifold.real", "neuromanifold.training", "neuromanifold.distance"


@pytest.mark.parametrize("module", [slow(name) if name in LONG else name for name in MODULES])
def test_every_example_holds_with_the_numbers_of_sage(module) -> None:
    failed, tried, printed = failures(import_module(f"neuroalg_sage.{module}"))
    assert tried > 1 and failed == 0, printed


def test_the_tour_holds_in_a_worksheet() -> None:
    import doctest

    failed, tried = doctest.testfile(
        str(ROOT / "README.md"), module_relative=False, parser=WorksheetParser(),
        extraglobs=worksheet_names(),
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert tried > 8 and failed == 0


def test_public_methods_have_examples() -> None:
    """Every method that a user of NeuroManifold calls shows how."""
    lacking = [name for name, member in vars(NeuroManifold).items()
               if not name.startswith("_") and callable(member)
               and "EXAMPLES" not in (member.__doc__ or "")]
    assert not lacking


# -- input -----------------------------------------------------------------------------------


def test_a_parametrized_variety() -> None:
    s, t = ring("s, t").gens()
    cubic = [s**3, s**2 * t, s * t**2, t**3]
    for given in (cubic, tuple(cubic), ring("z0, z1, z2, z3").hom(cubic)):
        manifold = NeuroManifold(given)
        assert (manifold.dimension(), manifold.ambient_dimension(), manifold.degree()) == (2, 4, 3)
        assert manifold.model.parameter_names == ("s", "t")


def test_a_map_of_affine_spaces() -> None:
    from sage.rings.rational_field import QQ
    from sage.schemes.affine.affine_space import AffineSpace

    plane, space = AffineSpace(QQ, 2, "x_0, x_1"), AffineSpace(QQ, 3, "z")
    a, b = plane.gens()
    manifold = NeuroManifold(plane.hom([a**2, 2 * a * b, b**2], space))
    assert manifold.degree() == 2 and manifold.model.input_names == ("y_0", "y_1", "y_2")
    assert str(manifold.ideal().gens()) == "[z_1^2 - 4*z_0*z_2]"


def test_coefficients_that_are_polynomials_in_the_parameters() -> None:
    a, b, c = ring("a, b, c").gens()
    x, y = ring("x, y", a.parent()).gens()
    nested = from_sage([c * (a * x + b * y)**2, c * x])
    a, b, c, x, y = ring("a, b, c, x, y").gens()
    flat = [c * (a * x + b * y)**2, c * x]
    text = from_expressions(["c*(a*x + b*y)^2", "c*x"], ["a", "b", "c"], ["x", "y"])
    assert nested == from_sage(flat, [a, b, c], [x, y]) == text
    assert from_sage(flat, inputs=[x, y]) == from_sage(flat, ["a", "b", "c"]) == text


def test_symbolic_expressions_of_sympy_too() -> None:
    from sympy import symbols

    a, x = symbols("a x")
    assert from_sage([a * x**2 / 3], [a], [x]) == from_expressions(["a*x^2/3"], ["a"], ["x"])


def test_activations_widths_and_filters() -> None:
    from sage.rings.integer import Integer

    x = ring("x").gen()
    assert MLP([Integer(2), Integer(2), Integer(3)], x**2 + x / 2) == MLP([2, 2, 3], "x^2 + x/2")
    assert Activation(x**3) == Activation([Integer(0), 0, 0, Integer(1)]) == Activation("x^3")
    assert CNN([Integer(3), (Integer(2), Integer(2))], x**2) == CNN([3, (2, 2)], "x^2")


@pytest.mark.parametrize("make", [
    lambda x, y: [x, y],
    lambda x, y: [1, 0, 0, 1],
    lambda x, y: matrix([[1, 0], [0, 1]]),
    lambda x, y: matrix([[1, 0], [0, 1]]).list(),
    lambda x, y: matrix([[1, 0, 0, 1]]).row(0),
    lambda x, y: [[1, 0], [0, 1]],
])
def test_functions(make) -> None:
    x, y = ring("x, y").gens()
    assert NeuroManifold("linear:2,1,2").fiber(make(x, y)).function == (1, 0, 0, 1)


def test_variables_are_known_by_their_names_first() -> None:
    x_1, x_0 = ring("x_1, x_0").gens()
    assert NeuroManifold("mlp:2,1,1:x^2").fiber(x_0**2 + 3 * x_0 * x_1).function == (1, 3, 0)


def test_data_of_sage() -> None:
    from sage.rings.rational import Rational
    from sage.rings.real_mpfr import RR, create_RealNumber

    exact = [["1", "0", "1/3"], ["0", "1", "2"], ["1", "1", "-1"]]
    expected = ERM("mlp:2,2,1:x^2", exact).describe()
    assert ERM("mlp:2,2,1:x^2", matrix([list(map(Rational, r)) for r in exact])
               ).describe() == expected
    assert ERM("mlp:2,2,1:x^2", matrix([[1, 0], [0, 1], [1, 1]]),
               matrix([[Rational("1/3")], [2], [-1]])).describe() == expected
    # A literal is what is written; any other floating-point number is what it is.
    literal = ERM("linear:1,1", [[create_RealNumber("0.1"), 1]])
    assert literal.describe()["quadratic"] == [[0, 0, "1/100"]] and "written" in literal.source
    binary = ERM("linear:1,1", [[RR(1) / 3, 1]])
    assert Fraction(binary.describe()["linear"][0]) == Fraction(1 / 3)
    assert "binary" in binary.source


def test_certificates_hold_numbers_of_python() -> None:
    from sage.rings.integer import Integer

    manifold = NeuroManifold(MLP([Integer(2), Integer(2), Integer(2)], "x^2"),
                             seed=Integer(1), timeout=Integer(60), degree=Integer(2))
    for found in (manifold.dimension(), manifold.hilbert_function(Integer(2)),
                  manifold.conservation_laws(Integer(2)),
                  manifold.fiber([Integer(1)] * 6).in_closure):
        import json

        assert verify(json.loads(json.dumps(found.certificate))).value is not None


@pytest.mark.parametrize(("make", "words"), [
    (lambda x, y: NeuroManifold([]), "polynomials of one ring"),
    (lambda x, y: NeuroManifold(3), "polynomials of one ring"),
    (lambda x, y: NeuroManifold([x / (x + y)]), "denominator is not a number"),
    (lambda x, y: NeuroManifold([x, ring("x").gen()]), "polynomials of one ring"),
    (lambda x, y: from_sage([x * y], [x], ["z"]), "is not a polynomial in x, z"),
    (lambda x, y: from_sage([x * y], [x], [x]), "is not a polynomial in|different"),
    (lambda x, y: NeuroManifold("linear:2,1,2").fiber(x), "4 coordinates"),
    (lambda x, y: NeuroManifold("linear:2,1,2").fiber([x**2, y]), "not among the monomials"),
    (lambda x, y: NeuroManifold("linear:2,1,2").fiber(matrix([[1, 2]])), "4 coordinates"),
    (lambda x, y: MLP([2, 2], x * y), "activation"),
    (lambda x, y: MLP([2, 2], x.parent().one()), "constant"),
])
def test_wrong_input_is_one_sentence(make, words) -> None:
    with pytest.raises(InputError, match=words) as caught:
        make(*ring("x, y").gens())
    assert "\n" not in str(caught.value)


def test_coefficients_modulo_a_prime_are_not_taken_for_rational_numbers() -> None:
    from sage.rings.finite_rings.finite_field_constructor import GF

    x, y = ring("x, y", GF(7)).gens()
    with pytest.raises(InputError, match="Finite Field of size 7"):
        NeuroManifold([x**2, x * y])


# -- output ----------------------------------------------------------------------------------


def test_latex_says_the_status() -> None:
    manifold = NeuroManifold("linear:3,2,3")
    assert manifold.dimension()._latex_() == r"8 \quad \text{(proved)}"
    ideal = manifold.ideal()._latex_()
    assert r"= I_{3}\left(\begin{array}{rrr}" in ideal and "Hochster, Eagon" in ideal
    assert "z_{0}" in manifold.equations()._latex_()
    assert manifold.descriptions()._latex_().count(r"I(M) = I_{3}") >= 1
    assert "w_{0}" in manifold.conservation_laws(2)._latex_()
    assert r"\subset \mathbb{R}^{9}" in manifold._latex_()
    assert manifold.model._latex_() == (r"\mathbb{R}^{3} \xrightarrow{W_{1}} \mathbb{R}^{2} "
                                        r"\xrightarrow{W_{2}} \mathbb{R}^{3}")
    assert manifold.parametrization()._latex_().count(r"\\") == 8


@pytest.mark.parametrize("spec", ["mlp:2,1,2:x^3", "cnn:2,2:x^2", "mlp:3,1,1:x^2:bias",
                                  "attention:d=1,a=1,out=1,t=2"])
def test_latex_is_balanced(spec) -> None:
    manifold = NeuroManifold(spec)
    shown = [manifold, manifold.model, manifold.parametrization(), manifold.dimension(),
             manifold.ideal(), manifold.degree(), manifold.descriptions(),
             manifold.singular_locus(), manifold.conservation_laws(2)]
    for answer in shown:
        text = answer._repr_latex_()
        assert text.startswith("$") and text.endswith("$")
        assert text.count(r"\begin{") == text.count(r"\end{")
        assert text.count(r"\left") == text.count(r"\right") + text.count(r"\leftarrow")
        plain = text.replace(r"\{", "").replace(r"\}", "")
        assert plain.count("{") == plain.count("}")


def test_what_is_too_long_for_a_page_is_left_to_its_text() -> None:
    long = Invariant("equations", ["x" * 30_000], "numerical", "by hand")
    assert long._repr_latex_() is None


def test_a_display_never_hides_the_status() -> None:
    class Frame:
        def _repr_html_(self) -> str:
            return "<b>8</b>"

    assert not hasattr(Invariant("dimension", Frame(), "numerical", ""), "_repr_html_")


def test_names_do_not_hide_those_of_sage() -> None:
    """What ``from neuroalg_sage import *`` brings is no name of Sage's."""
    import neuroalg_sage

    everything = pytest.importorskip("sage.all", reason="only parts of Sage are installed")
    assert not set(neuroalg_sage.__all__) & set(vars(everything))


# -- going on --------------------------------------------------------------------------------


def test_an_answer_computes_with_numbers_of_sage() -> None:
    from sage.rings.integer import Integer
    from sage.rings.integer_ring import ZZ
    from sage.rings.rational_field import QQ

    degree = NeuroManifold("mlp:2,2,3:x^2").degree()
    assert degree.status == "proved"
    assert (ZZ(degree), QQ(degree), degree.sage().parent()) == (3, 3, ZZ)
    assert Integer(5) - degree == 2 and degree / Integer(2) == QQ(3) / 2 and degree**2 == 9
    assert Integer(2) * degree == 6 and Integer(3) == degree and -degree == -3


def test_the_ideal_goes_on_in_sage() -> None:
    manifold = NeuroManifold("mlp:2,2,3:x^2")
    ideal = manifold.ideal()
    z = ideal.ring().gens()
    assert ideal.groebner_basis() == ideal.value.groebner_basis()
    assert ideal.dimension() == manifold.dimension()
    assert ideal.hilbert_polynomial() == ideal.value.hilbert_polynomial()
    other = ideal.ring().ideal(z[0])
    assert (ideal + other).dimension() == 7 and other.intersection(ideal.sage()) <= ideal.sage()
    assert ideal.gens()[0] in ideal and ideal.elimination_ideal([z[0]]).is_zero()
    assert ideal.is_prime() and "groebner_basis" in dir(ideal)
    hilbert = manifold.hilbert_polynomial()
    assert hilbert(10) == manifold.hilbert_function(10)[9]


def test_the_closure_is_a_scheme() -> None:
    variety = NeuroManifold("mlp:2,1,2:x^2").zariski_closure()
    hyperplane = variety.ambient_space().subscheme([variety.ambient_space().gen(0)])
    assert variety.dimension() == 3 and variety.intersection(hyperplane).dimension() == 2


def test_the_maps() -> None:
    manifold = NeuroManifold("mlp:2,1,2:x^2")
    assert manifold.pullback().kernel() == manifold.ideal()
    point = manifold.morphism()([1, 2, 3, 4])
    assert all(g(*point) == 0 for g in manifold.ideal().gens())
    assert NeuroManifold(manifold.pullback()).ideal() == manifold.ideal()


def test_singular_and_macaulay2() -> None:
    from conftest import macaulay2_command
    from sage.interfaces.macaulay2 import Macaulay2
    from sage.interfaces.singular import Singular

    manifold = NeuroManifold("mlp:2,2,3:x^2")
    singular = Singular()
    assert str(singular(manifold).std().dim()) == "8"
    assert str(singular(manifold.ideal()).std().mult()) == "3"
    macaulay2 = Macaulay2(command=macaulay2_command())
    assert int(macaulay2(manifold).degree().sage()) == 3
    assert int(macaulay2(manifold.ideal()).codim().sage()) == 1


# -- copies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy,
                                       lambda x: pickle.loads(pickle.dumps(x))])
def test_models_and_results_are_copied(duplicate) -> None:
    manifold = NeuroManifold("mlp:2,1,2:x^2", seed=5)
    answers = [manifold.dimension(), manifold.ideal(), manifold.degree(),
               manifold.hilbert_polynomial(), manifold.descriptions(), manifold.singular_locus(),
               manifold.conservation_laws(2), manifold.is_identifiable()]
    for answer in answers:
        again = duplicate(answer)
        assert type(again) is type(answer) and repr(again) == repr(answer)
        assert again.certificate == answer.certificate
    again = duplicate(manifold)
    assert again.dimension() == 3 and again.model == manifold.model and again.seed == 5
    assert duplicate(manifold.model) == manifold.model
    fiber = manifold.fiber(parameters=[1, 2, 3, 4])
    assert str(duplicate(fiber)) == str(fiber)
    assert isinstance(duplicate(manifold.model), Model)


def test_sage_saves_and_loads(tmp_path) -> None:
    from sage.misc.persist import load, save

    manifold = NeuroManifold("linear:2,1,2")
    manifold.ideal()
    save(manifold, str(tmp_path / "manifold"))
    assert load(str(tmp_path / "manifold.sobj")).ideal() == manifold.ideal()
