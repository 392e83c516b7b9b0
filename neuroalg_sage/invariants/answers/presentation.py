"""
How an answer is shown: as a sentence, as text, as JSON data, in LaTeX, and on a page of HTML.

What stands here is right for numbers, for truth values, and for whatever has a text of its own; a
class of answers replaces what it can say better.  Commands, reports, pages and citations ask the
answer, and never for its name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from neuroalg_sage.models.latex import Typeset, escaped, typeset, words

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.citation import Citation
    from neuroalg_sage.markup.badges import Status
    from neuroalg_sage.markup.elements import Content, Markup
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


def in_words(value: Any, status: str) -> str:
    """
    A value, as JSON data, in a few words.

    EXAMPLES::

        >>> in_words(True, "proved"), in_words([3, 5], "bounds"), in_words(None, "not decided")
        ('yes', 'from 3 to 5', 'None')
    """
    if status == "bounds" and isinstance(value, (list, tuple)) and len(value) == 2:
        return f"from {value[0]} to {value[1]}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def aligned(rows: list[list[str]]) -> list[str]:
    """
    Rows as lines, with columns as wide as they must be.

    EXAMPLES::

        >>> aligned([["spec", "dimension"], ["linear:1,1", "1"]])
        ['spec        dimension', 'linear:1,1  1']
    """
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in rows]


def clipped(lines: list[str]) -> list[str]:
    """The first lines, and how many are left out; long ones are cut."""
    shown = [line if len(line) <= SHOWN_WIDTH else line[: SHOWN_WIDTH - 4] + " ..."
             for line in lines[:SHOWN_LINES]]
    if len(lines) > SHOWN_LINES:
        shown.append(f"... and {len(lines) - SHOWN_LINES} more")
    return shown


@dataclass(frozen=True)
class Surroundings:
    """
    What else is on a page of HTML.

    - ``model`` -- the model
    - ``found`` -- the answers, by the names of their questions
    - ``stem`` -- with which names of files begin
    """

    model: Model
    found: Mapping[str, Presentation]
    stem: str = "model"

    def known(self, name: str) -> Any:
        """The data of an answer; None if there is none, or only bounds."""
        found = self.found.get(name)
        return None if found is None or found.status == "bounds" else found.data


@dataclass(frozen=True)
class Section:
    """
    A section of a page of HTML.

    - ``anchor`` -- where links lead
    - ``heading``, ``content``
    - ``place`` -- among the sections; those without one are last
    """

    anchor: str
    heading: str
    content: Markup
    place: int = 100


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
    about: ClassVar[str] = "the neuromanifold of "  # what it is an answer about, before a name

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
        return in_words(self.data, self.status)

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

    @property
    def answers(self) -> list[Any]:
        """The invariants of which this consists, each with its certificate."""
        return [self]

    def draw(self, path: str) -> None:
        """Draw a diagram to a file, if the question says that there is one."""
        raise NotImplementedError

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

    def described(self) -> dict[str, Any]:
        """The answer as JSON data where it is the only one: parts of the value, and the proof."""
        value = self.plain_value()
        return (value if isinstance(value, dict) else {"value": value}) | self.proof()

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

    # -- on a page of HTML -------------------------------------------------------------------

    def claims(self) -> list[tuple[str, Status]]:
        """What is claimed, if that is more than the value, and each status."""
        from neuroalg_sage.markup.badges import status

        return [("", status(self.status, self.trust, self.error_bound))]

    def badges(self, brief: bool = False) -> Markup:
        """The statuses; brief ones name in their titles whom they trust."""
        from neuroalg_sage.markup.badges import badges

        return badges(self.claims(), brief)

    def value_on_page(self) -> Content:
        """The value in the table of the answers."""
        if isinstance(self.data, int) and not isinstance(self.data, bool):
            return f"{self.data:,}"
        return self.sentence()

    def figure_on_page(self) -> Content:
        """The value in short, among the figures at the head."""
        return self.value_on_page()

    def section(self, around: Surroundings) -> Section | None:
        """A section of its own; None if all is said in the table."""
        return None

    def for_learning(self, around: Surroundings) -> Iterator[Markup]:
        """Sentences that say what the answer means for learning."""
        return iter(())

    def in_geometry(self, around: Surroundings) -> Iterator[Markup]:
        """Sentences that say what the answer means in geometry."""
        return iter(())

    def said(self, *words: Content) -> Markup:
        """A sentence that rests on this answer, with its status."""
        from neuroalg_sage.markup.elements import element

        return element("li", *words, " ", self.badges(brief=True))

    def _latex_(self) -> str:
        r"""
        The value in LaTeX, and its status.

        EXAMPLES::

            >>> from neuroalg_sage.invariants.answers.invariant import Invariant
            >>> print(Invariant("dimension", 8, "proved", "rank of the Jacobian")._latex_())
            8 \quad \text{(proved)}
        """
        return rf"{self.value_in_latex()} \quad {words(f'({self.qualified_status()})')}"
