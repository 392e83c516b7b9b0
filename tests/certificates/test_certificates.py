"""The checker: what it accepts is true, and what was changed is rejected."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction

import pytest
from mutants import accepted_mutants, mutate

from neuroalg_sage.certificates import checker
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.equations import groebner, rational_series
from neuroalg_sage.certificates.model import monomials
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.models.families import parse_spec


def sample() -> list[dict]:
    certificates = []
    for spec in ("linear:3,2,3", "mlp:2,2,3:x^2", "mlp:3,2,1:x^2", "mlp:2,2,2,1:x^2",
                 "cnn:3,2:x^2", "attention:d=2,a=1,out=1,t=2", "mlp:1,2,1:x^2/3+x:bias"):
        model = parse_spec(spec)
        found = dimensions.dimension(model, seed=1)
        expected = dimensions.expected_dimension(model, found)
        certificates += [found, expected, dimensions.defect(model, found, expected),
                         dimensions.is_filling(model, found),
                         dimensions.ambient_dimension(model)]
    return [c.certificate for c in certificates if c.certificate]


def test_500_mutations_are_all_rejected() -> None:
    generator = random.Random(5)
    originals = sample()
    for original in originals:
        verify(original)
    for _ in range(500):
        data, where = mutate(generator.choice(originals), generator)
        with pytest.raises(CertificateError):
            verify(data)


def test_500_mutations_with_a_new_digest_are_rejected_or_prove_what_they_say() -> None:
    """
    An adversary computes the digest anew.  Then a change of the claim is always
    rejected; where another point, prime or model is accepted, the claim still
    holds: it agrees with a computation of its own.
    """
    generator = random.Random(6)
    accepted = list(accepted_mutants(sample(), 500, generator))
    for original, data, where, verdict in accepted:
        assert where[0] not in ("claim", "status", "trust"), where
        if where[0] != "model":
            assert data["claim"] == original["claim"]
        if where[0] == "model" and where[1] == "layers" and data["status"] == "proved":
            from neuroalg_sage.models.sources import model_from_data

            description = {k: v for k, v in data["model"].items() if k != "spec"}
            model = model_from_data(description)
            if data["claim"]["invariant"] == "dimension":
                assert dimensions.dimension(model) == verdict.value
        if where == ("error_bound",):
            assert data["error_bound"] >= original["error_bound"]
    assert len(accepted) < 300


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 1}', "[" * 10_000,
                                  '{"schema": 2}', "NaN"])
def test_what_is_no_certificate_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(checker.MalformedCertificate) as caught:
        verify(text)
    assert "\n" not in str(caught.value)


def test_every_truncation_is_refused() -> None:
    text = json.dumps(sample()[0])
    for length in range(0, len(text) - 1, 97):
        with pytest.raises(checker.MalformedCertificate):
            verify(text[:length])


def test_a_true_number_with_false_evidence_is_rejected() -> None:
    model = parse_spec("mlp:2,2,3:x^2")
    found = dimensions.dimension(model)
    evidence = copy.deepcopy(found.certificate["evidence"])

    def claim(value, evidence, status="proved", trust=()):
        return certificate(model.describe(), "dimension", value, status, list(trust), evidence, {})

    assert verify(claim(8, evidence)).value == 8
    # One symmetry too few proves nothing; a vector field that is none is found out.
    fewer = copy.deepcopy(evidence)
    fewer["upper"]["fields"].pop()
    with pytest.raises(CertificateError, match="between 8 and 9"):
        verify(claim(8, fewer))
    wrong = copy.deepcopy(evidence)
    wrong["upper"]["fields"][0]["parameters"][0][2] = "2"
    with pytest.raises(CertificateError, match="not a symmetry"):
        verify(claim(8, wrong))
    # The same field twice is not two.
    twice = copy.deepcopy(evidence)
    twice["upper"]["fields"][1] = twice["upper"]["fields"][0]
    with pytest.raises(CertificateError, match="between 8 and 9"):
        verify(claim(8, twice))
    # A prime that is none; one input, which shows too little.
    composite = copy.deepcopy(evidence)
    composite["trials"][0]["prime"] = 2**30
    with pytest.raises(CertificateError, match="not a prime"):
        verify(claim(8, composite))
    with pytest.raises(CertificateError, match="whom it trusts"):
        verify(claim(8, evidence, trust=["macaulay2"]))


def test_equations_prove_a_dimension_and_false_ones_do_not() -> None:
    model = parse_spec("mlp:3,2,1:x^2")
    trial = dimensions.dimension(model, seed=2).certificate["evidence"]["trials"][0]
    # The determinant of the symmetric matrix of the quadratic form, times 4.
    determinant = [["4", [0, 1, 3, 1, 5, 1]], ["1", [1, 1, 2, 1, 4, 1]], ["-1", [2, 2, 3, 1]],
                   ["-1", [0, 1, 4, 2]], ["-1", [1, 2, 5, 1]]]
    evidence = {"trials": [trial], "upper": {"kind": "equations", "equations": [determinant]}}
    claim = certificate(model.describe(), "dimension", 5, "proved", [], evidence, {})
    assert verify(claim).value == 5
    determinant[0][0] = "3"
    claim = certificate(model.describe(), "dimension", 5, "proved", [], evidence, {})
    with pytest.raises(CertificateError, match="does not vanish"):
        verify(claim)


TWISTED_CUBIC = [{(1, 0, 1, 0): 1, (0, 2, 0, 0): -1}, {(0, 1, 0, 1): 1, (0, 0, 2, 0): -1},
                 {(1, 0, 0, 1): 1, (0, 1, 1, 0): -1}]


def in_flint(polynomials):
    """Polynomials as the checker holds them."""
    variables = len(next(iter(polynomials[0])))
    return [polynomial_ring(variables).from_dict(p) for p in polynomials]


def test_hilbert_series_of_classical_varieties() -> None:
    basis = groebner.GroebnerBasis(in_flint(TWISTED_CUBIC), [1] * 4)
    dimension, degree, numerator = groebner.hilbert_data(basis.leading, 4)
    assert (dimension, degree) == (2, 3)
    assert rational_series.hilbert_polynomial(numerator, 2) == [1, 3]
    # A quadric surface, a plane, the empty set of equations.
    assert groebner.hilbert_data([(2, 0, 0, 0)], 4)[:2] == (3, 2)
    assert groebner.hilbert_data([(1, 0, 0), (0, 1, 0)], 3)[:2] == (1, 1)
    assert groebner.hilbert_data([], 3) == (3, 1, [1])
    assert rational_series.hilbert_polynomial([1], 3) == [1, Fraction(3, 2), Fraction(1, 2)]
    assert groebner.hilbert_data([(2, 0), (1, 1), (0, 3)], 2)[:2] == (0, 4)


def test_the_hilbert_numerator_counts_monomials() -> None:
    generator = random.Random(1)
    weights = [(1, 0), (1, 1), (1, 2)]

    def weight(m: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sum(e * w[k] for e, w in zip(m, weights)) for k in range(2))

    for _ in range(30):
        ideal = [tuple(generator.randrange(4) for _ in range(3)) for _ in range(4)]
        ideal = [m for m in ideal if any(m)]
        numerator = groebner.hilbert_numerator(ideal, weights)
        for degree in range(9):
            counted = Counter(weight(m) for m in monomials(3, degree)
                              if not any(all(a >= b for a, b in zip(m, g)) for g in ideal))
            expanded: Counter = Counter()
            for (t, q), c in numerator.items():
                for m in monomials(3, degree - t) if t <= degree else ():
                    expanded[tuple(map(int.__add__, weight(m), (t, q)))] += c
            assert counted == Counter({w: c for w, c in expanded.items() if c})


def test_what_is_no_groebner_basis_is_rejected() -> None:
    for missing in range(3):
        generators = TWISTED_CUBIC[:missing] + TWISTED_CUBIC[missing + 1:]
        if missing == 2:
            generators = TWISTED_CUBIC[:2]
        try:
            groebner.GroebnerBasis(in_flint(generators), [1] * 4)
        except CertificateError:
            continue
        # Two of the quadrics may be a basis of a smaller ideal only if leading terms are coprime.
        leading = groebner.GroebnerBasis(in_flint(generators), [1] * 4).leading
        assert not any(a and b for a, b in zip(*leading))
    with pytest.raises(CertificateError, match="Buchberger"):
        groebner.GroebnerBasis(in_flint([{(2, 0): 1, (0, 1): 1}, {(1, 1): 1, (0, 0): 1}]), [1, 1])


@pytest.mark.parametrize("seed", range(10))
def test_buchberger_with_criteria_agrees_with_all_pairs(seed: int) -> None:
    """The verdict with the criteria for superfluous pairs is that of FLINT, which takes all."""
    generator = random.Random(seed)
    for _ in range(20):
        polynomials = []
        for _ in range(generator.randint(2, 4)):
            polynomials.append({tuple(generator.randrange(3) for _ in range(3)): generator.choice(
                [-1, 1, 2]) for _ in range(generator.randint(1, 3))})
        polynomials = in_flint(polynomials)
        weights = [generator.choice([1, 2, 7]) for _ in range(3)]
        try:
            groebner.GroebnerBasis(polynomials, weights)
            verdict = True
        except CertificateError:
            verdict = False
        unchecked = object.__new__(groebner.GroebnerBasis)
        unchecked._verify = lambda known: None
        groebner.GroebnerBasis.__init__(unchecked, polynomials, weights)
        assert verdict == bool(unchecked.vector.is_groebner())


def test_the_checker_imports_neither_sage_nor_the_rest() -> None:
    code = ("import sys, neuroalg_sage.certificates.checker; "
            "bad = [m for m in sys.modules if m.split('.')[0] in "
            "('sage', 'numpy', 'sympy', 'pexpect') or m.startswith(('neuroalg_sage.models', "
            "'neuroalg_sage.engines', 'neuroalg_sage.invariants'))]; sys.exit(bool(bad))")
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_text_that_says_something_twice_is_refused() -> None:
    text = json.dumps(dimensions.dimension(parse_spec("linear:1,1"), 1).certificate)
    assert verify(text).value == 1
    for name in ("claim", "invariant", "value", "trials"):
        twice = text.replace(f'"{name}": ', f'"{name}": 7, "{name}": ', 1)
        with pytest.raises(CertificateError, match="two fields of one name"):
            verify(twice)
