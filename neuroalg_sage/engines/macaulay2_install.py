"""
The Macaulay2 package NeuroAlgebra where a user's Macaulay2 finds it, by its own ``installPackage``.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from neuroalg_sage.engines.macaulay2 import find_command, package_directory, quoted
from neuroalg_sage.errors import EngineError, InputError

PACKAGE = "NeuroAlgebra"
LINES_KEPT = 40
SECONDS_TO_ANSWER = 120.0

# ``-q`` keeps the user's own start file out of it, so the folder of the user is named here; and the
# pages of help look for the package on the path.
INSTALL = """
path = prepend({folder}, path);
prefix = {prefix};
if fileExists(prefix | "share/Macaulay2/{package}.m2") then
    uninstallPackage({name}, InstallPrefix => prefix);
installPackage({name}, FileName => {source}, InstallPrefix => prefix, MakeDocumentation => {help},
    Verbose => true);
"""


@dataclass(frozen=True)
class Installed:
    """
    Where the package is.

    - ``folder`` -- holds ``NeuroAlgebra.m2``
    - ``version`` -- of the package
    - ``loading`` -- Macaulay2 statements that load it
    - ``has_help`` -- whether its documentation is there, too
    - ``was_there`` -- whether it was already
    """

    folder: Path
    version: str
    loading: tuple[str, ...]
    has_help: bool
    was_there: bool


def way_on() -> str:
    """
    How the package can be used without being installed.

    EXAMPLES::

        >>> print(way_on())
        path = prepend("/.../m2_scripts/", path); needsPackage "NeuroAlgebra"
    """
    folder = quoted(f"{package_directory()}/")
    return f'path = prepend({folder}, path); needsPackage "{PACKAGE}"'


def install_package(command: str | None = None, prefix: str | Path | None = None,
                    with_help: bool = True, say: Callable[[str], None] = lambda line: None
                    ) -> Installed:
    """
    Install the package NeuroAlgebra; nothing happens if it is there already.

    INPUT:

    - ``command`` -- the command that starts Macaulay2, as for
      :class:`~neuroalg_sage.engines.macaulay2.Macaulay2`
    - ``prefix`` -- a folder that gets ``share/Macaulay2/NeuroAlgebra.m2``; by default that of the
      user, where Macaulay2 looks for packages
    - ``with_help`` -- whether to make the documentation, with the results of its examples
    - ``say`` -- is called with lines that tell what is being done

    OUTPUT: :class:`Installed`

    Raises EngineError if there is no Macaulay2, or if it fails; InputError if the folder cannot be
    written.  Both say how to use the package without installing it.

    EXAMPLES::

        >>> with TemporaryDirectory() as folder:
        ...     found = install_package(prefix=folder, with_help=False)
        ...     (found.folder / "NeuroAlgebra.m2").is_file(), found.was_there
        (True, False)
    """
    try:
        line = shlex.split(find_command(command))
    except EngineError as problem:
        raise EngineError(f"{str(problem).rstrip('.')}; or name one with --macaulay2, or type in "
                          f"your Macaulay2: {way_on()}") from None
    own = Path(_ask(line, "toAbsolutePath(applicationDirectory() | \"local/\")"))
    place = own if prefix is None else Path(prefix).expanduser().resolve()
    folder = place / "share" / "Macaulay2"
    manual = place / "share" / "doc" / "Macaulay2" / PACKAGE / "html" / "index.html"
    was_there = _is_current(folder) and (manual.exists() or not with_help)
    if not was_there:
        _check_writable(folder)
        say(f"installing in {place}, with help and its examples" if with_help else
            f"installing in {place}")
        _run(line, INSTALL.format(
            package=PACKAGE, name=quoted(PACKAGE), prefix=quoted(f"{place}/"),
            folder=quoted(f"{package_directory()}/"),
            source=quoted(str(package_directory() / f"{PACKAGE}.m2")),
            help=str(with_help).lower()), say)
    path = f"path = prepend({quoted(f'{folder}/')}, path)"
    load = f'needsPackage "{PACKAGE}"'
    version = _ask(line, f'({path}; ({load}).Options.Version)')
    return Installed(folder, version, (load,) if place == own else (path, load),
                     manual.exists(), was_there)


def _sources(folder: Path) -> dict[str, bytes]:
    """The files of the package that lie in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in (folder / f"{PACKAGE}.m2", *(folder / PACKAGE).rglob("*.m2"))
            if path.is_file()}


def _is_current(folder: Path) -> bool:
    try:
        return _sources(folder) == _sources(package_directory())
    except OSError:
        return False


def _check_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise InputError(
            f"The folder {folder} cannot be written ({problem.strerror or problem}); name another "
            f"one with --prefix, or type in Macaulay2: {way_on()}") from None


def _ask(line: list[str], expression: str) -> str:
    """What Macaulay2 prints for an expression."""
    try:
        done = subprocess.run(
            [*line, "--silent", "--stop", "--no-readline", "-e",
             f'<< "answer: " << {expression} << endl; exit 0'],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=SECONDS_TO_ANSWER)
    except (OSError, subprocess.TimeoutExpired):
        done = None
    found = re.search(r"^answer: (.*)$", done.stdout, re.MULTILINE) if done else None
    if found is None:
        why = _reason(done.stderr.splitlines()) if done else "it did not answer"
        raise EngineError(f"{shlex.join(line)} is no Macaulay2 that works ({why}); name another "
                          f"one with --macaulay2, or type in yours: {way_on()}")
    return found[1]


def _run(line: list[str], program: str, say: Callable[[str], None]) -> None:
    """Run a program in Macaulay2, and tell what it makes; end it with all its children."""
    with TemporaryDirectory(prefix="neuroalg-") as work:
        script = Path(work) / "install.m2"
        script.write_text(program, encoding="utf-8")
        process = subprocess.Popen(
            [*line, "--silent", "--stop", "--no-readline", str(script), "-e", "exit 0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", cwd=work, start_new_session=True)
        assert process.stdout is not None
        kept: deque[str] = deque(maxlen=LINES_KEPT)
        try:
            for heard in process.stdout:
                kept.append(heard.rstrip())
                if made := re.match(r" -- (making .*?)(?:  +.*)?$", kept[-1]):
                    say(made[1])
            code = process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    if code:
        raise EngineError(f"Macaulay2 could not install the package ({_reason(kept)}); type in it "
                          f"instead: {way_on()}")


def _reason(lines: deque[str] | list[str]) -> str:
    """The last error among lines of Macaulay2, or the last line."""
    errors = [found[1] for text in lines if (found := re.search(r"\berror: *(.+)", text))]
    return (errors or [*lines] or ["no reason was given"])[-1].strip()[:200]
