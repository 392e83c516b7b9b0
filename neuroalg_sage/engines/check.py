"""
The checks of the Macaulay2 package NeuroAlgebra: ``python -m neuroalg_sage.engines.check``.

Macaulay2's own ``check`` runs the tests of the package, and the examples of its
documentation as further tests.  Before that, each exported symbol and each of its options
must be documented.  Nothing is installed, and nothing is written beside the package.
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
PROGRAM = """
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
shown := pairs pkg#"example inputs";
currentPackage = pkg;
scan(shown, (node, inputs) -> addTest(demark(newline, inputs), locate tag node));
currentPackage = User;
check(pkg, UserMode => false, Verbose => true);
<< "summary: " << testCount << " tests passed, " << #symbols << " symbols documented, "
   << #shown << " examples run" << endl;
"""


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
        program = Path(home) / "check.m2"
        program.write_text(f"path = prepend({quoted(f'{folder}/')}, path);{PROGRAM}",
                           encoding="utf-8")
        done = subprocess.run(
            [*shlex.split(find_command()), "--silent", "--stop", "--no-readline", str(program),
             "-e", "exit 0"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            cwd=home, env=os.environ | {"HOME": home})
    summary = re.search(rf"^{SUMMARY}(.*)$", done.stdout, re.MULTILINE)
    if done.returncode or not summary:
        raise EngineError(f"the check of the Macaulay2 package NeuroAlgebra failed:\n"
                          f"{_without_traces(done.stderr)}")
    return f"NeuroAlgebra: {summary[1]}"


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
