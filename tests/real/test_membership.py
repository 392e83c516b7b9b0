"""Membership over the real numbers by descriptions and real ranks; what reports say of M."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.invariants.real.membership import member_by_description, member_by_real_rank
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.parametrization import parametrization


def member(spec: str, function) -> bool | None:
    model = parse_spec(spec)
    found = member_by_real_rank(model, [Fraction(c) for c in function], 1)
    if found is None:
        return None
    assert verify(found.certificate).value[1] is found.data and found.trust == []
    return found.data


def test_functions_of_real_parameters_are_members() -> None:
    generator = random.Random(5)
    for spec in ("mlp:2,3,1:x^4", "mlp:2,3,1:x^5", "mlp:2,4,1:x^5", "mlp:2,5,1:x^7"):
        phi = parametrization(parse_spec(spec))
        for _ in range(5):
            w = [generator.randint(-5, 5) for _ in range(phi.model.parameter_count)]
            f = [sum(c * _power(w, e) for e, c in p.items()) for p in phi.polynomials]
            if any(f):
                assert member(spec, f) is True


def _power(w, exponents) -> int:
    product = 1
    for x, k in zip(w, exponents):
        product *= x**k
    return product


def test_forms_with_real_roots_need_as_many_units_as_their_degree() -> None:
    quintic = (1, 0, -5, 0, 4, 0)  # x (x^2 - y^2) (x^2 - 4 y^2)
    assert member("mlp:2,4,1:x^5", quintic) is False
    assert member("mlp:2,5,1:x^5", quintic) is True
    assert member("mlp:3,2,1:x^2", (1, 0, 0, 1, 0, 1)) is None


def test_a_description_decides_where_the_fiber_has_no_rational_point() -> None:
    # x^2 + y^2 is a product of two linear forms, but not of real ones.
    found = NeuroManifold("cnn:2,2", seed=1).fiber([1, 0, 1])
    assert found.over_complex.data is True and found.over_real.data is False
    assert verify(found.over_real.certificate).invariant == "real_membership"
    assert "the description of M" in str(found)


def test_description_and_real_rank_agree() -> None:
    generator = random.Random(7)
    M = NeuroManifold("mlp:2,2,1:x^3", seed=1)
    answers = set()
    for _ in range(40):
        f = [Fraction(generator.randint(-3, 3)) for _ in range(4)]
        if any(f):
            by_formula = member_by_description(M.model, f, M.semialgebraic_description)
            by_rank = member_by_real_rank(M.model, f, 1)
            assert by_formula is not None and by_rank is not None
            assert by_formula.data is by_rank.data
            answers.add(by_rank.data)
    assert answers == {True, False}


def test_a_changed_certificate_is_refused() -> None:
    M = NeuroManifold("cnn:2,2", seed=1)
    by_formula = member_by_description(M.model, [Fraction(c) for c in (1, 0, 1)],
                                       M.semialgebraic_description)
    by_rank = member_by_real_rank(parse_spec("mlp:2,2,1:x^3"),
                                  [Fraction(c) for c in (1, 0, -1, 0)], 1)
    assert by_formula is not None and by_rank is not None
    for original in (by_formula.certificate, by_rank.certificate):
        assert original is not None and verify(original).value[1] is False
        for function, answer in ((original["claim"]["value"][0], True),
                                 (["0"] * len(original["claim"]["value"][0]), False)):
            data = json.loads(json.dumps(original))
            data["claim"]["value"] = [function, answer]
            with pytest.raises(CertificateError):
                verify(data | {"digest": digest(data)})


# -- reports -----------------------------------------------------------------------------------


def test_reports_say_what_a_neuromanifold_is_over_the_real_numbers(
        capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    assert main(["report", "cnn:2,2", "--quiet", "--seed", "1", "--no-cache"]) == 0
    text = capsys.readouterr().out
    assert "Over the real numbers M is every binary quadratic form whose zeros are all real" in text
    assert "z_1^2 - 4*z_0*z_2 >= 0" in text
    page = tmp_path / "page.html"
    assert main(["report", "cnn:2,2", "--quiet", "--html", str(page), "--no-cache"]) == 0
    shown = page.read_text()
    assert 'id="real"' in shown and "whose zeros are all real" in shown


def test_a_report_says_nothing_of_a_description_that_is_not_known(
        capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "mlp:3,4,1:x^3", "--quiet", "--json", "--seed", "1",
                 "--no-cache"]) == 0
    answers = json.loads(capsys.readouterr().out)
    assert "errors" not in answers and "semialgebraic_description" not in answers["results"]
    assert "trichotomy" in answers["results"]
    assert main(["compute", "mlp:3,4,1:x^3", "semialgebraic_description", "--quiet",
                 "--no-cache"]) == 3
