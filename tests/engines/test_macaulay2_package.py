"""The checks of the Macaulay2 package pass, and fail where something is broken on purpose."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from neuroalg_sage.engines import check
from neuroalg_sage.engines.check import check_package
from neuroalg_sage.engines.macaulay2 import package_directory
from neuroalg_sage.engines.macaulay2_names import NEUROALGEBRA_NAMES
from neuroalg_sage.errors import EngineError

ONE_TEST = """
TEST ///
    -- the cusp
    assert(imageDimension map(QQ[t], QQ[x,y], {t^2, t^3}) == 1)
///
"""


def exports(folder: Path) -> list[str]:
    """The symbols that the package exports."""
    sources = "\n".join(path.read_text() for path in folder.rglob("*.m2"))
    lists = re.findall(r"^export \{(.*?)\}", sources, re.MULTILINE | re.DOTALL)
    return re.findall(r'"(\w+)"', "".join(lists))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package with one test and one node of documentation for all symbols."""
    folder = tmp_path / "m2 scripts"
    shutil.copytree(package_directory(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "NeuroAlgebra" / "Tests.m2").write_text(ONE_TEST)
    for name in ("Guide.m2", "ModelsDocumentation.m2", "ComposedModelsDocumentation.m2",
                 "ModelsTests.m2"):
        (folder / "NeuroAlgebra" / name).write_text("")
    keys = ["NeuroAlgebra", *exports(folder), *(f"[{f}, {option}]" for f, options in {
        "neurovariety": "Strategy", "neurovarietyReport": "Strategy", "algebraicPoints": "Limit",
        "degeneracyComponents": "Known", "singularComponents": "Known", "edDegree": "Metric",
        "criticalIdeal": "Metric", "mlp": "Bias CoefficientRing",
        "linearNetwork": "CoefficientRing", "networkOverPlaces": "Bias Readout CoefficientRing",
        "lightningAttention": "Layers Heads CoefficientRing",
        "convolutional": "Strides Channels InputChannels Outputs CoefficientRing",
        "residualNetwork": "InputWidth OutputWidth Bias CoefficientRing",
        "gatedNetwork": "LastGated Bias CoefficientRing",
        "mixtureOfExperts": "Gate Hidden Bias CoefficientRing",
        "autoencoder": "Tied Bias CoefficientRing", "lowRankAdaptation": "Base CoefficientRing",
        "polynomialNetwork": "Nested Homogeneous OutputWidth Bias CoefficientRing",
    }.items() for option in options.split())]
    (folder / "NeuroAlgebra" / "Documentation.m2").write_text(
        "doc ///\nKey\n  " + "\n  ".join(keys) + "\nHeadline\n  all that there is\n"
        "Description\n  Text\n    A number.\n  Example\n    1 + 1\n///\n")
    return folder


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def snapshot(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Each test in a child of one process that has loaded the package; ``check`` collects garbage
# after each, and starts Macaulay2 again for some.
IN_CHILDREN = """
use pkg;
scan(toList pkg#"test inputs", t -> (
        child := fork();
        if child == 0 then (value t#"code"; exit 0);
        if wait child != 0 then (
            stderr << "error: a test failed: " << locate t << endl;
            exit 1)));
<< "all " << testCount << " tests passed" << endl;
"""


def run_tests(folder: Path, home: Path) -> str:
    """Whether all is documented and all tests of a package pass: what Macaulay2 prints."""
    done = check._run(folder, check.DOCUMENTED + IN_CHILDREN, str(home))
    return done.stdout + done.stderr * (done.returncode != 0)


def test_all_is_documented_and_the_tests_pass(tmp_path: Path) -> None:
    printed = run_tests(package_directory().resolve(), tmp_path)
    found = re.fullmatch(r"all (\d+) tests passed\n", printed)
    assert found and int(found[1]) >= 50, printed


def test_a_test_that_fails_in_a_child_is_named(copy: Path, tmp_path: Path) -> None:
    assert run_tests(copy, tmp_path) == "all 1 tests passed\n"
    replace(copy / "NeuroAlgebra" / "Tests.m2", "== 1", "== 2")
    printed = run_tests(copy, tmp_path)
    assert "assertion failed" in printed and "Tests.m2" in printed and "passed" not in printed


@pytest.mark.slow
def test_the_package_passes_its_checks_and_nothing_is_written(
        capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(package_directory())
    assert check.main() == 0
    printed = capsys.readouterr()
    found = re.fullmatch(r"NeuroAlgebra: (\d+) tests passed, (\d+) symbols documented, "
                         r"(\d+) examples run\n", printed.out)
    assert found and int(found[1]) >= 14 and int(found[2]) >= 10 and int(found[3]) >= 10
    assert snapshot(package_directory()) == before


@pytest.mark.slow
def test_a_whole_copy_passes(copy: Path) -> None:
    assert check_package(copy) == (
        f"NeuroAlgebra: 1 tests passed, {len(exports(copy))} symbols documented, 1 examples run")


def test_scripts_may_not_use_the_names_of_the_package() -> None:
    assert set(exports(package_directory())) < NEUROALGEBRA_NAMES


@pytest.mark.slow
def test_a_link_that_leads_nowhere_fails(copy: Path) -> None:
    replace(copy / "NeuroAlgebra" / "Documentation.m2", "A number.", '@TO "nowhere"@ is a number.')
    with pytest.raises(EngineError, match="help .* is not in order:.*\n?.*nowhere"):
        check_package(copy)


def test_a_false_assertion_fails(copy: Path) -> None:
    replace(copy / "NeuroAlgebra" / "Tests.m2", "== 1", "== 2")
    with pytest.raises(EngineError, match="assertion failed") as caught:
        check_package(copy)
    assert "Tests.m2" in str(caught.value)


def test_a_broken_example_fails(copy: Path) -> None:
    replace(copy / "NeuroAlgebra" / "Documentation.m2", "1 + 1", "1/0")
    with pytest.raises(EngineError, match="division by zero"):
        check_package(copy)


@pytest.mark.parametrize(("old", "new"), [
    ("export {", 'export { "silent",'),
    ("neurovariety = method(TypicalValue => Ideal, Options => {",
     "neurovariety = method(TypicalValue => Ideal, Options => {Verify => true, "),
])
def test_what_is_not_documented_fails(copy: Path, old: str, new: str) -> None:
    replace(copy / "NeuroAlgebra.m2", old, new)
    with pytest.raises(EngineError, match="without documentation: .*(silent|Verify)"):
        check_package(copy)


def test_a_package_that_does_not_load_fails(copy: Path, monkeypatch: pytest.MonkeyPatch,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    replace(copy / "NeuroAlgebra.m2", "beginDocumentation()", "beginDocumentation((")
    monkeypatch.setattr(check, "package_directory", lambda: copy)
    assert check.main() == 1
    printed = capsys.readouterr()
    assert printed.out == "" and "NeuroAlgebra.m2" in printed.err


def test_a_package_without_tests_fails(copy: Path) -> None:
    (copy / "NeuroAlgebra" / "Tests.m2").write_text("-- none\n")
    with pytest.raises(EngineError, match="without tests"):
        check_package(copy)
