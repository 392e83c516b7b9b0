"""
The rows of a table of models: what is known of each question, with its status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neuroalg_sage.invariants.answers.presentation import in_words
from neuroalg_sage.markup.badges import Status, status
from neuroalg_sage.questions import question
from neuroalg_sage.survey.answers import Line

NOT_COMPUTED = "not computed"
UNASKED = "The comparison ended before this was answered."


@dataclass(frozen=True)
class Cell:
    """
    What is known of one question about one model.

    - ``value`` -- as JSON data; None if there is none
    - ``text`` -- in words; empty if there is none
    - ``status`` -- ``proved`` and the like, or ``not computed``
    - ``trust`` -- whom it trusts
    - ``error_bound`` -- for ``monte_carlo``
    - ``why`` -- a sentence, where there is no answer
    """

    value: Any = None
    text: str = ""
    status: str = NOT_COMPUTED
    trust: tuple[str, ...] = ()
    error_bound: float | None = None
    why: str = ""

    @property
    def note(self) -> str:
        """The status with whom it trusts, how likely it errs, or why there is no answer."""
        if self.status == NOT_COMPUTED:
            return f"{NOT_COMPUTED}: {self.why}"
        if self.status == "monte_carlo" and self.error_bound is not None:
            return f"{self.status}, error below {self.error_bound:.1e}"
        return self.status + (f", trusting {', '.join(self.trust)}" if self.trust else "")

    @property
    def badge(self) -> Status:
        """The status as a page shows it."""
        return status("none" if self.status == NOT_COMPUTED else self.status, list(self.trust),
                      self.error_bound)


@dataclass(frozen=True)
class Row:
    """
    One model, and what is known of it.

    - ``name`` -- what it is called
    - ``spec`` -- its spec, if it has one
    - ``parameters`` -- how many there are; None if the model was refused
    - ``cells`` -- by the names of questions
    - ``line`` -- as the survey's workers said it
    """

    name: str
    spec: str | None
    parameters: int | None
    cells: Mapping[str, Cell]
    line: Line

    @property
    def exit_code(self) -> int:
        """0 if all was answered, else that of the worst error."""
        return int(self.line.get("exit_code", 0))


def row(name: str, spec: str | None, questions: Sequence[str], line: Line | None,
        parameters: int | None = None) -> Row:
    """The row of a model, of which there is a line or none as yet."""
    line = line or {"results": {}, "exit_code": 3}
    cells = {}
    for asked in questions:
        found = line["results"].get(asked)
        if found is None:
            cells[asked] = Cell(why=line.get("errors", {}).get(asked, UNASKED))
        else:
            value, said = found["value"], found["status"]
            text = found.get("text") or ("" if value is None else in_words(value, said))
            cells[asked] = Cell(
                value, " ".join(text.split()), said, tuple(found.get("trust", ())),
                found.get("error_bound"))
    return Row(name, spec, line.get("parameters", parameters), cells, line)


def headings(questions: Sequence[str]) -> tuple[str, ...]:
    """The columns in words."""
    return ("model", "parameters", *(question(name).title_in_words for name in questions))
