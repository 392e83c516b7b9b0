"""Doctests as a Sage worksheet reads them: each example goes through Sage's preparser."""

from __future__ import annotations

import doctest
from types import ModuleType
from typing import Any


class WorksheetParser(doctest.DocTestParser):
    """A parser of doctests whose sources are preparsed."""

    def get_examples(self, string: str, name: str = "<string>") -> list[doctest.Example]:
        from sage.repl.preparse import preparse

        # Python's fractions do not take the integers of Sage.
        examples = [e for e in super().get_examples(string, name) if "Fraction(" not in e.source]
        for example in examples:
            example.source = preparse(example.source)
        return examples


def worksheet_names() -> dict[str, Any]:
    """What a preparsed cell needs."""
    import sage.all__sagemath_modules  # noqa: F401
    from sage.rings.integer import Integer
    from sage.rings.real_mpfr import create_RealNumber

    return {"Integer": Integer, "RealNumber": create_RealNumber}


FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def failures(module: ModuleType) -> tuple[int, int, str]:
    """How many of a module's examples fail in a worksheet, of how many, and what is printed."""
    printed: list[str] = []
    finder = doctest.DocTestFinder(parser=WorksheetParser())
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in finder.find(module, extraglobs=worksheet_names()):
        runner.run(test, out=printed.append)
    return runner.failures, runner.tries, "".join(printed)
