"""
Which files of the checker must be believed for a claim, in the order in which they are read.

It is read off the files.  What a file imports where it begins it always needs.  What it imports
inside of a function is needed for one argument, or one kind of evidence, and is not even loaded
where that does not occur.  Leaves come first: what a file needs is read before it.

No proof rests on this module; the manual shows what it finds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from neuroalg_sage.certificates.claim import CONES, Claim

ROOM = Path(__file__).parent

# These only refuse certificates, so that no proof rests on them.
REFUSALS = ("work", "equations.refutation", "training.morse")

# Needed for this status only.
STATUS = {"dimension.error_bound": "monte_carlo", "points.error_bound": "monte_carlo"}

# With these the question is asked again, of another model, and needs one argument more.
AGAIN = ("equations.inheritance", "equations.linear_span", "dimension.relaxation",
         "dimension.compositions", "dimension.normal_forms", "dimension.simpler_models")

# The checker refuses these within one another.
APART = ({"equations.inheritance", "equations.curve_section"},
         {"equations.inheritance", "equations.determinants"},
         {"equations.inheritance", "equations.regularity"},
         {"equations.inheritance", "equations.weighted_curve"})


def file_of(module: str) -> Path:
    """The file of a module, which is named from this room; a wing is that of its claims."""
    place = ROOM.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(file_of(module).read_text(encoding="utf-8"))


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The modules of this room that some statements import, in their order."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == __package__:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{__package__}."):
            yield (node.module or "").removeprefix(f"{__package__}.")


@cache
def always(module: str) -> tuple[str, ...]:
    """The modules that a module imports where it begins."""
    return tuple(_imported(_tree(module).body))


@cache
def sometimes(module: str) -> tuple[str, ...]:
    """The modules that a module imports inside of functions, each for one argument."""
    inside = (node for function in ast.walk(_tree(module)) if isinstance(function, ast.FunctionDef)
              for node in ast.walk(function))
    return tuple(dict.fromkeys(_imported(inside)))


@cache
def lines_of_code(module: str) -> int:
    """Lines that are neither blank, nor a comment, nor of a docstring; one for each import."""
    prose: set[int] = set()
    for node in ast.walk(_tree(module)):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(
                body[0].value, ast.Constant):
            prose |= set(range(body[0].lineno, (body[0].end_lineno or 0) + 1))
        if isinstance(node, ast.ImportFrom):
            prose |= set(range(node.lineno + 1, (node.end_lineno or 0) + 1))
    source = file_of(module).read_text(encoding="utf-8")
    return len([line for i, line in enumerate(source.splitlines(), 1)
                if i not in prose and line.strip() and not line.strip().startswith("#")])


def summary(module: str) -> str:
    """What a module is about: the first sentence of its documentation."""
    return " ".join((ast.get_docstring(_tree(module)) or "").partition("\n\n")[0].split())


def in_reading_order(modules: Iterable[str]) -> tuple[str, ...]:
    """Some modules with all that they always need, leaves first."""
    found: dict[str, None] = {}

    def read(module: str) -> None:
        if module not in found:
            for other in always(module):
                read(other)
            found[module] = None

    for module in modules:
        read(module)
    return tuple(found)


def size(modules: Iterable[str]) -> int:
    """The lines of code of those of some modules that must be believed."""
    return sum(lines_of_code(module) for module in modules if module not in REFUSALS)


@dataclass(frozen=True)
class Way:
    """
    A way to prove a claim.

    - ``chosen`` -- the modules that are imported for it inside of functions
    - ``files`` -- the modules that must be believed, or only refuse, in reading order, without
      those that are the same for all claims
    """

    chosen: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def lines(self) -> int:
        """The lines of code that must be believed."""
        return size(self.files)


# What reads a certificate, finds its check, and compares whom it trusts: the same for all claims.
SAME = tuple(module for module in in_reading_order(["checker"])
             if module not in in_reading_order(["reading", "model"]))


def ways(claim: Claim, again: bool = False) -> list[Way]:
    """
    The ways to prove a claim: first what all need, then one way for each argument.

    An argument may choose among others.  ``again`` adds, to an argument that asks its question
    again, of another model, each other one.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.equations import CLAIMS
        >>> (equations,) = [c for c in CLAIMS if c.name == "equations"]
        >>> ways(equations)[0].files[:3]
        ('reading', 'terms', 'work')
    """
    start = ["reading", *(place.partition(":")[0].removeprefix(".")
                          for place in (claim.subject, claim.check))]
    found: dict[frozenset[str], Way] = {}

    def extend(chosen: tuple[str, ...], others: tuple[str, ...]) -> None:
        if any({*chosen} >= pair for pair in APART):
            return
        way = Way(chosen, tuple(module for module in in_reading_order([*start, *chosen])
                                if module not in SAME))
        if frozenset(way.files) in found:
            return
        found[frozenset(way.files)] = way
        before = in_reading_order([*start, *chosen[:-1]]) if chosen else ()
        for module in way.files:
            if module not in before:
                for argument in sometimes(module):
                    if (argument not in (*way.files, *REFUSALS)
                            and STATUS.get(argument, claim.statuses[0]) in claim.statuses):
                        extend((*chosen, argument), sometimes(module))
        if again and chosen and chosen[-1] in AGAIN:
            for argument in others:
                if argument not in (*way.files, *REFUSALS, *STATUS):
                    extend((*chosen, argument), others)

    extend((), ())
    if claim.of_functions:
        extend(("same_functions",), ())
    if claim.of_cones:
        extend((CONES.partition(":")[0].removeprefix("."),), ())
    return list(found.values())
