"""What a command imports: what it needs, and nothing else.  Each is run in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from neuroalg_sage.cli import main
from neuroalg_sage.cli.commands import COMMANDS, parser

# Of these each takes longer to import than a command may take to print its help.
HEAVY = ("numpy", "flint", "sage", "sympy", "scipy", "pexpect", "matplotlib")
LISTED = ("import json, sys; from neuroalg_sage.cli import main; "
          "code = main(sys.argv[1:]); print(json.dumps([code, sorted(sys.modules)]))")


def loaded(code: str, *words: str) -> tuple[int, set[str]]:
    """The exit code of a command, and the modules that it has imported."""
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True,
                          timeout=600)
    result, modules = json.loads(done.stdout.splitlines()[-1])
    return result, set(modules)


def of(modules: set[str], *packages: str) -> set[str]:
    """Those modules that are of packages."""
    return {name for name in modules
            if any(name == package or name.startswith(f"{package}.") for package in packages)}


def test_the_package_imports_no_wing() -> None:
    _, modules = loaded("import json, sys; import neuroalg_sage; "
                        "print(json.dumps([0, sorted(sys.modules)]))")
    assert of(modules, "neuroalg_sage") == {"neuroalg_sage"}
    assert not of(modules, *HEAVY)


HELP = ("import json, sys\n"
        "from neuroalg_sage.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: print(json.dumps([end.code, sorted(sys.modules)]))\n")
OWN = {f"neuroalg_sage.cli.{module}" for module in COMMANDS}


def test_help_imports_no_command() -> None:
    code, modules = loaded(HELP, "--help")
    assert code == 0
    assert not of(modules, *HEAVY, *OWN, "neuroalg_sage.models", "neuroalg_sage.invariants",
                  "neuroalg_sage.certificates", "dataclasses", "inspect", "importlib.metadata")


@pytest.mark.parametrize("module", COMMANDS)
def test_the_help_of_a_command_imports_its_own_module(module) -> None:
    for command in COMMANDS[module]:
        code, modules = loaded(HELP, command, "--help")
        assert code == 0
        assert of(modules, *OWN) == {f"neuroalg_sage.cli.{module}"}
        assert not of(modules, *HEAVY, "neuroalg_sage.neuromanifold")


@pytest.mark.parametrize("words", [
    ["comput", "linear:3,2,3"], ["compute", "linear:3,2,3", "dimension", "--jsn"],
    ["compute", "linear:3,2,3", "dimension", "--timeout", "-1"], ["verify"], []],
    ids=" ".join)
def test_a_refusal_imports_no_mathematics(words) -> None:
    code, modules = loaded(LISTED, *words)
    assert code == 2
    assert not of(modules, *HEAVY, "neuroalg_sage.neuromanifold")


def test_each_module_has_the_commands_that_are_listed_under_it() -> None:
    (commands,) = (action for action in parser(complete=True)._actions if action.choices)
    homes = {name: command.get_default("run").__module__
             for name, command in commands.choices.items()}
    assert homes == {name: f"neuroalg_sage.cli.{module}"
                     for module, names in COMMANDS.items() for name in names}


def test_a_dimension_imports_no_computer_algebra_system() -> None:
    code, modules = loaded(LISTED, "compute", "linear:3,2,3", "dimension", "--no-cache")
    assert code == 0
    assert not of(modules, "sage", "sympy", "pexpect", "matplotlib", "importlib.metadata",
                  "neuroalg_sage.engines.macaulay2", "neuroalg_sage.pages",
                  "neuroalg_sage.descriptions")


@pytest.mark.parametrize(("word", "said"), [
    ("degree", "it is an invariant: neuroalg compute SPEC degree."),
    ("reprot", "did you mean report ?"),
    ("42", "it is report, compute,")])
def test_what_is_no_command_is_refused_with_what_may_be_meant(
        word: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word, "mlp:2,2,2:x^2"]) == 2
    assert capsys.readouterr().err.startswith(f"neuroalg: There is no command '{word}'; {said}")


@pytest.mark.parametrize("arguments", [["--quiet", "compute", "linear:2,1,2", "dimension"],
                                       ["--timeout", "5", "compute", "linear:2,1,2", "dimension"]])
def test_an_option_before_the_command_is_said_to_stand_after_it(
        arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == (f"neuroalg: Options stand after the command: neuroalg "
                                       f"COMMAND {arguments[0]}; see neuroalg --help.\n")
