"""
All, thick or thin, dense, closed: known answers, each derived again, and the lemmas behind them.

What is derived by hand stands beside the answer; where random points or numbers of another program
can contradict a lemma, they are asked to.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from claims import changed, changed_at

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.real.paths import monomial_limits
from neuroalg_sage.invariants.real.power_networks import power_network
from neuroalg_sage.invariants.real.sections import rational_section, section
from neuroalg_sage.invariants.real.witnesses import limit_witness, open_witness
from neuroalg_sage.models.expressions import Polynomial, value
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.model import compose
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions

# Spec, then trichotomy, dense, closed, with the reason.
KNOWN = [
    # The cone z_1^2 = 4 z_0 z_2 of all b l^2; both signs of b.
    ("mlp:2,1,1:x^2", "thin", False, True),
    # Matrices of bounded rank.
    ("linear:3,2,3", "thin", False, True), ("linear:2,3,2", "all", True, True),
    ("linear:3,2,2", "all", True, True), ("linear:4,1,1,2", "thin", False, True),
    # Products of real linear forms: the discriminant is not negative; x^2 + y^2 is none.
    ("cnn:2,2", "thick", False, True), ("cnn:2,2,2", "thick", False, True),
    # A real cubic has a real root, and a real quartic two real quadratic factors.
    ("cnn:3,2", "all", True, True), ("cnn:3,3", "all", True, True),
    # (x^2 + y^2)^2 has no real root.
    ("cnn:3,2,2", "thick", False, True), ("cnn:4,2", "thick", False, True),
    # Sums of two real cubes have one real root, unless they are cubes.
    ("mlp:2,2,1:x^3", "thick", False, False), ("mlp:2,3,1:x^3", "all", True, True),
    ("mlp:2,3,1:x^4", "thick", False, False), ("mlp:2,4,1:x^4", "all", True, True),
    ("mlp:2,3,1:x^5", "thick", False, False), ("mlp:2,4,1:x^5", "thick", False, False),
    ("mlp:2,5,1:x^5", "all", True, True), ("mlp:2,4,1:x^6", "thick", False, False),
    # Symmetric matrices of rank at most r.
    ("mlp:3,1,1:x^2", "thin", False, True), ("mlp:3,2,1:x^2", "thin", False, True),
    ("mlp:3,3,1:x^2", "all", True, True), ("mlp:2,2,1:x^2", "all", True, True),
    # Three quadratic forms in two squares: their determinant vanishes.
    ("mlp:2,2,3:x^2", "thin", False, False),
    # The quadratic form apolar to both outputs has two different real roots, or ...
    ("mlp:2,2,2:x^2", "thick", False, False), ("mlp:2,3,2:x^2", "all", True, True),
    ("mlp:2,3,2:x^3", "thick", False, False),
    # Quartics that are quadratic forms in two squares: no triple root.
    ("mlp:2,2,2,1:x^2", "thick", True, False), ("mlp:3,2,2,1:x^2", "thin", False, False),
    # g h = ((g + h)^2 - (g - h)^2) / 4, and definite forms are sums of two squares.
    ("mlp:2,3,2,1:x^2", "all", True, True),
    # F(l_1^3, l_2^3): nine roots of multiplicity one, or three.
    ("mlp:2,2,2,2:x^3", "thin", False, False), ("mlp:2,2,2,2,1:x^2", "thin", False, False),
    # Multiples of one power of what one unit computes.
    ("mlp:3,3,1,2:x^2", "thin", False, True), ("mlp:2,2,1,2:x^3", "thin", False, False),
]


@pytest.mark.parametrize(("spec", "trichotomy", "dense", "closed"), KNOWN,
                         ids=[known[0] for known in KNOWN])
def test_known_answers(spec: str, trichotomy: str, dense: bool, closed: bool) -> None:
    manifold = NeuroManifold(spec, seed=1, cache=None)
    for name, expected in (("trichotomy", trichotomy), ("is_dense", dense), ("is_closed", closed)):
        found = manifold.compute(name)
        assert found.data == expected and found.status == "proved" and found.trust == []
        assert verify(found.certificate).value == expected
    assert bool(manifold.trichotomy().witness) is (trichotomy == "thick")
    assert bool(manifold.is_closed().witness) is (not closed)


@pytest.mark.parametrize(("outputs", "parameters", "trichotomy", "dense", "closed"), [
    # a = 1 leaves b x + c y.
    (["a*b*x + a*c*y"], "abc", "all", True, True),
    # Each real number is a difference of squares, and each real form of two squares each.
    (["(a^2-b^2)*x"], "ab", "all", True, True),
    (["(a*x+b*y)^2 - (c*x+d*y)^2 + (e*x+f*y)^2 - (g*x+h*y)^2"], "abcdefgh", "all", True, True),
    # No definite form is a difference of two squares, x^2 + y^2 for one; limits of forms with at
    # most one positive and one negative eigenvalue are such.
    (["(a*x+b*y)^2 - (c*x+d*y)^2"], "abcd", "thick", False, True),
    (["(a^2-c^2)*x + (a*b-c*d)*y", "(a*b-c*d)*x + (b^2-d^2)*y"], "abcd", "thin", False, True)])
def test_answers_by_a_description(outputs: list[str], parameters: str, trichotomy: str,
                                  dense: bool, closed: bool) -> None:
    variables = ["x"] if outputs == ["(a^2-b^2)*x"] else ["x", "y"]
    manifold = NeuroManifold(from_expressions(outputs, [*parameters], variables), seed=1,
                             cache=None)
    for name, expected in (("trichotomy", trichotomy), ("is_dense", dense), ("is_closed", closed)):
        found = manifold.compute(name)
        assert found.data == expected and found.status == "proved" and found.trust == []
        assert verify(found.certificate).value == expected


def test_a_description_says_no_more_than_it_does() -> None:
    definite = from_expressions(["(a*x+b*y)^2 - (c*x+d*y)^2"], [*"abcd"], ["x", "y"])
    manifold = NeuroManifold(definite, seed=1, cache=None)
    thick, dense, closed = (manifold.compute(name).certificate for name in (
        "trichotomy", "is_dense", "is_closed"))
    # On the boundary, x^2 is in M, and so is x^2 - y^2.
    for point in (["1", "0", "0"], ["1", "0", "-1"]):
        for certificate in (thick, dense):
            with pytest.raises(CertificateError, match="holds at the function"):
                verify(changed_at(certificate, "evidence", "function", to=point))
    proof = {name: closed["evidence"][name] for name in ("formula", "description")}
    whole = changed_at(changed_at(thick, "claim", "value", to="all"), "evidence",
                       to=proof | {"argument": "description"})
    with pytest.raises(CertificateError, match="has conditions"):
        verify(whole)
    for certificate, *path in ((closed,), (thick, "outside")):
        with pytest.raises(CertificateError, match="formula is wrong"):
            verify(changed_at(certificate, "evidence", *path, "formula", 0, 0, 0, to=">"))
    # The description of sums of two cubes is none of squares with fixed factors.
    cubes = NeuroManifold("mlp:2,2,1:x^3", seed=1, cache=None)
    found = cubes.semialgebraic_description().certificate
    proof = {"formula": found["claim"]["value"], "description": found["evidence"]}
    with pytest.raises(CertificateError, match="another one"):
        verify(changed_at(changed_at(cubes.is_closed().certificate, "claim", "value", to=True),
                          "evidence", to=proof | {"argument": "closed description"}))


# -- the same by random points --------------------------------------------------------------------


def images(spec: str, number: int) -> list[list[Fraction]]:
    """Points of M, of parameters that are small integers."""
    phi, chance = parametrization(parse_spec(spec)), random.Random(1)
    points = ([Fraction(chance.randint(-4, 4)) for _ in range(phi.parameter_count)]
              for _ in range(number))
    return [[value(p, w) for p in phi.polynomials] for w in points]


def coordinates(spec: str, witness: tuple[str, ...]) -> list[Fraction]:
    from neuroalg_sage.invariants.dimension.functions import read_function

    return list(read_function(parametrization(parse_spec(spec)), list(witness)))


def cubic_discriminant(a: Any, b: Any, c: Any, d: Any) -> Any:
    return b**2 * c**2 - 4 * a * c**3 - 4 * b**3 * d + 18 * a * b * c * d - 27 * a**2 * d**2


def apolar_discriminant(z: list[Fraction]) -> Fraction:
    """Of the form p X^2 + q X Y + r Y^2 with p 2 z_0 + q z_1 + r 2 z_2 = 0, for both outputs."""
    (a, b, c), (d, e, f) = z[:3], z[3:]
    u, v = (2 * a, b, 2 * c), (2 * d, e, 2 * f)
    p, q, r = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    return q * q - 4 * p * r


# What is not negative on M, as the derivations say, and negative at a function outside.
SIGNS = {
    "mlp:2,2,1:x^3": lambda z: -cubic_discriminant(*z),
    "cnn:2,2": lambda z: z[1] ** 2 - 4 * z[0] * z[2],
    "cnn:2,2,2": lambda z: cubic_discriminant(*z),
    "mlp:2,2,2:x^2": apolar_discriminant,
}


@pytest.mark.parametrize("spec", SIGNS)
def test_functions_outside_violate_inequalities_that_hold_at_random_points(spec: str) -> None:
    sign = SIGNS[spec]
    signs = [sign(z) for z in images(spec, 1000)]
    assert min(signs) >= 0 < max(signs)
    found = NeuroManifold(spec, cache=None).is_dense()
    assert sign(coordinates(spec, found.witness)) < 0


def roots(coefficients: list[Any]) -> np.ndarray:
    return np.roots([float(c) for c in coefficients])


@pytest.mark.parametrize("spec", ["mlp:2,3,1:x^4", "mlp:2,3,1:x^5", "mlp:2,4,1:x^5",
                                  "mlp:2,4,1:x^6", "mlp:2,5,1:x^7"])
def test_sums_of_few_powers_never_have_real_roots_only(spec: str) -> None:
    """Of random sums in general position, by numerical roots."""
    phi, chance = parametrization(parse_spec(spec)), np.random.default_rng(1)
    degree = len(phi.polynomials) - 1
    units = phi.parameter_count // 3
    for _ in range(400):
        lines, weights = chance.normal(size=(units, 2)), chance.normal(size=units)
        form = sum(w * a**degree * np.poly([-b / a] * degree)
                   for w, (a, b) in zip(weights, lines))
        found = np.roots(form)
        assert sum(abs(found.imag) < 1e-9 * (1 + abs(found))) < degree
    z = coordinates(spec, NeuroManifold(spec, seed=1, cache=None).trichotomy().witness)
    real = roots(z)
    # The root at infinity is lost where the first coefficient is zero.
    assert sum(abs(real.imag) < 1e-6) + (z[0] == 0) == degree


@pytest.mark.parametrize("degree", [2, 3, 4, 5, 6])
def test_binary_forms_are_sums_of_as_many_powers_as_their_degree(degree: int) -> None:
    """
    The lemma, followed by bisection: a path of forms with different real roots from h to -h meets
    one that annihilates f, and the powers at its roots span f.
    """
    chance = np.random.default_rng(degree)
    for _ in range(20):
        f = chance.normal(size=degree + 1)  # f = Σ f_i C(d, i) x^(d-i) y^i
        angles = np.sort(chance.uniform(0, np.pi, degree))
        # Each angle moves on to the next; the last to the first, half a turn further.
        target = np.append(angles[1:], angles[0] + np.pi)

        def apolar(s: float, angles=angles, target=target, f=f) -> float:
            h = np.array([1.0])
            for angle in (1 - s) * angles + s * target:
                h = np.convolve(h, [np.cos(angle), np.sin(angle)])
            return float(h @ f)

        low, high = 0.0, 1.0
        assert apolar(0) * apolar(1) < 0
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if apolar(low) * apolar(middle) > 0 else (low, middle)
        at = (1 - low) * angles + low * target
        # h = Π (cos X + sin Y) annihilates the power of -sin x + cos y.
        powers = np.array([[(-np.sin(a)) ** (degree - i) * np.cos(a) ** i
                            for i in range(degree + 1)] for a in at])
        solution, *_ = np.linalg.lstsq(powers.T, f, rcond=None)
        assert np.allclose(powers.T @ solution, f, atol=1e-4 * max(1, abs(solution).max()))


def test_quartics_without_multiple_roots_are_quadratic_forms_in_two_squares() -> None:
    """The lemma, followed in floating point: pairs of roots, and their common diagonal form."""
    chance, kinds = np.random.default_rng(3), set()
    for _ in range(200):
        f = chance.normal(size=5)
        found = sorted(np.roots(f), key=lambda r: (abs(r.imag) < 1e-9, r.real, r.imag))
        kinds.add(sum(abs(r.imag) < 1e-9 for r in found))
        first, second = (np.real(np.poly(pair)) for pair in (found[:2], found[2:]))
        a, b = (np.array([[q[0], q[1] / 2], [q[1] / 2, q[2]]]) for q in (first, second))
        eigenvalues, vectors = np.linalg.eig(np.linalg.solve(a, b))
        assert np.allclose(eigenvalues.imag, 0)  # they are diagonal together, over the reals
        lines = np.linalg.inv(vectors)  # l_1 and l_2 as rows
        squares = np.array([np.convolve(line, line) for line in lines])
        products = np.array([np.convolve(squares[i], squares[j])
                             for i, j in ((0, 0), (0, 1), (1, 1))])
        solution, *_ = np.linalg.lstsq(products.T, f, rcond=None)
        assert np.allclose(products.T @ solution, f, atol=1e-5 * max(1, abs(solution).max()))
    assert kinds == {0, 2, 4}


# What has a description by a theorem of its own.
DESCRIBED = [known[0] for known in KNOWN if known[0].startswith(("linear", "cnn")) or (
    known[0].count(",") == 2 and known[0] not in ("mlp:2,4,1:x^6", "mlp:2,3,2:x^3"))]


@pytest.mark.parametrize("spec", DESCRIBED)
def test_descriptions_by_formulas_agree(spec: str) -> None:
    """They are found and proved by other lemmas."""
    manifold = NeuroManifold(spec, seed=1, cache=None)
    found = manifold.semialgebraic_description()
    formula = found.data
    assert found.status == "proved"
    relations = {relation for piece in formula.pieces for _, relation in piece}
    trichotomy, closed = manifold.trichotomy(), manifold.is_closed()
    assert (formula.pieces == ((),)) == (trichotomy.data == "all")
    assert bool(closed) or relations & {">", "!="}
    for answer in (trichotomy, manifold.is_dense(), closed):
        assert not answer.witness or not formula.holds(coordinates(spec, answer.witness))
    if not closed.data:
        path = limit_witness(power_network(manifold.model)).path
        for k in (1, 2, 5):
            w = at(path, Fraction(1, 10**k))
            assert formula.holds([value(p, w) for p in manifold.parametrization().polynomials])


# -- what evidence says ---------------------------------------------------------------------------


LIMITS = ["mlp:2,2,1:x^3", "mlp:3,3,1:x^3", "mlp:3,2,2:x^5", "mlp:2,3,1:x^4", "mlp:2,3,2:x^3",
          "mlp:2,4,2:x^4", "mlp:2,2,3:x^2", "mlp:3,3,2:x^2", "mlp:2,2,2,1:x^2", "mlp:3,2,3,2:x^2",
          "mlp:2,2,1,2:x^3"]


def at(path: tuple[Polynomial, ...], t: Fraction) -> list[Fraction]:
    return [value(p, [t, 1 / t]) for p in path]


@pytest.mark.parametrize("spec", LIMITS)
def test_functions_on_a_path_come_close_to_its_limit(spec: str) -> None:
    model = parse_spec(spec)
    found = limit_witness(power_network(model))
    phi = parametrization(model)
    limit = [found.function.get(place, Fraction(0)) for place in phi.coordinates]
    assert any(limit)
    distances = []
    for k in (2, 4, 6):
        w = at(found.path, Fraction(1, 10**k))
        distances.append(max(abs(value(p, w) - z) for p, z in zip(phi.polynomials, limit)))
    assert all(later * 50 < before for before, later in pairwise(distances))


def test_numbers_of_activations_are_undone_on_paths() -> None:
    """3 x^2/2 and -x^3 in place of powers, behind a head, and with further layers."""
    square, cube = Activation.from_polynomial({(2,): Fraction(3, 2)}), Activation.from_polynomial(
        {(3,): Fraction(-1)})
    for layers in ([Dense(2, 2), cube, Dense(2, 1)],
                   [Dense(2, 2), cube, Dense(2, 1), square, Dense(1, 2), cube, Dense(2, 2)],
                   [Dense(2, 2), square, Dense(2, 2), square, Dense(2, 1)],
                   [Dense(3, 3), cube, Dense(3, 1)], [Dense(2, 3), cube, Dense(3, 2)],
                   [Dense(2, 2), square, Dense(2, 2)]):
        found = NeuroManifold(compose(layers), seed=1, cache=None).is_closed()
        assert found.data is False and verify(found.certificate).value is False


@pytest.mark.parametrize("spec", ["mlp:1,2,3:x^4", "mlp:2,3,2:x^2", "linear:3,2,2",
                                  "mlp:2,2,1:x:bias", "mlp:1,3,1:x^2+x:bias"])
def test_sections_are_inverse_to_phi(spec: str) -> None:
    phi = parametrization(parse_spec(spec))
    found, chance = section(phi), random.Random(2)
    for _ in range(5):
        z = [Fraction(chance.randint(-9, 9), chance.randint(1, 9)) for _ in phi.polynomials]
        w = [value(p, z) for p in found]
        assert [value(p, w) for p in phi.polynomials] == z


@pytest.mark.parametrize("e", [1, 2, 3, 4, 5])
def test_forms_of_even_degree_are_sums_or_differences_of_two_squares(e: int) -> None:
    """The lemma, followed in floating point for all numbers of real roots."""
    chance, kinds = np.random.default_rng(e), set()
    for k in [*range(0, 2 * e + 1, 2)] * 5:
        pairs = chance.normal(size=e - k // 2) + 1j * chance.uniform(0.1, 1, e - k // 2)
        real = chance.normal(size=k)
        f = np.real(np.poly([*pairs, *pairs.conj(), *real]))
        if not k:
            g = np.poly(pairs)
            squares = np.convolve(g.real, g.real) + np.convolve(g.imag, g.imag)
        else:
            # As many pairs as fit beside one real root, if e is odd, and then the rest.
            odd = e % 2
            few = min(len(pairs), (e - odd) // 2)
            first = [*pairs[:few], *pairs[:few].conj(), *real[:e - 2 * few]]
            second = [*pairs[few:], *pairs[few:].conj(), *real[e - 2 * few:]]
            g, h = np.real(np.poly(first)), np.real(np.poly(second))
            assert len(g) == len(h) == e + 1
            squares = (np.convolve(g + h, g + h) - np.convolve(g - h, g - h)) / 4
        assert np.allclose(squares, f)
        kinds.add(k)
    assert len(kinds) == e + 1


def test_models_that_are_given_by_polynomials() -> None:
    def answers(outputs: list[str], parameters: list[str], inputs: tuple[str, ...] = ("x",)
                ) -> list[Any]:
        manifold = NeuroManifold(from_expressions(outputs, parameters, list(inputs)), seed=1,
                                 cache=None)
        found = [manifold.compute(name) for name in ("trichotomy", "is_dense", "is_closed")]
        for answer in found:
            if answer.certificate is not None:
                verify(answer.certificate)
        return [answer.data for answer in found]

    assert answers(["a^3*x"], ["a"]) == ["all", True, True]
    assert answers(["(a^3-a)*x"], ["a"]) == ["all", True, True]
    assert answers(["a^2*x"], ["a"]) == ["thick", False, True]
    assert answers(["-(a^2+3*b^4+1)*x"], ["a", "b"])[:2] == ["thick", False]
    # The square of the matrix of one unit with tied weights, and of two: p, r >= 0, p r >= q^2.
    assert answers(["a^2*x^2 + 2*a*b*x*y + b^2*y^2"], ["a", "b"], ("x", "y")) == [
        "thin", False, True]
    assert answers(["(a^2+c^2)*x^2 + 2*(a*b+c*d)*x*y + (b^2+d^2)*y^2"], list("abcd"),
                   ("x", "y")) == ["thick", False, True]
    # z_0 z_1 = a^4 b^2.
    assert answers(["a*b*x^2 + a^3*b*x"], ["a", "b"])[:2] == ["thick", False]
    # The positive numbers: 0 is a limit, as a b = 1 and a goes to 0.
    assert answers(["((a*b-1)^2+a^2)*x"], ["a", "b"])[::2] == ["thick", False]


def test_what_is_not_proved_is_not_said() -> None:
    """Sums of four cubes of ternary linear forms have interior points; no lemma is on them."""
    manifold = NeuroManifold("mlp:3,4,1:x^3", seed=1, cache=None)
    for name in ("trichotomy", "is_dense", "is_closed"):
        found = manifold.compute(name)
        assert found.data is None and found.status == "not decided"
        assert found.certificate is None and "neither" in found.lines()[0]
        assert found.sentence() == "not decided" and found.plain_value() is None


@pytest.mark.parametrize(("spec", "trichotomy", "dense", "closed"), [
    # v (u^2 x^2 + u x): u = z_0/z_1; but neither x^2 nor x, which are limits.
    ("mlp:1,1,1:x^2+x", "thick", True, False),
    # v (u x + b)^2 + c: parabolas that are no lines.
    ("mlp:1,1,1:x^2:bias", "thick", True, False),
    # v (u^3 x^3 + u x): the coefficients have no different signs.
    ("mlp:1,1,1:x^3+x", "thick", False, False),
    # v ((u x + b)^3 - (u x + b)) + c: z_1^2 - 3 z_0 z_2 = 3 v^2 u^4.
    ("mlp:1,1,1:x^3-x:bias", "thick", False, False),
    # Each polynomial of degree two is b_1 (x + 1)^2 + b_2 (x - 1)^2 + c.
    ("mlp:1,2,1:x^2:bias", "all", True, True),
    # The same as the first and the second, with more inputs and outputs.
    ("mlp:3,1,2:x^2+x", "thin", False, False), ("mlp:2,1,2:x^2:bias", "thin", False, False)])
def test_answers_without_homogeneity(spec: str, trichotomy: str, dense: bool, closed: bool
                                     ) -> None:
    manifold = NeuroManifold(spec, seed=1, cache=None)
    found = [manifold.trichotomy(), manifold.is_dense(), manifold.is_closed()]
    assert [answer.data for answer in found] == [trichotomy, dense, closed]
    assert [verify(answer.certificate).value for answer in found] == [trichotomy, dense, closed]


def test_rational_sections_are_inverse_to_phi_where_they_are_defined() -> None:
    for spec in ("mlp:1,1,1:x^2+x", "mlp:1,1,1:x^2:bias"):
        phi, chance = parametrization(parse_spec(spec)), random.Random(2)
        found = rational_section(phi, Computation())
        section_, q = ([_terms(p) for p in found["section"]], _terms(found["denominator"]))
        for _ in range(5):
            z = [Fraction(chance.randint(1, 9), chance.randint(1, 9)) for _ in phi.polynomials]
            below = sum(c * _monomial(e, z) for c, e in q)
            w = [sum(c * _monomial(e, [*z, 1 / below]) for c, e in p) for p in section_]
            assert [value(p, w) for p in phi.polynomials] == z


def _terms(data: list[Any]) -> list[tuple[Fraction, list[int]]]:
    return [(Fraction(c), e) for c, e in data]


def _monomial(powers: list[int], point: list[Fraction]) -> Fraction:
    product = Fraction(1)
    for i, k in zip(powers[::2], powers[1::2]):
        product *= point[i] ** k
    return product


@pytest.mark.parametrize("spec", ["mlp:1,1,1:x^2+x", "mlp:2,1,1:x^2:bias", "mlp:2,2,1:x^3"])
def test_monomial_curves_come_close_to_their_limits(spec: str) -> None:
    phi = parametrization(parse_spec(spec))
    found = monomial_limits(phi, 4)
    assert found
    for limit, path in found:
        distances = [max(abs(value(p, at(path, Fraction(1, 10**k))) - z)
                         for p, z in zip(phi.polynomials, limit)) for k in (2, 4)]
        assert distances[1] * 50 < distances[0] or distances == [0, 0]


# -- forgeries ------------------------------------------------------------------------------------


def forged(spec: str, name: str, change: Any) -> None:
    certificate = NeuroManifold(spec, seed=1, cache=None).compute(name).certificate
    verify(certificate)
    with pytest.raises(CertificateError):
        verify(changed(certificate, change))


def set_value(new: Any) -> Any:
    def change(data: dict[str, Any]) -> None:
        data["claim"]["value"] = new
    return change


@pytest.mark.parametrize(("spec", "name", "values"), [
    ("mlp:2,2,1:x^3", "trichotomy", ["all", "thin"]), ("mlp:2,3,1:x^3", "trichotomy", ["thick"]),
    ("mlp:2,1,1:x^2", "trichotomy", ["all", "thick", "fat"]),
    ("mlp:2,2,1:x^3", "is_dense", [True]), ("mlp:2,2,2,1:x^2", "is_dense", [False]),
    ("mlp:2,2,1:x^3", "is_closed", [True]), ("cnn:2,2", "is_closed", [False]),
    ("cnn:2,2", "is_dense", [True])])
def test_other_values_are_refused(spec: str, name: str, values: list[Any]) -> None:
    for new in values:
        forged(spec, name, set_value(new))


def other_model(spec: str) -> Any:
    def change(data: dict[str, Any]) -> None:
        data["model"] = parse_spec(spec).describe()
    return change


@pytest.mark.parametrize(("spec", "name", "other"), [
    # As many units as the degree; fewer; bias; another activation; an even power of the head.
    ("mlp:2,2,1:x^3", "trichotomy", "mlp:2,3,1:x^3"), ("mlp:2,3,1:x^3", "trichotomy",
                                                       "mlp:2,2,1:x^3"),
    ("mlp:2,3,1:x^3", "trichotomy", "mlp:2,3,1:x^3:bias"),
    ("mlp:2,2,1:x^3", "is_dense", "mlp:2,2,1:x^3+x"), ("cnn:3,2", "trichotomy", "cnn:2,3s2,2"),
    ("cnn:3,2", "trichotomy", "cnn:2,2,2"), ("cnn:2,2", "is_dense", "cnn:3"),
    ("cnn:2,2:x^2", "is_closed", "cnn:2,2:x^2+x"), ("mlp:2,2,2,1:x^2", "is_dense",
                                                     "mlp:2,2,2,1:x^3"),
    ("mlp:2,2,1:x^2", "is_closed", "mlp:2,2,1:x^3"), ("linear:2,1,2", "is_closed",
                                                      "mlp:2,1,2:x^2")])
def test_evidence_about_another_model_is_refused(spec: str, name: str, other: str) -> None:
    if (spec, other) == ("mlp:2,2,1:x^2", "mlp:2,2,1:x^3"):
        assert NeuroManifold(spec, cache=None).is_closed().data is True
    forged(spec, name, other_model(other))


def test_inputs_that_no_filter_reads_make_no_products() -> None:
    """A last stride beyond the end leaves inputs unread: M is not all of V then."""
    def longer(data: dict[str, Any]) -> None:
        data["model"]["input_shape"] = [5]
        data["model"]["layers"][-1]["stride"] = [3]
        data["model"].pop("spec")

    forged("cnn:3,2", "trichotomy", longer)


FACTORS = [
    # One factor of x^2 - y^2 twice; roots that do not alternate; a wrong product.
    ("mlp:2,2,1:x^3", "trichotomy", lambda e: e["outside"]["factors"].reverse() or
     e["outside"]["factors"].__setitem__(0, e["outside"]["factors"][1])),
    ("mlp:2,2,2:x^2", "trichotomy", lambda e: e["outside"].update(
        first=e["outside"]["second"], second=e["outside"]["first"])),
    ("mlp:2,2,2:x^2", "trichotomy", lambda e: e["outside"].update(first=[["1", "1"], ["1", "2"]])),
    ("cnn:2,2", "is_dense", lambda e: e["outside"].update(quadratic=[["1", "2", "1"]])),
    ("mlp:3,3,1:x^3", "is_closed", lambda e: e["outside"].update(point=["0", "0", "0"])),
    ("mlp:3,3,1:x^3", "is_closed", lambda e: e["outside"].update(point=["1", "0", "0"])),
    ("mlp:2,2,3:x^2", "is_closed", lambda e: e["outside"]["then"].update(eigenvalue="1")),
    ("mlp:2,2,2,1:x^2", "is_closed", lambda e: e["outside"].update(
        factors=[[["1", "0"], 2], [["1", "0"], 1], [["0", "1"], 1]])),
    ("mlp:2,2,1,2:x^3", "is_closed", lambda e: e["outside"].update(root=["0", "0", "0", "0"])),
    ("mlp:2,2,1:x^3", "is_closed", lambda e: e.update(path=e["path"][:-1] + [[]])),
    ("mlp:2,2,1:x^3", "is_closed", lambda e: e.update(function=["1", "0", "0", "0"])),
    ("mlp:2,3,2:x^2", "trichotomy", lambda e: e["section"].reverse()),
    ("mlp:1,1,1:x^2+x", "is_dense", lambda e: e.update(denominator=[["1", [0, 1]]])),
    ("mlp:1,1,1:x^2+x", "is_dense", lambda e: e.update(denominator=[])),
    ("mlp:1,1,1:x^3+x", "is_dense", lambda e: e.update(function=["1", "1"])),
    ("mlp:1,1,1:x^3+x", "is_dense", lambda e: e["outside"].update(squares=[])),
]


@pytest.mark.parametrize(("spec", "name", "bend"), FACTORS, ids=range(len(FACTORS)))
def test_bent_evidence_is_refused(spec: str, name: str, bend: Any) -> None:
    forged(spec, name, lambda data: bend(data["evidence"]))


def test_forms_of_wrong_multiplicity_are_no_evidence() -> None:
    """x^2 y (x + y) is in M, so its roots may not serve as evidence: 1 and 1 are a pair."""
    certificate = NeuroManifold("mlp:2,2,2,1:x^2", seed=1, cache=None).trichotomy().certificate

    def change(data: dict[str, Any]) -> None:
        data["evidence"]["function"] = ["0", "1", "1", "0", "0"]
        data["evidence"]["outside"]["factors"] = [[["1", "0"], 2], [["0", "1"], 1],
                                                  [["1", "1"], 1]]
        data["evidence"]["outside"]["argument"] = "multiplicities"

    with pytest.raises(CertificateError, match="possible"):
        verify(changed(certificate, change))


def test_open_witnesses_stay_outside_when_they_are_moved_a_little() -> None:
    """By the inequalities that hold on M."""
    chance = random.Random(4)
    for spec, sign in SIGNS.items():
        model = parse_spec(spec)
        network = power_network(model)
        found = open_witness(network) if network else None
        z = coordinates(spec, found.written() if found else
                        NeuroManifold(spec, cache=None).is_dense().witness)
        for _ in range(50):
            assert sign([c + Fraction(chance.randint(-9, 9), 10**4) for c in z]) < 0


# -- in a shell -----------------------------------------------------------------------------------


def test_answers_in_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    questions = ["trichotomy", "is_dense", "is_closed"]
    assert main(["compute", "mlp:2,2,1:x^3", *questions]) == 0
    text = capsys.readouterr().out
    assert "thick: not all of V, but with interior points" in text
    assert "x_0^2*x_1 is not in M: it is a limit of functions in M" in text
    assert main(["compute", "mlp:2,2,1:x^3", *questions, "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [results[name]["value"] for name in questions] == ["thick", False, False]
    assert all(results[name]["status"] == "proved" for name in questions)


def test_large_models_are_thin_without_their_parametrization(
        capsys: pytest.CaptureFixture[str]) -> None:
    found = NeuroManifold("mlp:20,40,40,10:x^2", cache=None)
    assert found.trichotomy() == "thin" and found.is_dense().data is False
    undecided = found.is_closed()
    assert undecided.data is None and undecided.reason
    # Of this one φ has too many terms, but not the functions on a path.
    deep = NeuroManifold("mlp:2,2,1,2,2:x^3", cache=None).is_closed()
    assert deep.data is False and verify(deep.certificate).value is False


@pytest.mark.slow
def test_nothing_is_left_open_of_small_networks(capsys, monkeypatch) -> None:
    """The table of the manual."""
    import importlib.util
    from pathlib import Path

    script = Path(__file__).resolve().parents[2] / "benchmarks" / "trichotomy.py"
    spec = importlib.util.spec_from_file_location("table", script)
    table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)
    monkeypatch.setattr("sys.argv", ["trichotomy.py"])
    table.main()
    printed = capsys.readouterr().out
    manual = script.parents[1].joinpath("docs", "questions", "real.md").read_text()
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    assert len(rows) > 5 and all(row in manual for row in rows)
    assert "All is decided" in printed
