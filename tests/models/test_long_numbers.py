"""
Numbers longer than the 4,300 digits that Python writes and reads by default: in models, answers,
certificates, the checker, and the languages of other systems.

The model is (C a, a^3): the curve z_0^3 = C^3 z_1, a graph, of degree 3.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import run_macaulay2

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import decimal, digest
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.cli import main
from neuroalg_sage.formats import FORMATS, read_mrdi

# 2,000 digits, whose cube has 6,000; coefficients of a model have at most 3,010.  5,000 digits.
SHORT, LONG = "1" + "3" * 1999, "7" + "1" * 4999


def model(C: str) -> dict:
    return {"parameters": ["a"], "inputs": ["x", "y"], "outputs": [f"{C}*a*x + a^3*y"]}


def value(text: str) -> int:
    """The number by its digits, without the conversion under test."""
    total = 0
    for start in range(0, len(text), 100):
        part = text[start: start + 100]
        total = total * 10 ** len(part) + int(part)
    return total


def test_the_limit_of_python_is_as_it_was() -> None:
    """It is a setting for all of the process, which belongs to the user."""
    before = sys.get_int_max_str_digits()
    NeuroManifold(model(SHORT)).degree()
    assert sys.get_int_max_str_digits() == before


def test_numbers_of_any_length_as_text() -> None:
    assert decimal(value(LONG)) == LONG
    assert decimal(Fraction(-value(LONG), 2)) == f"-{LONG}/2"
    assert [decimal(c) for c in (0, -3, Fraction(4, 2), Fraction(-1, 3))] == [
        "0", "-3", "2", "-1/3"]


def test_answers_and_their_certificates() -> None:
    M = NeuroManifold(model(SHORT), seed=1)
    assert M.dimension() == 1 and M.degree() == 3
    (equation,) = M.ideal().data
    cube = value(SHORT) ** 3
    assert {e: abs(c) for e, c in equation.items()} == {(3, 0): 1, (0, 1): cube}
    assert str(M.hilbert_polynomial().value) == "3*i" and list(M.singular_locus()) == []
    for name in ("dimension", "degree", "ideal", "equations", "hilbert_polynomial",
                 "singular_locus", "conservation_laws"):
        certificate = M.compute(name).certificate
        assert verify(json.dumps(certificate)).invariant == name
    forged = json.loads(json.dumps(M.ideal().certificate).replace(decimal(cube),
                                                                  decimal(cube + 1)))
    forged["digest"] = digest(forged)
    with pytest.raises(CertificateError):
        verify(forged)


def test_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, certificate, page = (tmp_path / name for name in (
        "model.json", "certificate.json", "page.html"))
    spec.write_text(json.dumps(model(SHORT)))
    assert main(["compute", str(spec), "degree", "ideal", "--quiet", "--no-cache",
                 "--certificate", str(certificate)]) == 0
    assert main(["verify", str(certificate)]) == 0
    cube = decimal(value(SHORT) ** 3)
    assert "degree = 3  [proved]" in capsys.readouterr().out
    for form in FORMATS:
        assert main(["ideal", str(spec), "--quiet", "--no-cache", "--format", form]) == 0
        text = capsys.readouterr().out
        assert cube in text
        if form in ("mrdi", "oscar"):
            assert abs(read_mrdi(text).entries[0][(0, 1)]) == value(SHORT) ** 3
    for arguments in (["report", str(spec), "--json"], ["report", str(spec), "--latex"],
                      ["report", str(spec)], ["report", str(spec), "--html", str(page)],
                      ["fiber", str(spec), f"--function={SHORT}*x + y"],
                      ["critical", str(spec), f"--function={SHORT}*x + y"],
                      ["voronoi", str(spec), "--parameters=2"],
                      ["discriminant", str(spec)]):
        assert main([*arguments, "--quiet", "--no-cache"]) in (0, 3)
        assert capsys.readouterr().out
    for arguments in (["drift", str(spec)], ["plot", str(spec)]):
        assert main([*arguments, "--quiet", "--no-cache"]) == 2
        assert "beyond 10^308, the largest of floating point" in capsys.readouterr().err


def test_a_script(tmp_path: Path) -> None:
    found = run_macaulay2(NeuroManifold(model(SHORT)).script("degree"), tmp_path)
    assert found[-1] == "degree = 3"
