"""Claims that other packages declare: they are checked, and nobody takes it for the checker's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, MalformedCertificate, verify

MODEL = {"input_shape": [2], "layers": [{"kind": "dense", "inputs": 2, "outputs": 3}]}

HONEST = """
from neuroalg_sage.certificates.claim import Claim
from neuroalg_sage.certificates.reading import require

CLAIM = Claim("number_of_parameters", "{module}:check")

def check(model, value, evidence):
    require(value == model.parameters, "The parameters are counted otherwise.")
    return ["the parameters are counted"], evidence.get("whom", [])
"""

Declare = Callable[..., Path]


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Put a package with one module, which declares one claim, where Python finds it."""
    def declared(source: str = HONEST, claim: str = "number_of_parameters",
                 package: str = "Counting", value: str = "CLAIM") -> Path:
        folder = tmp_path / package
        module = f"outside_{package.lower()}"
        info = folder / f"{package}-1.2.dist-info"
        info.mkdir(parents=True)
        (folder / f"{module}.py").write_text(source.replace("{module}", module))
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(
            f"[neuroalg_sage.claims]\n{claim} = {module}:{value}\n")
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, module, raising=False)
        return folder

    return declared


def claimed(value: Any = 6, trust: tuple[str, ...] = ("package: Counting",),
            claim: str = "number_of_parameters", status: str = "proved",
            evidence: dict[str, Any] | None = None, error_bound: float | None = None
            ) -> dict[str, Any]:
    return certificate(MODEL, claim, value, status, list(trust), evidence or {}, {}, error_bound)


def test_a_claim_that_nobody_declares_is_not_known() -> None:
    for name in ("number_of_parameters", "", None, 1, [], "dimension ", "../dimension"):
        with pytest.raises(MalformedCertificate, match="The claim's invariant is not known"):
            verify(claimed(claim=name))  # type: ignore[arg-type]


def test_the_verdict_names_the_package_that_must_be_believed(declare: Declare) -> None:
    declare()
    verdict = verify(claimed())
    assert (verdict.value, verdict.status, verdict.trust, verdict.package) == (
        6, "proved", ("package: Counting",), "Counting 1.2")
    assert str(verdict) == (
        "checked by the package Counting 1.2, which is outside of the trusted base and must be "
        "believed: number_of_parameters of 2 -dense-> 3 is 6; proved, trusting package: Counting. "
        "Verified: the parameters are counted.")
    assert not verify(certificate(MODEL, "ambient_dimension", 6, "proved", [], {}, {})).package


def test_the_certificate_must_say_that_the_package_is_trusted(declare: Declare) -> None:
    declare()
    for trust in ((), ("Counting",), ("package: counting",), ("package: Counting", "macaulay2")):
        with pytest.raises(CertificateError, match="whom it trusts .*: package: Counting"):
            verify(claimed(trust=trust))
    evidence = {"whom": ["macaulay2"]}
    believed = ("package: Counting", "macaulay2")
    assert verify(claimed(trust=believed, evidence=evidence)).trust == believed


def test_what_the_package_refuses_is_rejected(declare: Declare) -> None:
    declare()
    with pytest.raises(CertificateError, match="counted otherwise"):
        verify(claimed(7))
    with pytest.raises(CertificateError, match="wrong kind"):
        verify(claimed(6.0))
    with pytest.raises(CertificateError, match="status of this invariant is one of"):
        verify(claimed(status="bounds"))


@pytest.mark.parametrize("error", ["RuntimeError('x')", "KeyError(1)", "SystemExit(0)",
                                   "RecursionError()", "NotImplementedError"])
def test_a_check_that_fails_is_no_proof(error: str, declare: Declare) -> None:
    declare(HONEST + f"\ndef check(*given):\n    raise {error}\n")
    with pytest.raises(CertificateError, match="The check of the package Counting 1.2 failed"):
        verify(claimed())


@pytest.mark.parametrize("answer", ["None", "True", "'all'", "([], 'nobody')", "(['x'], [1])",
                                    "[['x'], []]", "(['x'], [], [])", "({}, [])", "iter(())"])
def test_a_check_that_returns_something_else_is_no_proof(answer: str, declare: Declare) -> None:
    declare(HONEST + f"\ndef check(*given):\n    return {answer}\n")
    with pytest.raises(CertificateError, match="does not say what was verified"):
        verify(claimed())


@pytest.mark.parametrize("source", [
    "import a_module_that_is_not_there", "raise SystemExit(0)", "raise ValueError", "OTHER = 1",
    "from neuroalg_sage.certificates.claim import Claim\nCLAIM = Claim('x', 'y:z', ('sure',))",
    "from neuroalg_sage.certificates.claim import Claim\nCLAIM = Claim('x', 'y:z', kinds=(1,))"])
def test_a_package_that_cannot_be_loaded(source: str, declare: Declare) -> None:
    declare(source)
    with pytest.raises(CertificateError, match="Counting 1.2 .* but cannot be loaded"):
        verify(claimed())


@pytest.mark.parametrize("source", [
    "CLAIM = 'dimension'", "CLAIM = print", "from neuroalg_sage.certificates.dimension import "
    "CLAIMS\nCLAIM = CLAIMS[0]"])
def test_an_entry_point_that_is_not_the_claim(source: str, declare: Declare) -> None:
    declare(source)
    with pytest.raises(CertificateError, match="but its entry point is not that claim"):
        verify(claimed())


def test_a_check_that_is_not_there(declare: Declare) -> None:
    declare(HONEST.replace(":check", ":chek"))
    with pytest.raises(CertificateError, match="Counting 1.2 failed .AttributeError"):
        verify(claimed())


def test_our_own_claims_are_checked_by_us(declare: Declare) -> None:
    declare(HONEST.replace("number_of_parameters", "ambient_dimension").replace(
        "model.parameters", "value"), claim="ambient_dimension")
    for trust in ((), ("package: Counting",)):
        with pytest.raises(CertificateError, match="not that of the model"):
            verify(claimed(7, trust, "ambient_dimension"))
    assert verify(claimed(6, (), "ambient_dimension")).trust == ()
    assert "outside_counting" not in sys.modules


def test_a_check_of_ours_in_another_package_is_not_taken_for_ours(declare: Declare) -> None:
    check = ".dimension.ambient_dimension:check_ambient_dimension"
    declare(HONEST.replace("{module}:check", check))
    assert verify(claimed()).trust == ("package: Counting",)
    with pytest.raises(CertificateError):
        verify(claimed(7))


def test_two_packages_that_declare_one_claim_are_both_refused(declare: Declare) -> None:
    declare()
    declare(package="Numbering")
    with pytest.raises(CertificateError, match="Several packages declare the claim"):
        verify(claimed())


def test_a_package_that_does_not_say_who_it_is(declare: Declare) -> None:
    folder = declare()
    for text in ("Metadata-Version: 2.1\nName: Counting\n", "Metadata-Version: 2.1\n", None):
        file = folder / "Counting-1.2.dist-info" / "METADATA"
        file.unlink() if text is None else file.write_text(text)
        with pytest.raises(CertificateError, match="does not say its name and version"):
            verify(claimed())


def test_a_damaged_package_of_others_is_no_reason_for_a_traceback(declare: Declare) -> None:
    folder = declare()
    (folder / "Counting-1.2.dist-info" / "entry_points.txt").write_text("[others]\nnonsense\n")
    with pytest.raises(CertificateError, match="installed packages declare cannot be read"):
        verify(claimed())
    assert verify(certificate(MODEL, "ambient_dimension", 6, "proved", [], {}, {})).value == 6


def test_status_error_bound_and_kinds_are_those_of_the_claim(declare: Declare) -> None:
    declare("""
from neuroalg_sage.certificates.claim import STATUSES, Claim

CLAIM = Claim("number_of_parameters", "{module}:check", STATUSES, kinds=(str,), others=True)

def check(model, value, evidence, status, error_bound=None):
    return [f"{status} {error_bound}"], []
""")
    for status, bound in (("proved", None), ("bounds", None), ("monte_carlo", 0.25)):
        verdict = verify(claimed("six", status=status, error_bound=bound))
        assert verdict.verified == (f"{status} {bound}",)
        assert "(there may be others)" in str(verdict)
    with pytest.raises(CertificateError, match="belongs to the status monte_carlo"):
        verify(claimed("six", error_bound=0.25))
    with pytest.raises(CertificateError, match="wrong kind"):
        verify(claimed(6))


def test_in_a_process_of_its_own(declare: Declare, tmp_path: Path) -> None:
    folder = declare()
    file = tmp_path / "proof.json"

    def run(data: dict[str, Any]) -> tuple[int, str, str]:
        file.write_text(json.dumps(data))
        done = subprocess.run(
            [sys.executable, "-m", "neuroalg_sage.certificates", str(file)], text=True,
            env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True)
        return done.returncode, done.stdout, done.stderr

    code, said, wrong = run(claimed())
    assert (code, wrong) == (0, "") and "checked by the package Counting 1.2, which is" in said
    code, said, wrong = run(claimed(7))
    assert (code, said) == (1, "") and wrong.count("\n") == 1 and "rejected" in wrong
    (folder / "outside_counting.py").write_text("raise SystemExit(0)\n")
    code, said, wrong = run(claimed())
    assert (code, said) == (1, "") and wrong.count("\n") == 1 and "cannot be loaded" in wrong


def test_other_packages_are_not_looked_for_where_the_claim_is_known() -> None:
    data = json.dumps(certificate(MODEL, "ambient_dimension", 6, "proved", [], {}, {}))
    code = ("import sys; from neuroalg_sage.certificates.checker import verify; "
            f"verify({data!r}); sys.exit('neuroalg_sage.certificates.outside' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
