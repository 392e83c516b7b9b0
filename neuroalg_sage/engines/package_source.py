"""
The parts of the Macaulay2 package that a script needs, so that the script is complete in itself.

The package's files are sequences of statements, each of which begins at the left margin: a
definition ``name = ...``, or the installation of a method, ``name(Type, ...) := ...``.  What a
statement needs are the names in it that the package defines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# The files with the methods for ring maps and ideals; the others are about models as types.
PARTS = ("Degeneracy", "Fibers", "CriticalPoints")

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9']*")
_NO_CODE = re.compile(r'"(?:[^"\\]|\\.)*"|--[^\n]*')
_INSTALLED = re.compile(r"(?:[A-Za-z][A-Za-z0-9']*|\([^()]*\)|[ ])*:=")


@dataclass(frozen=True)
class Statement:
    """
    A statement of the package.

    - ``text`` -- the statement, with the comments before it
    - ``name`` -- what it defines, or the method that it installs
    - ``is_definition`` -- whether it is a definition
    """

    text: str
    name: str
    is_definition: bool

    @property
    def words(self) -> set[str]:
        """The names in it, outside of strings and comments."""
        return words(self.text)


def words(text: str) -> set[str]:
    """
    The names in Macaulay2 code.

    EXAMPLES::

        >>> sorted(words('closureDegree I -- of "I"'))
        ['I', 'closureDegree']
    """
    return set(_WORD.findall(_NO_CODE.sub(" ", text)))


def _blocks(lines: list[str]) -> Iterator[str]:
    """The text from each line at the left margin to the next, with the comments before it."""
    comments: list[str] = []
    block: list[str] = []
    for line in lines:
        goes_on = bool(block) and block[-1].rstrip().endswith((":=", "=", ","))
        if line.startswith("--") and not goes_on:
            if block:
                yield "\n".join(block).rstrip()
            block, comments = [], [*comments, line]
        elif not line.strip():
            block, comments = [*block, ""] if block else [], []
        elif line[0].isspace() or goes_on or line[0] in ")]}":
            block.append(line)
        else:
            if block:
                yield "\n".join(block).rstrip()
            block, comments = [*comments, line], []
    if block:
        yield "\n".join(block).rstrip()


@cache
def statements(directory: Path) -> tuple[Statement, ...]:
    """The statements of the package in a folder, in order, of its main file and of ``PARTS``."""
    lines: list[str] = []
    for line in (directory / "NeuroAlgebra.m2").read_text(encoding="utf-8").splitlines():
        if line == "beginDocumentation()":
            break
        part = re.fullmatch(r'load "\./NeuroAlgebra/(\w+)\.m2"', line)
        if part is None:
            lines.append(line)
        elif part[1] in PARTS:
            lines += ["", *(directory / "NeuroAlgebra" / f"{part[1]}.m2").read_text(
                encoding="utf-8").splitlines(), ""]
    found = []
    for block in _blocks(lines):
        code = "\n".join(x for x in block.splitlines() if not x.startswith("--"))
        word = _WORD.match(code)
        if word is not None:
            rest = code[word.end():].lstrip(" ")
            if rest.startswith("=") and not rest.startswith(("==", "=>")):
                found.append(Statement(block, word[0], True))
            elif _INSTALLED.match(rest):
                found.append(Statement(block, word[0], False))
    return tuple(found)


def exported(directory: Path) -> tuple[str, ...]:
    """The names that the package in a folder exports from its main file."""
    text = (directory / "NeuroAlgebra.m2").read_text(encoding="utf-8")
    start = text.index("export {")
    return tuple(re.findall(r'"(\w+)"', text[start: text.index("}", start)]))


def excerpt(code: str, directory: Path) -> str:
    """
    The smallest part of the package that Macaulay2 code needs, as a package in the same file.

    INPUT:

    - ``code`` -- Macaulay2 code that uses names of the package
    - ``directory`` -- the folder of the package

    OUTPUT: Macaulay2 code; empty if nothing is needed

    EXAMPLES::

        >>> from neuroalg_sage.engines.macaulay2 import package_directory
        >>> print(excerpt("dropsRank(P, A, r)", package_directory()).splitlines()[2])
        newPackage("NeuroAlgebraExcerpt", PackageExports => {"MinimalPrimes"});
        >>> excerpt("1 + 1", package_directory())
        ''
    """
    parts = statements(directory)
    defined = {part.name for part in parts if part.is_definition}
    needed, waiting = set[str](), words(code) & defined
    while waiting:
        needed |= waiting
        waiting = {word for part in parts if part.name in waiting
                   for word in part.words & defined} - needed
    if not needed:
        return ""
    chosen = [part for part in parts if part.name in needed]
    used = words(code).union(*(part.words for part in chosen))
    public = ", ".join(f'"{name}"' for name in exported(directory) if name in used)
    return "\n\n".join([
        '-- What is needed of the package NeuroAlgebra, which comes with NeuroAlg.\n'
        '\n'
        'newPackage("NeuroAlgebraExcerpt", PackageExports => {"MinimalPrimes"});\n'
        f"export {{{public}}};",
        *(part.text for part in chosen), 'endPackage "NeuroAlgebraExcerpt";'])
