"""
The checks of the Macaulay2 package NeuroAlgebra: ``python -m neuroalg_sage.engines.check``.

Macaulay2's own ``check`` runs the tests of the package, and the examples of its
documentation as further tests.  Before that, each exported symbol and each of its options
must be documented.  After it, ``installPackage`` makes the pages of help, in a folder that is
dropped, and must not warn of anything, such as a link that leads nowhere.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from neuroalg_sage.engines.macaulay2 import find_command, package_directory, quoted
from neuroalg_sage.errors import EngineError

SUMMARY = "summary: "

# The path is the first line.  The variables are local, so that the package may export any
# name.  ``debug Core`` gives what ``check`` and ``installPackage`` use themselves.
DOCUMENTED = """
debug Core;
pkg := needsPackage("NeuroAlgebra", LoadDocumentation => true);
symbols := pkg#"exported symbols";
tag := key -> makeDocumentTag(key, Package => pkg);
subjects := join(symbols, flatten apply(symbols, s ->
    if instance(value s, MethodFunctionWithOptions)
    then apply(keys options value s, option -> [value s, option]) else {}));
silent := select(subjects, key -> not hasDocumentation tag key or isUndocumented tag key);
if #silent > 0 then
    error("without documentation: ", demark(", ", sort apply(silent, format @@ tag)));
testCount := #pkg#"test inputs";
if testCount == 0 then error "without tests";
"""

PROGRAM = DOCUMENTED + """
shown := pairs pkg#"example inputs";
currentPackage = pkg;
scan(shown, (node, inputs) -> addTest(demark(newline, inputs), locate tag node));
currentPackage = User;
check(pkg, UserMode => false, Verbose => true);
<< "summary: " << testCount << " tests passed, " << #symbols << " symbols documented, "
   << #shown << " examples run" << endl;
"""

# The examples have been run; an installation runs them once more to show their results.
HELP = """
installPackage("NeuroAlgebra", FileName => {source}, InstallPrefix => {prefix},
    RunExamples => false);
"""

# Asked of packages that are not distributed with Macaulay2: an address where they are.
ALLOWED_WARNING = "insufficient citation data: howpublished"


def check_package(folder: Path | None = None) -> str:
    """
    Check the Macaulay2 package in a folder.

    INPUT:

    - ``folder`` -- where ``NeuroAlgebra.m2`` lies; by default the package of NeuroAlg

    OUTPUT: a line that counts the tests, the exported symbols and the examples

    Raises :class:`EngineError` with what Macaulay2 says if a test or an example fails, or if
    something is not documented.
    """
    folder = (folder or package_directory()).resolve()
    with TemporaryDirectory(prefix="neuroalg-") as home:
        done = _run(folder, PROGRAM, home)
        summary = re.search(rf"^{SUMMARY}(.*)$", done.stdout, re.MULTILINE)
        if done.returncode or not summary:
            raise EngineError(f"the check of the Macaulay2 package NeuroAlgebra failed:\n"
                              f"{_without_traces(done.stderr)}")
        done = _run(folder, HELP.format(source=quoted(str(folder / "NeuroAlgebra.m2")),
                                        prefix=quoted(f"{home}/installed/")), home)
        warnings = [line for line in (done.stdout + done.stderr).splitlines()
                    if "warning" in line.lower() and ALLOWED_WARNING not in line]
        if done.returncode or warnings:
            told = "\n".join(warnings) or _without_traces(done.stderr)
            raise EngineError(f"the help of the Macaulay2 package NeuroAlgebra is not in order:\n"
                              f"{told}")
    return f"NeuroAlgebra: {summary[1]}"


def _run(folder: Path, program: str, home: str) -> subprocess.CompletedProcess[str]:
    """Run a program that finds the package in a folder, with a home of its own."""
    script = Path(home) / "check.m2"
    script.write_text(f"path = prepend({quoted(f'{folder}/')}, path);{program}", encoding="utf-8")
    return subprocess.run(
        [*shlex.split(find_command()), "--silent", "--stop", "--no-readline", str(script),
         "-e", "exit 0"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        cwd=home, env=os.environ | {"HOME": home})


def _without_traces(text: str) -> str:
    """What Macaulay2 reports, without the places in its own sources that it came through."""
    return "\n".join(line for line in text.splitlines() if "--back trace--" not in line)


def main() -> int:
    """Print one line, or why the check failed; the exit code."""
    try:
        print(check_package())
    except EngineError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
