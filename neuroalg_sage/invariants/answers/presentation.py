"""
How an answer is shown: as a sentence, as text, as JSON data and in LaTeX.

What stands here is right for numbers, for truth values, and for whatever has a text of its own; a
class of answers replaces what it can say better.  Commands, reports, pages and citations ask the
answer, and never for its name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from neuroalg_sage.models.latex import Typeset, escaped, typeset, words

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.citation import Citation
    from neuroalg_sage.models.model import Model

LARGEST_NUMBER = 2**53  # larger integers are strings in JSON, since many programs would round them
SHOWN_LINES = 12
SHOWN_WIDTH = 100


def plain(value: Any) -> Any:
    """
    A value as JSON data: numbers, text, and lists and dictionaries of them.

    What has a method ``plain_value`` says itself how it is written.

    EXAMPLES::

        >>> from fractions import Fraction
        >>> plain([Fraction(1, 2), 2**60, {"a": (1, True)}])
        ['1/2', '1152921504606846976', {'a': [1, True]}]
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < LARGEST_NUMBER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if callable(own := getattr(value, "plain_value", None)):
        return own()
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return str(value)


def clipped(lines: list[str]) -> list[str]:
    """The first lines, and how many are left out; long ones are cut."""
    shown = [line if len(line) <= SHOWN_WIDTH else line[: SHOWN_WIDTH - 4] + " ..."
             for line in lines[:SHOWN_LINES]]
    if len(lines) > SHOWN_LINES:
        shown.append(f"... and {len(lines) - SHOWN_LINES} more")
    return shown


class Presentation(Typeset):
    """
    What an answer shows of itself.

    EXAMPLES:

    A class of answers says what is special to it::

        >>> from neuroalg_sage.invariants.answers.invariant import Invariant
        >>> class Parity(Invariant):
        ...     def sentence(self):
        ...         return "odd" if self.data % 2 else "even"
        >>> found = Parity("parity", 3, "proved", "division")
        >>> print(found.text())
        parity = odd  [proved]
        >>> found.result()["value"], found.value_in_latex()
        (3, '3')
    """

    name: str
    data: Any
    status: str
    method: str
    certificate: dict[str, Any] | None
    seconds: float
    error_bound: float | None

    # Whether it is about a flow, which a command then states.
    is_of_flow = False

    if TYPE_CHECKING:
        @property
        def value(self) -> Any: ...

        @property
        def trust(self) -> list[str]: ...

        def qualified_status(self) -> str: ...
        def citation(self, model: Model | None = None) -> Citation: ...

    # -- in words ------------------------------------------------------------------------

    def sentence(self) -> str:
        """The value in a few words."""
        if self.status == "bounds":
            return f"from {self.data[0]} to {self.data[1]}"
        if isinstance(self.data, bool):
            return "yes" if self.data else "no"
        return str(self.data)

    def lines(self, spec: str = "SPEC") -> list[str]:
        """
        Lines below the sentence.

        INPUT:

        - ``spec`` -- what names the model in a shell, for commands that say more
        """
        return []

    def statement(self, name: str = "") -> str:
        """
        The sentence with its status, and what it is about.

        INPUT:

        - ``name`` -- of the question, if that is not the name of the answer
        """
        return f"{name or self.name} = {self.sentence()}  [{self.qualified_status()}]"

    def text(self, spec: str = "SPEC") -> str:
        """
        What a shell prints.

        INPUT:

        - ``spec`` -- what names the model in a shell
        """
        return "\n".join([self.statement(), *self.lines(spec)])

    def report_lines(self) -> list[str]:
        """What a report in text adds below its table: an empty line, a heading, and lines."""
        return []

    def condition(self) -> str:
        """What the value depends on besides the model, as a citation says it."""
        return ""

    # -- as JSON data ----------------------------------------------------------------------

    def plain_value(self) -> Any:
        """The value as JSON data: numbers, text, or lists and dictionaries of them."""
        return plain(self.data)

    def proof(self) -> dict[str, Any]:
        """Status, whom it trusts, method, seconds and certificate, as JSON data."""
        return {"status": self.status, "trust": self.trust, "method": self.method,
                "seconds": round(self.seconds, 4), "certificate": self.certificate}

    def result(self, model: Model | None = None) -> dict[str, Any]:
        """
        The answer as JSON data.

        INPUT:

        - ``model`` -- if it is given, how to cite the answer is in it, too
        """
        result = {"value": self.plain_value()} | self.proof()
        if self.error_bound is not None:
            result["error_bound"] = self.error_bound
        if model is not None:
            result["citation"] = self.citation(model).describe()
        return result

    # -- in LaTeX ----------------------------------------------------------------------------

    def value_in_latex(self) -> str:
        """The value as a formula."""
        return typeset(self.value)

    def sentence_in_latex(self) -> str:
        """The sentence as text of a LaTeX document."""
        return escaped(self.sentence())

    def report_in_latex(self) -> list[str]:
        """What a LaTeX report adds below its table."""
        return []

    def _latex_(self) -> str:
        r"""
        The value in LaTeX, and its status.

        EXAMPLES::

            >>> from neuroalg_sage.invariants.answers.invariant import Invariant
            >>> print(Invariant("dimension", 8, "proved", "rank of the Jacobian")._latex_())
            8 \quad \text{(proved)}
        """
        return rf"{self.value_in_latex()} \quad {words(f'({self.qualified_status()})')}"
