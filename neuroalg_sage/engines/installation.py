"""
What is installed of all that NeuroAlg may call, whether it works, and what brings what is missing.

Each part is probed in a process of its own, which is ended when its time is up: a program that
hangs, or dies of an illegal instruction, is itself a finding.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

from neuroalg_sage.engines import csdp, gfan, macaulay2, msolve, qepcad
from neuroalg_sage.engines.programs import version_in
from neuroalg_sage.errors import EngineError

SECONDS = 90.0  # for one probe; Sage takes some to be imported on a machine at work
EXTRAS = "pip install 'neuroalg-sage[{}]'"


@dataclass(frozen=True)
class Part:
    """
    A program or a library.

    - ``name`` -- what it is
    - ``needed`` -- whether answers need it; else it is for the purpose of its extra
    - ``remedy`` -- the command that brings it
    - ``version``, ``place`` -- what was found, and where; empty if nothing
    - ``problem`` -- a sentence if it is missing or does not work; else empty
    """

    name: str
    needed: bool
    remedy: str
    version: str = ""
    place: str = ""
    problem: str = ""

    @property
    def works(self) -> bool:
        """Whether it is there and works."""
        return not self.problem


@dataclass(frozen=True)
class Done:
    """How a process ended: its exit code, None if its time was up; and what it printed."""

    code: int | None
    output: str
    errors: str = ""


def attempt(command: list[str], seconds: float = SECONDS) -> Done:
    """
    Run a command to its end, or for some seconds; all that it has started ends with it.

    EXAMPLES::

        >>> attempt([sys.executable, "-c", "print(6 * 7)"]).output
        '42\\n'
        >>> attempt([sys.executable, "-c", "input()"], 0.0).code is None
        True
    """
    with TemporaryDirectory(prefix="neuroalg-") as home:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True, errors="replace",
                                       cwd=home, start_new_session=True)
        except OSError as error:
            return Done(127, "", error.strerror or "")
        try:
            output, errors = process.communicate(timeout=seconds)
            return Done(process.returncode, output, errors)
        except subprocess.TimeoutExpired:
            return Done(None, "")
        finally:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()


def _why(name: str, done: Done, remedy: str) -> str:
    """Why a probe has failed, in a sentence."""
    if done.code is None:
        return f"{name} did not answer within {SECONDS:g} seconds; install it again: {remedy}."
    illegal = macaulay2.illegal_instruction(done.code)
    if illegal and name == "Macaulay2":
        return f"{illegal[:1].upper()}{illegal[1:]}."
    if illegal:
        return (f"{name} uses instructions that this processor does not have; install another "
                f"version: {remedy}.")
    last = (done.errors.strip().splitlines() or ["it ended with code " + str(done.code)])[-1]
    return f"{name} does not work ({last[:150]}); install it again: {remedy}."


# -- probes --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Library:
    """A Python library: what it is for, the package that has it, and the module to import."""

    part: Part
    package: str
    module: str


# Says of each module, on a line of its own, where it is or why it cannot be imported.
_IMPORTS = """
import importlib, json, sys
for name in sys.argv[1:]:
    try:
        if name.startswith("sage."):
            import sage.all__sagemath_modules
        place, problem = getattr(importlib.import_module(name), "__file__", None) or "", ""
    except BaseException as error:
        place, problem = "", f"{type(error).__name__}: {error}"
    print(flush=True)
    print(json.dumps([name, place, problem]), flush=True)
"""


def probe_libraries(libraries: Sequence[Library]) -> list[Part]:
    """
    Probe Python libraries: the version of each package, and whether its module is imported.

    One process imports them all, since most of the time goes into what they share.  If it dies or
    hangs, what it had not yet answered is probed one by one.
    """
    versions: dict[str, str] = {}
    for one in libraries:
        with suppress(PackageNotFoundError):
            versions[one.package] = version(one.package)
    modules = [one.module for one in libraries if one.package in versions]
    done = attempt([sys.executable, "-c", _IMPORTS, *modules])
    answers = {}
    for line in done.output.splitlines():
        with suppress(ValueError, TypeError):
            name, place, problem = json.loads(line)
            answers[name] = place, problem
    parts = []
    for one in libraries:
        part, found = one.part, versions.get(one.package)
        if found is None:
            part = replace(part, problem=f"{part.name} is missing; {part.remedy} brings it.")
        elif one.module in answers:
            place, problem = answers[one.module]
            failed = Done(1, "", problem)
            part = replace(part, version=found, place=place, problem=(
                _why(part.name, failed, part.remedy) if problem else ""))
        elif len(modules) > 1:
            (part,) = probe_libraries([one])
        else:
            part = replace(part, version=found, problem=_why(part.name, done, part.remedy))
        parts.append(part)
    return parts


def probe_macaulay2() -> list[Part]:
    """Probe Macaulay2, and whether it loads the package NeuroAlgebra."""
    remedy = f"pip install {macaulay2.WORKING_VERSION}"
    part = Part("Macaulay2", True, remedy)
    package = Part("NeuroAlgebra for Macaulay2", True, "pip install --force-reinstall --no-deps "
                   "neuroalg-sage")
    lacking = replace(package, problem="The package NeuroAlgebra cannot be loaded without "
                      "Macaulay2.")
    try:
        words = shlex.split(macaulay2.find_command())
    except EngineError as error:
        return [replace(part, problem=f"{str(error)[:1].upper()}{str(error)[1:]}."), lacking]
    part = replace(part, place=words[0])
    try:
        folder = f"{macaulay2.package_directory()}/"
    except EngineError as error:
        return [part, replace(package, problem=f"{str(error).capitalize()}.")]
    done = attempt([*words, "--silent", "--stop", "--no-readline", "-e",
                    '<< "version " << version#"VERSION" << endl; '
                    f'path = prepend({macaulay2.quoted(folder)}, path); '
                    'needsPackage "NeuroAlgebra"; << "package loaded" << endl; exit 0'])
    lines = [line.split() for line in done.output.splitlines()]
    found = next((line[1] for line in lines if line[:1] == ["version"] and len(line) > 1), "")
    if not found:
        return [replace(part, problem=_why("Macaulay2", done, remedy)), lacking]
    part = replace(part, version=found)
    if ["package", "loaded"] in lines:
        return [part, replace(package, place=folder)]
    return [part, replace(package, place=folder,
                          problem=_why(package.name, done, package.remedy))]


def probe_msolve() -> list[Part]:
    """Probe msolve."""
    return [_probe_program(Part("msolve", True, f"pip install {msolve.WORKING_VERSION}"),
                           msolve.find_command(), "-V")]


def probe_qepcad() -> list[Part]:
    """Probe QEPCAD."""
    return [_probe_program(Part("QEPCAD", True, f"pip install {qepcad.WORKING_VERSION}"),
                           qepcad.find_command(), "-v")]


def probe_gfan() -> list[Part]:
    """Probe gfan."""
    return [_probe_program(Part("gfan", True, f"pip install {gfan.WORKING_VERSION}"),
                           gfan.find_command(), "_version")]


def probe_csdp() -> list[Part]:
    """Probe CSDP, which states no version, by a program of one number."""
    remedy = f"pip install {csdp.WORKING_VERSION}"
    place = csdp.find_command()
    part = Part("CSDP", True, remedy, place=place or "")
    if place is None:
        return [replace(part, problem=f"CSDP was not found; {remedy} brings it.")]
    with TemporaryDirectory(prefix="neuroalg-") as folder:
        source, result = Path(folder) / "problem", Path(folder) / "answer"
        source.write_text("1\n1\n1\n1.0\n0 1 1 1 -1.0\n1 1 1 1 1.0\n")
        done = attempt([place, str(source), str(result)])
        if done.code == 0 and result.exists():
            return [part]
    return [replace(part, problem=_why(part.name, done, remedy))]


def _probe_program(part: Part, place: str | None, option: str) -> Part:
    """Probe a program that states its version."""
    if place is None:
        return replace(part, problem=f"{part.name} was not found; {part.remedy} brings it.")
    done = attempt([place, option])
    found = version_in(done.output + done.errors)
    if done.code != 0 and not found:
        return replace(part, place=place, problem=_why(part.name, done, part.remedy))
    return replace(part, place=place, version=found)


_SAGE = macaulay2.WORKING_VERSION.partition("==")[2]
LIBRARIES = tuple(Library(Part(name, needed, remedy), package, module)
                  for name, needed, package, module, remedy in (
    ("Singular", True, "passagemath-singular", "sage.libs.singular.singular",
     f"pip install passagemath-singular=={_SAGE}"),
    ("LinBox", True, "passagemath-linbox", "sage.matrix.matrix_modn_dense_double",
     f"pip install passagemath-linbox=={_SAGE}"),
    ("Sage's schemes", True, "passagemath-schemes", "sage.schemes.affine.affine_space",
     f"pip install passagemath-schemes=={_SAGE}"),
    ("python-flint", True, "python-flint", "flint", "pip install python-flint"),
    ("NumPy", True, "numpy", "numpy", "pip install numpy"),
    ("SymPy", True, "sympy", "sympy", "pip install sympy"),
    ("pexpect", True, "pexpect", "pexpect", "pip install pexpect"),
    ("Numba (monodromy)", True, "numba", "numba", "pip install numba"),
    ("argcomplete (completion in the shell)", False, "argcomplete", "argcomplete",
     "pip install argcomplete"),
    ("matplotlib (pictures)", False, "matplotlib", "matplotlib", EXTRAS.format("plot")),
    ("pyarrow (Parquet files)", False, "pyarrow", "pyarrow", EXTRAS.format("data")),
    ("SciPy (flows)", False, "scipy", "scipy.integrate", EXTRAS.format("numerics")),
    ("ONNX (files of networks)", False, "onnx", "onnx", EXTRAS.format("import")),
    ("h5py (files of Keras)", False, "h5py", "h5py", EXTRAS.format("import")),
    ("safetensors (files of weights)", False, "safetensors", "safetensors",
     EXTRAS.format("import")),
    ("Dask (clusters)", False, "distributed", "distributed", EXTRAS.format("cluster")),
    ("Sage's graphs (posets)", False, "passagemath-graphs", "sage.combinat.posets.posets",
     EXTRAS.format("posets")),
    ("JupyterLab", False, "jupyterlab", "jupyterlab", EXTRAS.format("notebook")),
    ("nbclient (running notebooks)", False, "nbclient", "nbclient", EXTRAS.format("notebook")),
    ("Jupyter kernel for Sage", False, "passagemath-repl", "sage.repl.ipython_kernel.kernel",
     EXTRAS.format("notebook")),
    ("Jupyter kernel for Macaulay2", False, "macaulay2-jupyter-kernel", "m2_kernel",
     EXTRAS.format("notebook")),
))


def probes() -> Iterator[tuple[str, Callable[[], list[Part]]]]:
    """All probes, by the name of what they are of."""
    yield "Macaulay2", probe_macaulay2
    yield "msolve", probe_msolve
    yield "QEPCAD", probe_qepcad
    yield "gfan", probe_gfan
    yield "CSDP", probe_csdp
    yield "libraries", partial(probe_libraries, LIBRARIES)


def examine(progress: Callable[[str], None] = lambda message: None) -> list[Part]:
    """
    Probe everything.

    INPUT:

    - ``progress`` -- called with the name of what is probed

    OUTPUT: the parts, in a fixed order
    """

    def run(named: tuple[str, Callable[[], list[Part]]]) -> list[Part]:
        name, probe = named
        progress(f"probing {name}")
        return probe()

    with ThreadPoolExecutor(max_workers=max(os.cpu_count() or 1, 2)) as pool:
        return [part for found in pool.map(run, probes()) for part in found]


def python() -> tuple[str, str]:
    """The version of Python, and where it is."""
    return ".".join(map(str, sys.version_info[:3])), str(Path(sys.executable))
