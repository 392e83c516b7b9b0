"""Ideals, degrees, Hilbert polynomials and singular loci, against all that can contradict them."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from itertools import combinations
from math import factorial

import pytest
from conftest import published
from mutants import accepted_mutants, mutate

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import certificate, digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.errors import InputError, LimitReached


def in_sage():
    import sage.all__sagemath_modules  # noqa: F401
    import sage.all__sagemath_singular  # noqa: F401
    from sage.matrix.constructor import matrix
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    return QQ, PolynomialRing, matrix


def eliminated_by_singular(manifold: NeuroManifold):
    """The ideal of the closure of the image, by Singular, from the parametrization as text."""
    QQ, PolynomialRing, _ = in_sage()
    phi = manifold.parametrization().written()
    parameters = list(manifold.model.parameter_names)
    coordinates = [f"z_{i}" for i in range(len(phi))]
    ring = PolynomialRing(QQ, parameters + coordinates)
    graph = ring.ideal([ring(z) - ring(f) for z, f in zip(coordinates, phi, strict=True)])
    target = manifold.ideal().ring()
    eliminated = graph.elimination_ideal([ring(w) for w in parameters])
    return target.ideal([target(str(g)) for g in eliminated.gens()])


def minors_of_matrix(rows: int, columns: int, size: int, ring):
    _, _, matrix = in_sage()
    generic = matrix(ring, rows, columns, ring.gens())
    return ring.ideal([generic.matrix_from_rows_and_columns(r, c).det()
                       for r in combinations(range(rows), size)
                       for c in combinations(range(columns), size)])


# -- published values ----------------------------------------------------------------------

LONG = "mlp:2,2,3:x^3", "mlp:3,2,2:x^2"  # tests/equations/test_descriptions.py eliminates them, too


@pytest.mark.parametrize(("spec", "value"), published("degree", LONG))
def test_published_degrees_are_found_and_proved_by_the_checker_alone(spec: str, value: int):
    degree = NeuroManifold(spec, method="elimination").degree()
    assert degree == value
    assert degree.status == "proved" and degree.trust == []
    verdict = verify(json.loads(json.dumps(degree.certificate)))
    assert verdict.value == value and verdict.trust == ()


@pytest.mark.parametrize(("spec", "value"), published("minimal_generators_by_degree", LONG))
def test_published_numbers_of_minimal_generators(spec: str, value: dict[str, int]):
    ideal = NeuroManifold(spec, method="elimination").ideal()
    degrees = [g.degree() for g in ideal.value.gens() if g]
    assert {str(d): degrees.count(d) for d in set(degrees)} == value
    assert verify(ideal.certificate).trust == ()


# -- other engines, other methods ----------------------------------------------------------


@pytest.mark.parametrize("widths", [(2, 1, 2), (3, 2, 3), (4, 2, 3), (2, 1, 1, 3)])
def test_linear_networks_are_determinantal(widths: tuple[int, ...]):
    manifold = NeuroManifold("linear:" + ",".join(map(str, widths)), method="elimination")
    ideal = manifold.ideal().value
    assert ideal == minors_of_matrix(widths[-1], widths[0], min(widths) + 1, ideal.ring())


@pytest.mark.parametrize("spec", ["cnn:2,2:x^2", "mlp:2,2,3:x^2", "mlp:1,2,1:x^3+x:bias",
                                  "mlp:2,1,1:x^2+x", "cnn:2s2,2:x^2"])
def test_macaulay2_and_singular_eliminate_alike(spec: str):
    manifold = NeuroManifold(spec, method="elimination")
    assert manifold.ideal().value == eliminated_by_singular(manifold)


@pytest.mark.parametrize("seed", range(12))
def test_random_small_models_by_two_engines(seed: int):
    generator = random.Random(seed)
    monomials = ["a", "b", "a*b", "a^2", "b^2", "1", "a^2*b", "b^3"]

    def coefficient() -> str:
        terms = [f"{generator.choice([-2, -1, 1, 3])}*{m}"
                 for m in generator.sample(monomials, generator.randint(1, 3))]
        return "(" + "+".join(terms).replace("+-", "-") + ")"

    model = from_expressions([f"{coefficient()}*x^2 + {coefficient()}*x + {coefficient()}"],
                             ["a", "b"], ["x"])
    manifold = NeuroManifold(model)
    ideal = manifold.ideal()
    assert ideal.value == eliminated_by_singular(manifold)
    assert verify(ideal.certificate).invariant == "ideal"
    degree = manifold.degree()
    assert verify(degree.certificate).value == degree
    homogeneous = ideal.value.homogenize() if not ideal.value.is_homogeneous() else ideal.value
    if ideal.value.is_zero():
        assert degree == 1
    else:
        if not ideal.value.is_homogeneous():  # the homogenization of a graded Gröbner basis
            basis = ideal.value.groebner_basis()
            ring = homogeneous.ring()
            homogeneous = ring.ideal([ring(g.homogenize(str(ring.gens()[-1]))) for g in basis])
        polynomial = homogeneous.hilbert_polynomial()
        assert degree == polynomial.leading_coefficient() * factorial(int(polynomial.degree()))


@pytest.mark.parametrize("spec", ["linear:3,1,3", "mlp:2,2,3:x^2", "cnn:2,2:x^2"])
def test_elimination_and_kernel_agree_and_say_whom_they_trust(spec: str):
    by_elimination = NeuroManifold(spec, method="elimination").ideal()
    by_kernel = NeuroManifold(spec, method="kernel").ideal()
    assert by_elimination.value == by_kernel.value
    assert by_elimination.trust == []
    assert verify(by_kernel.certificate).trust == tuple(by_kernel.trust)


@pytest.mark.parametrize("spec", ["mlp:2,2,3:x^2", "mlp:2,2,2:x^3", "cnn:3,2:x^2"])
def test_the_hilbert_polynomial_is_that_of_singular(spec: str):
    manifold = NeuroManifold(spec, method="elimination")
    theirs = manifold.ideal().hilbert_polynomial()
    assert [Fraction(str(c)) for c in theirs.list()] == manifold.hilbert_polynomial().data
    assert verify(manifold.hilbert_polynomial().certificate).trust == ()


@pytest.mark.parametrize("seed", range(4))
def test_the_choice_of_numbers_for_parameters_changes_nothing(seed: int):
    first, second = (NeuroManifold("mlp:2,2,2:x^3", seed=s, method="elimination").ideal().value
                     for s in (seed, seed + 100))
    assert first == second


def test_permuting_inputs_permutes_coordinates():
    """Reversing the two inputs of the network reverses the monomials of each output."""
    ideal = NeuroManifold("mlp:2,2,2:x^3").ideal().value
    z = ideal.ring().gens()
    reversed_coordinates = [z[3 - i] for i in range(4)] + [z[7 - i] for i in range(4)]
    assert ideal.ring().ideal([g(*reversed_coordinates) for g in ideal.gens()]) == ideal


def test_rescaling_the_activation_rescales_coordinates_only():
    a = NeuroManifold("mlp:3,2,1:x^2")
    b = NeuroManifold("mlp:3,2,1:-5/3*x^2")
    assert a.ideal().value == b.ideal().value


# -- where nothing is to be eliminated -----------------------------------------------------


def test_a_dominant_parametrization_has_the_zero_ideal_without_any_engine(monkeypatch):
    from neuroalg_sage.engines.macaulay2 import Macaulay2

    def unwanted(*arguments, **options):
        raise AssertionError("Macaulay2 was asked")

    monkeypatch.setattr(Macaulay2, "run", unwanted)
    manifold = NeuroManifold("mlp:2,2,2,1:x^2")
    for name, value in (("is_filling", True), ("degree", 1), ("dimension", 5)):
        answer = manifold.compute(name)
        assert answer == value and verify(answer.certificate).trust == ()
    assert manifold.ideal().value.is_zero()
    assert manifold.singular_locus() == []
    verify(manifold.singular_locus().certificate)


def test_the_method_zero_is_refused_where_it_does_not_apply():
    with pytest.raises(InputError, match="does not apply"):
        NeuroManifold("linear:3,2,3", method="zero").ideal()
    with pytest.raises(InputError, match="no method 'magic'"):
        NeuroManifold("linear:3,2,3", method="magic").ideal()


def test_equations_settle_a_dimension_that_symmetries_do_not():
    # Both parameters matter only through their sum, which no linear vector field shows.
    model = from_expressions(["(a+b)^2*x^2 + (a+b)^3*x"], ["a", "b"], ["x"])
    found = NeuroManifold(model).dimension()
    assert found == 1 and found.status == "proved" and found.trust == []
    verify(found.certificate)


def test_a_limit_leaves_what_was_found():
    manifold = NeuroManifold("mlp:3,3,2:x^3", timeout=1)
    assert manifold.dimension() == 12
    with pytest.raises(LimitReached):
        manifold.ideal()
    assert manifold.dimension() == 12
    assert NeuroManifold("linear:2,1,2").degree() == 2


# -- singular loci -------------------------------------------------------------------------


def test_the_singular_locus_of_matrices_of_rank_2_is_those_of_rank_1():
    manifold = NeuroManifold("linear:3,2,3", method="elimination")
    (component,) = manifold.singular_locus().value
    assert (component.dimension, component.degree) == (5, 6)
    assert component.ideal == minors_of_matrix(3, 3, 2, manifold.ideal().ring())
    verdict = verify(json.loads(json.dumps(manifold.singular_locus().certificate)))
    assert verdict.trust == ("macaulay2",)
    assert any("points are singular" in line for line in verdict.verified)


@pytest.mark.parametrize(("outputs", "components"), [
    # The cuspidal cubic, the nodal cubic, and the Whitney umbrella: its singular line.
    (["a^2*x + a^3"], [(0, 1)]),
    (["(a^2-1)*x + a^3-a"], [(0, 1)]),
    (["a*b*x^2 + b*x + a^2"], [(1, 1)]),
    # A smooth conic in the plane; a line.
    (["a*x + a^2"], []),
    (["a*x + 2*a"], []),
])
def test_singular_loci_of_classical_varieties(outputs, components):
    parameters = ["a", "b"] if "b" in outputs[0] else ["a"]
    manifold = NeuroManifold(from_expressions(outputs, parameters, ["x"]))
    locus = manifold.singular_locus()
    assert [(c.dimension, c.degree) for c in locus.value] == components
    assert verify(locus.certificate).invariant == "singular_locus"


def test_components_are_where_the_jacobian_drops_rank():
    """For two hidden cubic neurons and two outputs, by Singular's own primary decomposition."""
    manifold = NeuroManifold("mlp:2,2,2:x^3")
    ideal = manifold.ideal().value
    (component,) = manifold.singular_locus().value
    _, _, matrix = in_sage()
    jacobian = matrix([[g.derivative(z) for z in ideal.ring().gens()] for g in ideal.gens()])
    locus = ideal + ideal.ring().ideal(jacobian.minors(2))
    assert locus.radical() == component.ideal


# -- certificates --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def originals() -> list[dict]:
    found = []
    for spec, method in (("linear:3,2,3", "auto"), ("mlp:2,2,3:x^2", "elimination"),
                         ("linear:3,1,2", "elimination"), ("cnn:2,2:x^2", "auto"),
                         ("mlp:2,2,2:x^3", "auto"), ("mlp:2,2,2,1:x^2", "auto")):
        manifold = NeuroManifold(spec, seed=3, method=method)
        found += [manifold.certificate(name) for name in
                  ("ideal", "equations", "degree", "hilbert_polynomial", "singular_locus")]
    for original in found:
        verify(original)
    return found


def test_500_mutations_of_ideals_and_degrees_are_all_rejected(originals):
    generator = random.Random(11)
    for _ in range(500):
        data, where = mutate(generator.choice(originals), generator)
        with pytest.raises(CertificateError):
            verify(data)


def _same_claim(original: dict, data: dict) -> bool:
    """Whether an accepted claim about an unchanged model says what the original said."""
    name, value = data["claim"]["invariant"], data["claim"]["value"]
    if name in ("degree", "hilbert_polynomial"):
        return value == original["claim"]["value"]
    if name == "singular_locus":
        return [(c["dimension"], c["degree"]) for c in value] == [
            (c["dimension"], c["degree"]) for c in original["claim"]["value"]]
    return True


def _sage_ideal(polynomials: list, n: int):
    QQ, PolynomialRing, _ = in_sage()
    ring = PolynomialRing(QQ, n, "z")
    z = ring.gens()

    def read(terms):
        total = ring.zero()
        for c, powers in terms:
            term = ring(QQ(c))
            for i, e in zip(powers[::2], powers[1::2], strict=True):
                term *= z[i]**e
            total += term
        return total

    return ring.ideal([read(p) for p in polynomials])


def test_500_mutations_with_a_new_digest_are_rejected_or_equivalent(originals):
    """
    An adversary computes the digest anew.  What is still accepted about the same model is
    the same claim: the same number, the same ideal, or equations that are in the ideal.
    """
    generator = random.Random(12)
    accepted = list(accepted_mutants(originals, 500, generator))
    for original, data, where, verdict in accepted:
        assert where[0] not in ("status", "trust"), where
        if where[0] == "model":
            if where[-1] != "spec":
                manifold = NeuroManifold({k: v for k, v in data["model"].items() if k != "spec"})
                if verdict.invariant == "degree":
                    assert manifold.degree() == verdict.value, where
            continue
        assert _same_claim(original, data), where
        if verdict.invariant in ("ideal", "equations"):
            n = 1 + max(i for p in original["claim"]["value"] for _, powers in p
                        for i in powers[::2]) if original["claim"]["value"] else 1
            claimed = _sage_ideal(data["claim"]["value"], n)
            known = _sage_ideal(original["claim"]["value"], n)
            assert claimed == known if verdict.invariant == "ideal" else claimed <= known, where
    assert len(accepted) < 200


@pytest.mark.parametrize("method", ["elimination", "description"])
def test_an_ideal_with_too_few_or_false_generators_is_rejected(method: str):
    manifold = NeuroManifold("linear:3,1,2", method=method)
    good = manifold.ideal().certificate
    for change in ("drop", "square", "foreign"):
        value = copy.deepcopy(good["claim"]["value"])
        if change == "drop":
            value.pop()
        elif change == "square":  # the same points, but not the prime ideal
            value = [[["1", [0, 2, 4, 2]], ["-2", [0, 1, 1, 1, 3, 1, 4, 1]],
                      ["1", [1, 2, 3, 2]]], *value[1:]]
        else:
            value.append([["1", [0, 1]]])
        claim = certificate(good["model"], "ideal", value, "proved", good["trust"],
                            good["evidence"], {})
        with pytest.raises(CertificateError):
            verify(claim)


def test_an_engine_is_not_made_trustless_by_leaving_it_out():
    by_kernel = NeuroManifold("linear:3,1,3", method="kernel").ideal().certificate
    assert by_kernel["trust"] == ["macaulay2"]
    data = by_kernel | {"trust": []}
    data["digest"] = digest(data)
    with pytest.raises(CertificateError, match="whom it trusts"):
        verify(data)


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["mlp:2,2,4:x^3", "mlp:3,2,3:x^2"])
def test_larger_bases_of_graphs_are_proved(spec: str) -> None:
    """By elimination and Buchberger's criterion, and by ranks in weight spaces."""
    manifold = NeuroManifold(spec, method="elimination")
    degree = manifold.degree()
    assert degree.status == "proved" and degree.trust == []
    assert verify(degree.certificate).value == degree
    polynomial = manifold.hilbert_polynomial().value
    values = manifold.hilbert_function(4)
    assert values[3] == polynomial(4)
    assert verify(values.certificate).value == values


def test_equations_of_few_monomials_come_before_elimination() -> None:
    # Elimination takes minutes; there is one cubic in the coordinates of the span.
    found = NeuroManifold("gcnn:group=Z2,layers=3:x^2").ideal()
    assert found.status == "proved" and "elimination" not in found.method
    assert max(g.degree() for g in found.value.gens()) == 3
    verify(found.certificate)
