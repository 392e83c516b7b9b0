"""The names that others import: they stay, and importing the package loads no mathematics."""

from __future__ import annotations

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

import neuroalg_sage

ROOT = Path(__file__).resolve().parents[1]

# Whoever removes a name from here breaks programs that others wrote.
NAMES = """
    Activation ActivationFunction Attention CNN CertificateError Chain Convolution Dense ERM
    EngineError Flow
    INVARIANTS InputError Invariant Layer LightningAttention LimitReached LinearNetwork MLP Model
    NeuroAlgError NeuroManifold PiecewiseLinearArchitecture PiecewiseLinearNetwork PolynomialLayer
    Product Question Sum Survey TrainingProblem activation_threshold
    Comparison ContinuousNetwork compare compose defective
    from_expressions from_sage from_sympy
    html_report interpolation load_model minimal_filling mlps parse_spec population read_mrdi
    relu_on_cell TrainedNetwork from_keras from_onnx from_torch load_trained
    Autoencoder GatedNetwork LowRankAdaptation MixtureOfExperts RecurrentNetwork ResidualNetwork
    StateSpaceModel Transformer
    verify write_ideal __version__
""".split()


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_stays(name: str) -> None:
    assert getattr(neuroalg_sage, name) is not None
    assert name in dir(neuroalg_sage) or name == "compose"


def test_an_old_name_is_kept_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(neuroalg_sage._RENAMED, "NeuroVariety", ("NeuroManifold", "0.4"))
    with pytest.warns(DeprecationWarning, match="NeuroVariety is now called .*NeuroManifold; "
                                                "version 0.4 will not know"):
        found = neuroalg_sage.NeuroVariety
    assert found is neuroalg_sage.NeuroManifold
    assert "NeuroVariety" not in vars(neuroalg_sage)  # so that it warns again
    with pytest.raises(AttributeError):
        _ = neuroalg_sage.NeuroVarieties


def test_an_old_name_has_a_new_one() -> None:
    assert all(new in NAMES and old not in NAMES
               for old, (new, _) in neuroalg_sage._RENAMED.items())


def loaded_by(statement: str) -> set[str]:
    """The modules of this package that a statement loads in a fresh process."""
    found = subprocess.run(
        [sys.executable, "-c", f"import sys\n{statement}\nprint(*sys.modules)"],
        capture_output=True, text=True, check=True)
    return {name for name in found.stdout.split() if name.startswith("neuroalg_sage")}


def test_importing_the_package_loads_no_wing() -> None:
    assert loaded_by("import neuroalg_sage") == {"neuroalg_sage"}


def test_the_questions_are_read_without_what_answers_them() -> None:
    loaded = loaded_by("from neuroalg_sage import questions\nquestions.computed()")
    files = {"neuroalg_sage.invariants.answers.question"}
    assert {name for name in loaded if name.count(".") > 2} == files
    assert not {name for name in loaded if name.split(".")[1:2] in (["engines"], ["models"],
                                                                    ["certificates"])}


def test_the_wheel_has_every_package() -> None:
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    there = {".".join(path.parent.relative_to(ROOT).parts)
             for path in (ROOT / "neuroalg_sage").rglob("__init__.py")}
    assert {name for name in listed if ".m2_scripts" not in name} == there
