"""
What each kind of certificate claims: attacks on the claims, one after the other, and at random.
"""

from __future__ import annotations

import json
import random
from contextlib import suppress
from fractions import Fraction
from inspect import signature
from itertools import product
from typing import Any

import pytest
from claims import certificates, changed, mutant, of_kind
from flint import Ordering, nmod_mpoly_ctx
from implied import is_implied, value_of

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates import work
from neuroalg_sage.certificates.certificate import SCHEMA, certificate
from neuroalg_sage.certificates.checker import (
    CLAIMS,
    WINGS,
    CertificateError,
    MalformedCertificate,
    parse,
    verify,
)
from neuroalg_sage.certificates.equations.refutation import small_points
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.work import Work, _Horner, bound_horner, bounded, terms_of_power
from neuroalg_sage.models.sources import from_expressions


def rejected(certificate: dict[str, Any], match: str | None = None) -> None:
    with pytest.raises(CertificateError, match=match):
        verify(certificate)


def with_value(certificate: dict[str, Any], value: Any, **evidence: Any) -> dict[str, Any]:
    def change(data: dict[str, Any]) -> None:
        data["claim"]["value"] = value
        data["evidence"] |= evidence

    return changed(certificate, change)


def trusting(certificate: dict[str, Any], *trust: str, **evidence: Any) -> dict[str, Any]:
    """The certificate with other evidence and trust."""
    def change(data: dict[str, Any]) -> None:
        data["trust"] = list(trust)
        data["evidence"] |= evidence

    return changed(certificate, change)


# -- lists are sets -----------------------------------------------------------------------------

# Where a list stands in the value of a claim.
LISTS = [("equations", ()), ("ideal", ()), ("singular_locus", ()), ("critical_locus", ()),
         ("subnetworks", ()), ("quadratic_conservation_laws", (2,)), ("conservation_laws", (1,)),
         ("conservation_laws_of_flow", (2,)), ("special_fiber", (2,)),
         ("invariant_parameters", (1,)), ("loss_critical_locus", (2,)), ("ed_discriminant", (5,))]
# The evidence or other parts of the claim that have one entry for each.
BESIDE = {"singular_locus": ["components"], "critical_locus": ["components"],
          "subnetworks": ["subnetworks"], "special_fiber": ["components"],
          "invariant_parameters": ["components"], "loss_critical_locus": ["components", "images"],
          "ed_discriminant": ["witnesses", "points"]}


def listed(data: dict[str, Any], path: tuple) -> list:
    part = value_of(data)
    for key in path:
        part = part[key]
    return part


@pytest.mark.parametrize(("invariant", "path"), LISTS)
def test_nothing_is_listed_twice_or_is_left_out(invariant: str, path: tuple) -> None:
    original = of_kind(invariant)
    verify(original)

    def edit(change: Any) -> dict[str, Any]:
        def whole(data: dict[str, Any]) -> None:
            change(listed(data, path))
            for name in BESIDE.get(invariant, ()):
                if isinstance(data["evidence"].get(name), list):
                    change(data["evidence"][name])
            if invariant == "loss_critical_locus":
                change(value_of(data)[3])
            if invariant == "quadratic_conservation_laws":
                change(data["evidence"]["symmetries"]["fields"])

        return changed(original, whole)

    for times in (2, 3):
        rejected(edit(lambda part, times=times: part.extend(part * (times - 1))))
    rejected(edit(lambda part: part.clear()))


@pytest.mark.parametrize("invariant", ["equations", "ideal"])
def test_polynomials_are_not_zero_nor_multiples_of_each_other(invariant: str) -> None:
    original = of_kind(invariant)
    (first, *rest) = value_of(original)
    double = [[str(2 * Fraction(c)), e] for c, e in first]
    rejected(with_value(original, [first, *rest, []]), "zero")
    rejected(with_value(original, [first, *rest, double]), "twice")
    verify(with_value(original, [double, *rest]))


# -- what is printed is what is claimed --------------------------------------------------------


def test_a_hilbert_function_says_which_one_it_is() -> None:
    """Of the cone of squares of linear forms, and of the polynomial functions on it."""
    cone = of_kind("hilbert_function")
    assert value_of(cone) == [3, 5, 7]
    evidence = cone["evidence"]
    # The same for (w, s) ↦ (s φ(w), s), with another grading by the degree in s.
    gradings = [[*w, 0] for w in evidence["gradings"]] + [[0, 0, 0, 1]]
    affine = {"gradings": gradings, "combination": ["0"] * (len(gradings) - 1) + ["1"],
              "points": [[*w, k + 1] for k, w in enumerate(evidence["points"])]}

    def renamed(certificate: dict[str, Any]) -> dict[str, Any]:
        def rename(data: dict[str, Any]) -> None:
            data["claim"]["invariant"] = "affine_hilbert_function"

        return changed(certificate, rename)

    for value in ([3, 5, 7], [4, 9, 16]):
        rejected(with_value(cone, value, **affine))
        rejected(with_value(cone, value, cone_over=True, **affine))
    verify(renamed(with_value(cone, [4, 9, 16], **affine)))
    rejected(renamed(with_value(cone, [3, 5, 7], **affine)))
    rejected(renamed(cone))
    rejected(with_value(cone, []), "Nothing is claimed")


def test_the_affine_hilbert_function_is_named_and_printed_as_such() -> None:
    manifold = NeuroManifold(from_expressions(["a*x^2 + a^2*x + a^3"], ["a"], ["x"]), seed=3)
    found = manifold.hilbert_function(3)
    assert found.name == "affine_hilbert_function" and "affine" in found.sentence()
    assert found == [4, 7, 10]  # the twisted cubic: 3 k + 1
    assert NeuroManifold("mlp:2,1,1:x^2", seed=1).hilbert_function(3).name == "hilbert_function"


def test_quadratic_laws_say_whether_there_may_be_others() -> None:
    original = of_kind("quadratic_conservation_laws", 1)
    low, high, laws = value_of(original)
    assert (low, high, len(laws)) == (2, 2, 2)
    fields = original["evidence"]["symmetries"]["fields"]
    rejected(with_value(original, laws))
    rejected(with_value(original, [2, 2, []]))
    rejected(with_value(original, [2, 2, laws[:1]], symmetries={"fields": fields[:1]}), "between")
    rejected(with_value(original, [0, 0, []], symmetries={"fields": []}), "between")
    # One law, and at most two: true, and what is said then.
    weaker = with_value(original, [1, 2, laws[:1]], symmetries={"fields": fields[:1]})
    verify(weaker)
    found = NeuroManifold("mlp:2,2,2:x^2", seed=1).quadratic_conservation_laws()
    assert found.sentence() == "2 laws; all others are functions of these"
    fewer = type(found)(found.name, found.data[:1], found.status, found.method, weaker)
    assert fewer.sentence() == ("1 law, 1 of them independent; there may be others, at most 2 "
                               "independent ones")
    total = [*laws[0], *laws[1]]
    both = {"parameters": fields[0]["parameters"] + fields[1]["parameters"],
            "states": [a + b for a, b in zip(fields[0]["states"], fields[1]["states"])]}
    rejected(with_value(original, [2, 2, [*laws, total]],
                        symmetries={"fields": [*fields, both]}), "combination")


def test_laws_say_up_to_which_degree_they_are_all() -> None:
    manifold = NeuroManifold("linear:1,1,1", seed=1)
    found = manifold.conservation_laws(3)
    assert found.sentence() == "1 generator of all of degree at most 3"
    degree, laws = value_of(found.certificate)
    rejected(with_value(found.certificate, [degree, []]), "other laws")
    rejected(with_value(found.certificate, [1, laws]), "higher degree")


def test_equations_may_have_others() -> None:
    original = of_kind("equations", 2)
    assert len(value_of(original)) > 1
    verdict = verify(with_value(original, value_of(original)[:1]))
    assert "there may be others" in str(verdict)
    assert NeuroManifold("mlp:2,1,1:x^2").equations().sentence().endswith("there may be others")
    # Where there are none at all, the certificate is that of the ideal.
    dense = NeuroManifold("linear:2,2,2", seed=1).equations()
    assert dense == [] and dense.certificate["claim"] == {"invariant": "ideal", "value": []}


def test_subnetworks_are_not_named_by_the_certificate_and_trust_their_list() -> None:
    original = of_kind("subnetworks")
    assert verify(original).trust == ("the list of subnetworks",)
    rejected(trusting(original), "whom it trusts")
    for claim in value_of(original):
        assert claim["model"] is None or "spec" not in claim["model"]
    zero = next(i for i, part in enumerate(value_of(original)) if part["model"] is None)

    def without(data: dict[str, Any]) -> None:
        value_of(data).pop(zero)
        data["evidence"]["subnetworks"].pop(zero)

    rejected(changed(original, without), "zero function")

    def named(data: dict[str, Any]) -> None:
        next(p for p in value_of(data) if p["model"])["model"]["spec"] = "linear:9,9"

    rejected(changed(of_kind("subnetworks", 2), named), "name")


@pytest.mark.parametrize("outputs", [["a*x + b*x"], ["a*x", "b^2*x"]])
def test_the_zero_function_is_listed_wherever_parameters_zero_give_it(outputs) -> None:
    found = NeuroManifold(from_expressions(outputs, ["a", "b"], ["x"]), seed=1).subnetworks()
    assert [part.name for part in found].count("zero") == 1
    verify(found.certificate)


# -- complete lists ----------------------------------------------------------------------------


def dropped(certificate: dict[str, Any], path: tuple, which: int, *beside: str
            ) -> dict[str, Any]:
    """The certificate without one component, trusting Macaulay2 that it has all."""
    def change(data: dict[str, Any]) -> None:
        listed(data, path).pop(which)
        for name in beside:
            data["evidence"][name].pop(which)
        if "complete" in data["evidence"]:
            data["evidence"]["complete"] = "macaulay2"
        if data["claim"]["invariant"] == "loss_critical_locus":
            value_of(data)[3].pop(which)
        data["trust"] = sorted({*data["trust"], "macaulay2"})

    return changed(certificate, change)


@pytest.mark.parametrize(("invariant", "number", "path"), [
    ("special_fiber", 2, (2,)), ("invariant_parameters", 0, (1,)),
    ("loss_critical_locus", 0, (2,)), ("critical_locus", 0, ()), ("critical_locus", 1, ()),
    ("singular_locus", 1, ()), ("singular_locus", 2, ())])
def test_an_engine_is_not_believed_against_a_small_point(invariant, number, path) -> None:
    original = of_kind(invariant, number)
    verify(original)
    beside = ["components", *(["images"] if invariant == "loss_critical_locus" else [])]
    for which in range(len(listed(original, path))):
        rejected(dropped(original, path, which, *beside), "others|no points")


@pytest.mark.parametrize(("invariant", "path"), [
    ("special_fiber", (2,)), ("invariant_parameters", (1,)), ("loss_critical_locus", (2,))])
def test_that_there_are_no_points_is_proved_and_not_trusted(invariant, path) -> None:
    """Even where no small point is known: the fiber of a^2 x over 2 x."""
    for original in [c for c in certificates() if c["claim"]["invariant"] == invariant]:
        def empty(data: dict[str, Any]) -> None:
            listed(data, path).clear()
            for name in ("components", "images"):
                if name in data["evidence"]:
                    data["evidence"][name].clear()
            if invariant == "loss_critical_locus":
                value_of(data)[3].clear()
            data["evidence"]["complete"] = "macaulay2"
            data["trust"] = ["macaulay2"]

        rejected(changed(original, empty), "1 as a combination")


def test_no_engine_is_believed_that_there_are_no_equations() -> None:
    """An ideal that is too small, whatever the engine says."""
    for invariant, value in (("ideal", []), ("degree", 1), ("hilbert_polynomial",
                                                            ["1", "3/2", "1/2"])):
        original = of_kind(invariant)
        evidence: dict[str, Any] = {"argument": "engine", "engine": "macaulay2"}
        if invariant != "ideal":
            evidence = {"generators": [], "groebner_basis": [], "ideal": evidence}

        def small(data: dict[str, Any], value=value, evidence=evidence) -> None:
            data["claim"]["value"], data["evidence"] = value, evidence
            data["trust"] = ["macaulay2"]

        rejected(changed(original, small), "more zeros")


def test_small_points_begin_with_the_origin_and_are_different() -> None:
    for variables in (1, 2, 5, 40):
        points = small_points(variables, 30)
        assert not any(points[0]) and len(set(points)) == len(points) <= 30
        assert all(len(w) == variables for w in points)


# -- form --------------------------------------------------------------------------------------


def test_no_object_has_two_fields_of_one_name() -> None:
    text = json.dumps(of_kind("dimension"))
    assert verify(text).value == 2
    for part in ('"claim"', '"status"', '"trials"', '"kind"'):
        place = text.index(part)
        with pytest.raises(MalformedCertificate, match="two fields"):
            parse(text[:place] + part + ': 1, ' + text[place:])


@pytest.mark.parametrize("number", ["01", "-0", "0/2", "2/4", "1/1", "+1", "1.0", " 1", "1/02"])
def test_a_number_is_written_in_one_way(number: str) -> None:
    original = of_kind("equations")
    rejected(with_value(original, [[[number, [0, 1]]]]), "text|lowest")


def test_an_older_schema_is_refused_in_one_sentence() -> None:
    def older(data: dict[str, Any]) -> None:
        data["schema"] = SCHEMA - 1

    rejected(changed(of_kind("dimension"), older), f"schema is not {SCHEMA}")


# -- bounded work ------------------------------------------------------------------------------


def dense(inputs: int, outputs: int) -> dict[str, Any]:
    return {"kind": "dense", "inputs": inputs, "outputs": outputs}


def power(exponent: int) -> dict[str, Any]:
    return {"kind": "activation", "coefficients": ["0"] * exponent + ["1"]}


def asks(description: dict[str, Any], invariant: str, value: Any, evidence: dict[str, Any],
         trust: tuple = ()) -> dict[str, Any]:
    made = certificate(description, invariant, value, "proved", list(trust), evidence, {})
    assert len(json.dumps(made)) < 3000
    return made


def chain(inputs: int, *layers: dict[str, Any]) -> dict[str, Any]:
    return {"input_shape": [inputs], "layers": list(layers)}


CONE = chain(2, dense(2, 1), power(2), dense(1, 1))
SMALL = {"prime": 101, "point": [1, 2, 3], "inputs": [[1, 2]]}
ENGINE = {"argument": "engine", "engine": "macaulay2"}


@pytest.mark.parametrize("certificate", [
    # Powers of coordinates of φ, which have several terms elsewhere.
    asks(chain(2, dense(2, 2), dense(2, 2)), "equations", [[["1", [0, 20_000, 1, 20_000]]]], {}),
    asks(chain(2, dense(2, 2), dense(2, 2)), "dimension", 4, {"trials": [
        {"prime": 101, "point": [1] * 8, "inputs": [[1, 2], [2, 1]]}], "upper": {
            "kind": "equations", "equations": [[["1", [0, 20_000, 1, 20_000]]]]}}),
    # Expansions.
    asks(chain(60, dense(60, 60), power(8), dense(60, 1)), "equations", [[["1", [0, 1]]]], {}),
    asks(chain(30_000, dense(30_000, 1)), "equations", [[["1", [0, 1]]]], {}),
    # More monomials in a weight space than conditions on their coefficients.
    asks(chain(1, dense(1, 1), dense(1, 1)), "conservation_laws", [100, []],
         {"gradings": [], "prime": 101, "points": [[1, 2]]}),
    asks(chain(1, dense(1, 1), dense(1, 1)), "conservation_laws", [3000, []],
         {"gradings": [], "prime": 101, "points": [[1, 2]]}),
    asks(CONE, "hilbert_function", [3] * 300, {
        "gradings": [[0, 0, 1]], "combination": ["1"], "generators": [], "prime": 101,
        "points": [[1, 2, 3]]}),
    # A monomial ideal of high degree, and minors of a large matrix.
    asks(CONE, "degree", 1, {"generators": [], "groebner_basis": [[["1", [0, 200_000]]]],
                             "ideal": ENGINE}, ("macaulay2",)),
    asks(chain(11, dense(11, 10), dense(10, 11)), "ideal", [[["1", [0, 11]]]], {
        "argument": "inheritance", "generators": [], "ideal": ENGINE}, ("macaulay2",)),
    # Formulas.
    asks(chain(1_000, dense(1_000, 1), power(2), dense(1, 1)), "degree", 1,
         {"formula": "Segre-Veronese"}),
    asks(chain(1_000, dense(1_000, 1), power(2), dense(1, 1)), "polar_degrees", [1],
         {"formula": "symmetric matrices"}),
    asks(chain(10_002, *({"kind": "convolution", "size": [k], "stride": [1], "channels": [1, 1]}
                         for k in (10_001, 2))), "degree", 1, {"formula": "convolutions"}),
])
def test_what_a_small_certificate_asks_for_is_bounded(certificate: dict[str, Any]) -> None:
    rejected(certificate)


def test_the_number_of_terms_of_a_power_is_bounded() -> None:
    generator = random.Random(4)
    ring = polynomial_ring(3)
    for _ in range(50):
        f = ring.from_dict({tuple(generator.randrange(4) for _ in range(3)):
                            generator.choice([-1, 1, 2]) for _ in range(generator.randint(1, 4))})
        for k in range(5):
            assert len(f**k) <= terms_of_power(len(f), k)
    x, y, z = ring.gens()
    assert len((x + y + z) ** 7) == terms_of_power(3, 7)


@pytest.mark.parametrize("ring", [polynomial_ring(3), nmod_mpoly_ctx.get(
    ["x", "y", "z"], modulus=101, ordering=Ordering.degrevlex)])
def test_substitution_by_counted_products_is_that_of_flint(ring) -> None:
    """In the one way and in the other, with terms that are alike, and with none."""
    generator = random.Random(5)

    def some(count: int) -> Any:
        return ring.from_dict({tuple(generator.choice([0, 0, 1, 3]) for _ in range(3)):
                               generator.choice([1, 2, 100]) for _ in range(count)})

    for _ in range(40):
        polynomials_ = [some(generator.randrange(6)) for _ in range(3)]
        images = [some(generator.randrange(4)) for _ in range(3)]
        expected = [f.compose(*images, ctx=ring) for f in polynomials_]
        assert substituted(polynomials_, images, ring) == expected
        rule = _Horner(images, ring, Work())
        assert [rule(sorted(zip(map(tuple, f.monoms()), f.coeffs()), key=lambda term: term[0],
                            reverse=True), 0, 1) for f in polynomials_] == expected


def test_substitutions_are_refused_just_above_the_bound(monkeypatch) -> None:
    ring = polynomial_ring(2)
    x, y = ring.gens()
    f, images = x**5, [x + y, y]
    # (x + y)^2 has 2 * 2 products of two terms, its square 3 * 3, that times x + y has 5 * 2, then
    # come 0 times 1, and 1 times all; each has one step more.
    needed = sum(1 + products for products in (2 * 2, 3 * 3, 5 * 2, 0 * 1, 1 * 6))
    monkeypatch.setattr(work, "MOST_WORK", needed)
    monkeypatch.setattr(work, "bounded", lambda *given: (False, [1]))
    assert substituted([f], images, ring) == [(x + y) ** 5]
    monkeypatch.setattr(work, "MOST_WORK", needed - 1)
    with pytest.raises(CertificateError, match="more work"):
        substituted([f], images, ring)
    bound_horner([1], x)
    with pytest.raises(CertificateError, match="more work"):
        bound_horner([1] * 20, x + y)


def test_what_flint_may_substitute_at_once_is_bounded(monkeypatch) -> None:
    ring = polynomial_ring(2)
    x, y = ring.gens()
    monkeypatch.setattr(work, "MOST_WORK", 6)
    assert bounded([x**5], [x + y, y])[0]  # six terms
    assert not bounded([x**5, x**5], [x + y, y])[0]
    assert not bounded([x**5], [2**500 * x, y])[0]  # one long number


def test_many_equal_terms_are_not_taken_for_much_work() -> None:
    """All monomials in four polynomials in three variables."""
    ring, target = polynomial_ring(4), polynomial_ring(3)
    a, b, c = target.gens()
    images = [b**2 + 2*a*b*c - b*c + a + 1, a**2 - c**2 + b*c + 2, a**2*c + a*b - c + 1,
              b + a*c + 2*c**2 - 3*b*c + 5]
    monomials = [e for e in product(range(15), repeat=4) if sum(e) <= 14]
    f = ring.from_dict({e: 1 for e in monomials})
    assert not bounded([f], images)[0]
    (found,) = substituted([f], images, target)
    w = [3, -1, 2]
    assert found(*w) == f(*(g(*w) for g in images))


@pytest.mark.parametrize("exponent, height", [(200, 1), (1, 10**2000)])
def test_a_substitution_with_many_terms_or_long_numbers_is_refused(exponent, height) -> None:
    """Powers of a dense polynomial, and a large power of a long number."""
    model = chain(1, {"kind": "polynomial", "parameters": [""] * 2, "inputs": [""], "outputs": [[
        [[1, 0, 1], str(height)], *([[[0, 1, 1], "1"], [[0, 0, 1], "1"]] * (exponent > 1))]]},
        power(exponent))
    powers = range(2, 60) if exponent > 1 else [2**20]
    made = certificate(model, "equations", [[["1", [0, k]] for k in powers]], "proved", [], {}, {})
    rejected(made, "more work")


# -- random changes ----------------------------------------------------------------------------

def attack(seed: int, count: int) -> None:
    print(f"seed {seed}")  # pytest shows it if a test fails
    generator = random.Random(seed)
    kinds: dict[str, list[dict[str, Any]]] = {}
    for original in certificates():
        kinds.setdefault(original["claim"]["invariant"], []).append(original)
    for originals in kinds.values():
        for _ in range(count):
            original = generator.choice(originals)
            data = mutant(original, generator)
            with suppress(CertificateError):
                verify(data)
                assert is_implied(original, data), json.dumps([original["claim"], data])


def test_changed_certificates_of_all_kinds_are_rejected_or_claim_what_is_true() -> None:
    attack(random.randrange(2**31), 10)


@pytest.mark.slow
def test_200_changed_certificates_of_each_kind() -> None:
    attack(random.randrange(2**31), 200)


def test_every_check_takes_what_its_claim_may_state() -> None:
    for wing in WINGS:
        for claim in wing.CLAIMS:
            assert CLAIMS[claim.name] is claim and claim.check.startswith(
                f".{wing.__name__.rpartition('.')[2]}.")
            stated = (len(claim.statuses) > 1) + ("monte_carlo" in claim.statuses)
            assert len(signature(claim.function).parameters) == 3 + stated, claim
    assert len(CLAIMS) == sum(len(wing.CLAIMS) for wing in WINGS)


def test_all_claims_are_attacked() -> None:
    # What is singular or critical, but perhaps not all of it, is claimed where time is over.
    assert set(CLAIMS) == {c["claim"]["invariant"] for c in certificates()} | {
        "singular_subvarieties", "critical_subvarieties"}
