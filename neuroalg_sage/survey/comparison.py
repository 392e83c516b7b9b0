"""
Several models beside each other: a table of what is known of each, with its status.

The answers are those of a survey's workers, one model at a time for each, within limits of its
own; what hit a limit, and a model that was refused, say so in their cells.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError, NeuroAlgError
from neuroalg_sage.files import write_whole
from neuroalg_sage.invariants.answers.presentation import aligned
from neuroalg_sage.models.latex import escaped
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sage_input import takes_numbers_of_sage
from neuroalg_sage.survey.answers import (
    Line,
    Settings,
    Source,
    check_invariants,
    check_jobs,
    sentence,
    without_certificates,
)
from neuroalg_sage.survey.rows import NOT_COMPUTED, Row, headings, row

SCHEMA = 1
DEFAULT_QUESTIONS = ("ambient_dimension", "dimension", "defect", "is_filling", "is_identifiable",
                     "degree", "number_of_conservation_laws")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how they begin for a spreadsheet
NUMBER = re.compile(r"[-+]?\d+(/\d+|\.\d+)?")
DEFAULT_SECONDS = 60.0  # for one model
WIDEST = 60  # characters of a cell in text and in LaTeX; other forms have all of it


def clip(text: str) -> str:
    """Text that is not too long for a cell."""
    return text if len(text) <= WIDEST else text[:WIDEST - 4] + " ..."


@dataclass(frozen=True)
class Comparison:
    """
    A table of models: a row for each, a column for each question.

    - ``questions`` -- names of questions
    - ``rows`` -- the models

    As text, in LaTeX and on pages of HTML each value has its status; CSV and data frames have a
    column for it.

    EXAMPLES::

        >>> print(compare(["linear:2,1,2", "mlp:2,2,3:x^2"], ["dimension", "degree"], jobs=1))
        model          parameters  dimension  degree
        linear:2,1,2   4           3          2
        mlp:2,2,3:x^2  10          8          3
        <BLANKLINE>
        Each value is proved, with nothing to trust but the checker.
    """

    questions: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def exit_code(self) -> int:
        """0 if all was answered, else that of the worst error, as in a report."""
        codes = {found.exit_code for found in self.rows} - {0}
        return 0 if not codes else 1 if 1 in codes else max(codes)

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns in words."""
        return headings(self.questions)

    def __str__(self) -> str:
        return self.as_text()

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        from neuroalg_sage.survey.comparison_page import table

        return table(self.questions, self.rows)

    def _marked(self) -> tuple[list[list[tuple[str, str]]], list[str]]:
        """For each row its cells as text, each with the letter of its note; and the notes."""
        notes: dict[str, str] = {}
        made = []
        for found in self.rows:
            line = [(clip(found.name), ""), (_count(found.parameters), "")]
            for cell in found.cells.values():
                mark = "" if cell.note == "proved" else notes.setdefault(
                    cell.note, _letters(len(notes)))
                line.append((clip(cell.text) or "-", mark))
            made.append(line)
        plain = any(cell.note == "proved" for found in self.rows for cell in found.cells.values())
        first = ["Each value is proved, with nothing to trust but the checker." if not notes else
                 "Values without a letter are proved, with nothing to trust but the checker."]
        return made, first * plain + [f"({mark}) {note}" for note, mark in notes.items()]

    def as_text(self) -> str:
        """The table as lines of text; below it stands what the letters beside values mean."""
        made, notes = self._marked()
        lines = aligned([list(self.headings), *(
            [text + f" ({mark})" * bool(mark) for text, mark in line] for line in made)])
        return "\n".join([*lines, "", *notes] if self.rows else lines)

    def as_latex(self) -> str:
        r"""
        The table as a LaTeX document.

        EXAMPLES::

            >>> print(compare(["mlp:2,1:x^2"], ["dimension"], jobs=1).as_latex())
            \documentclass{article}
            ...
            \texttt{mlp:2,1:x\^{}2} & 2 & 2 \\
            ...
            \end{document}
        """
        made, notes = self._marked()
        long = [any(len(line[k][0]) > WIDEST // 2 for line in made)
                for k in range(len(self.headings))]
        columns = "".join("p{4cm}" if is_long else "l" for is_long in long)
        lines = [r"\documentclass{article}", r"\usepackage{amsmath,amssymb,longtable}",
                 r"\usepackage[a4paper,landscape,margin=15mm]{geometry}", r"\begin{document}",
                 r"\noindent", r"\small", rf"\begin{{longtable}}{{{columns}}}",
                 " & ".join(map(escaped, self.headings)) + r" \\ \hline \endhead"]
        for found, line in zip(self.rows, made):
            head = escaped(line[0][0])
            cells = [rf"\texttt{{{head}}}" if found.name == found.spec else head]
            cells += [escaped(text) + rf"\textsuperscript{{{mark}}}" * bool(mark)
                      for text, mark in line[1:]]
            lines.append(rf"{' & '.join(cells)} \\")
        lines += [r"\end{longtable}", *(rf"\noindent {escaped(note)}\par" for note in notes)]
        return "\n".join([*lines, r"\end{document}"])

    def as_csv(self) -> str:
        r"""
        The table as CSV: a column for each question, and one for its status.

        EXAMPLES::

            >>> compare(["linear:2,1,2"], ["dimension"], jobs=1).as_csv()
            'model,parameters,dimension,dimension_status\n"linear:2,1,2",4,3,proved\n'
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["model", "parameters", *(
            head for name in self.questions for head in (name, f"{name}_status"))])
        for found in self.rows:
            writer.writerow([as_text_in_a_cell(found.name), _count(found.parameters), *(
                as_text_in_a_cell(part) for cell in found.cells.values()
                for part in (cell.text, cell.note))])
        return text.getvalue()

    def as_data(self) -> dict[str, Any]:
        """The table as JSON data; ``results`` are as ``neuroalg compute --json`` has them."""
        return {"schema": SCHEMA, "questions": list(self.questions), "models": [
            {"name": found.name, "spec": found.spec, "parameters": found.parameters,
             "results": {name: found.line["results"][name] for name, cell in found.cells.items()
                         if cell.status != NOT_COMPUTED},
             "errors": {name: cell.why for name, cell in found.cells.items()
                        if cell.status == NOT_COMPUTED}}
            for found in self.rows]}

    def as_json(self) -> str:
        """The table as one JSON object."""
        return json.dumps(self.as_data())

    def as_html(self) -> str:
        """The table as one page of HTML that is complete in itself, and sorts its rows."""
        from neuroalg_sage.survey.comparison_page import page

        return page(self.questions, self.rows, {"comparison.csv": self.as_csv(),
                                                "comparison.json": self.as_data()})

    def to_pandas(self) -> Any:
        """
        The table as a data frame of pandas, with a column of statuses beside each question.

        Numbers and truth values are such, other values are in words; where there is none it is
        missing.

        Raises :class:`~neuroalg_sage.errors.InputError` if pandas is not there.
        """
        try:
            import pandas
        except ImportError:
            raise InputError("A data frame needs pandas, which pip install pandas brings; as_data "
                             "has the table without it.") from None
        columns: dict[str, list[Any]] = {
            "model": [found.name for found in self.rows],
            "parameters": [found.parameters for found in self.rows]}
        for name in self.questions:
            cells = [found.cells[name] for found in self.rows]
            columns[name] = [cell.value if isinstance(cell.value, (bool, int, float))
                             else cell.text or None for cell in cells]
            columns[f"{name}_status"] = [cell.note for cell in cells]
        return pandas.DataFrame(columns)

    def save(self, name: str | os.PathLike[str]) -> None:
        """Write the table to a file, in the form that its ending says; whole or not at all."""
        write_whole(str(name), self.written(form_of(name)))

    def written(self, form: str) -> str:
        """The table in one of the :data:`FORMS`, as the content of a file."""
        text = FORMS[form](self)
        return text if text.endswith("\n") else text + "\n"


def as_text_in_a_cell(text: str) -> str:
    """
    A text that no spreadsheet takes for a formula.

    EXAMPLES::

        >>> as_text_in_a_cell("=1+1"), as_text_in_a_cell("-1"), as_text_in_a_cell("mlp:2,1:x")
        ("'=1+1", '-1', 'mlp:2,1:x')
    """
    return f"'{text}" if text.startswith(FORMULAS) and not NUMBER.fullmatch(text) else text


FORMS: dict[str, Callable[[Comparison], str]] = {
    "txt": Comparison.as_text, "csv": Comparison.as_csv, "json": Comparison.as_json,
    "html": Comparison.as_html, "tex": Comparison.as_latex}


def form_of(name: str | os.PathLike[str]) -> str:
    """
    In which form a table is written to a file of this name.

    Raises InputError for an ending that says none.

    EXAMPLES::

        >>> form_of("table.html")
        'html'
        >>> form_of("table.doc")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The ending of 'table.doc' says no form of a table; it is
        one of .txt, .csv, .json, .html, .tex.
    """
    ending = os.path.splitext(str(name))[1].lower().removeprefix(".")
    if ending not in FORMS:
        raise InputError(f"The ending of {str(name)[:200]!r} says no form of a table; it is one of "
                         f"{', '.join(f'.{form}' for form in FORMS)}.")
    return ending


def _count(parameters: int | None) -> str:
    return "" if parameters is None else str(parameters)


def _letters(place: int) -> str:
    """
    Letters in their order, then pairs of them, and so on.

    EXAMPLES::

        >>> [_letters(k) for k in (0, 25, 26, 702)]
        ['a', 'z', 'aa', 'aaa']
    """
    text = ""
    place += 1
    while place:
        place, digit = divmod(place - 1, 26)
        text = chr(ord("a") + digit) + text
    return text


def of_survey(questions: Sequence[str], lines: Iterable[Line]) -> Comparison:
    """
    The table of what a survey has found.

    INPUT:

    - ``questions`` -- names of invariants
    - ``lines`` -- of models
    """
    from neuroalg_sage.models.families import parse_spec

    names = check_invariants(questions)
    return Comparison(names, tuple(
        row(line["spec"], line["spec"], names, line,
            # Lines of earlier versions do not say it.
            None if "parameters" in line else parse_spec(line["spec"]).parameter_count)
        for line in lines))


@dataclass(frozen=True)
class _Compared:
    """A model as it is compared: by which name, and what a worker is told; or why it is not."""

    name: str
    model: Model | None
    source: Source | None
    refusal: NeuroAlgError | None = None

    @property
    def key(self) -> str:
        return json.dumps(self.source, sort_keys=True)


def _model(given: Any) -> Model:
    """The model that is meant, also by the name of a file of a trained network."""
    from neuroalg_sage.models.sources import load_model
    from neuroalg_sage.models.trained.sources import ENDINGS, load_trained

    if isinstance(given, (str, Path)) and Path(given).suffix.lower() in ENDINGS:
        # Exporters call all graphs alike; the files have names that tell them apart.
        return load_trained(given).model.called(None)
    return load_model(getattr(given, "model", given))


def _read(given: Any) -> _Compared:
    try:
        model = _model(given)
    except NeuroAlgError as error:
        return _Compared(str(given)[:200], None, None, error)
    if model.spec is None:
        # What has no name, in a file, is called like the file.
        is_file = isinstance(given, (str, Path)) and model.name is None
        return _Compared(Path(given).name if is_file else str(model), model, model.describe())
    return _Compared(str(model), model, model.spec if model.name is None else
                     {"name": model.name, "spec": model.spec})


@takes_numbers_of_sage
def compare(models: Iterable[Any], questions: Sequence[str] = DEFAULT_QUESTIONS, *,
            timeout: float | None = DEFAULT_SECONDS, memory_gb: float | None = None,
            seed: int | None = None, jobs: int | None = None, cache: bool = False,
            progress: Callable[[str], None] = lambda message: None,
            each: Callable[[Comparison], None] = lambda table: None) -> Comparison:
    """
    Compare models.

    INPUT:

    - ``models`` -- models, or one: specs, neuromanifolds, names of files, of models or of trained
      networks, or whatever :func:`~neuroalg_sage.models.sources.load_model` takes
    - ``questions`` -- names of questions, the columns; by default ambient dimension, dimension,
      defect, whether the model is filling and identifiable, degree and number of conservation laws
    - ``timeout`` -- seconds for one model; None for no limit
    - ``memory_gb`` -- gigabytes for one model
    - ``seed`` -- integer for all random choices; by default they are fresh
    - ``jobs`` -- how many models are asked at a time; by default one for each core
    - ``cache`` -- whether the cache that ``NEUROALG_CACHE`` names is used
    - ``progress`` -- called with lines of text
    - ``each`` -- called with the table whenever it has more

    OUTPUT: :class:`Comparison`

    A model that is refused has a row that says why.

    Raises :class:`~neuroalg_sage.errors.InputError` for a question that is none, and if there is no
    model.

    EXAMPLES::

        >>> table = compare(["mlp:2,2,2:x^2", "no:2"], ["dimension"], jobs=1)
        >>> [row.cells["dimension"].text for row in table.rows], table.exit_code
        (['6', ''], 2)
        >>> print(table.rows[1].cells["dimension"].note)
        not computed: There is no family 'no'; ...
    """
    names = check_invariants([questions] if isinstance(questions, str) else questions)
    is_one = isinstance(models, (str, Path)) or not isinstance(models, Iterable)
    compared = [_read(given) for given in ([models] if is_one else models)]
    if not compared:
        raise InputError("A comparison needs models, such as mlp:2,2,3:x^2 and linear:3,2,3.")
    check_jobs(jobs)
    lines: dict[str, Line] = {}
    settings = Settings(names, seed, False, timeout, memory_gb, cache)

    def table() -> Comparison:
        return Comparison(names, tuple(
            row(one.name, one.model.spec, names, lines.get(one.key),
                one.model.parameter_count - one.model.scales)
            if one.model is not None else row(one.name, None, names, _refused(one, names))
            for one in compared))

    sources = {one.key: one.source for one in compared if one.source is not None}
    each(table())
    for done, line in enumerate(_answers(list(sources.values()), settings, jobs), 1):
        lines[json.dumps(line["spec"], sort_keys=True)] = without_certificates(line)
        progress(f"{done} of {len(sources)} models")
        each(table())
    return table()


def _refused(one: _Compared, names: Sequence[str]) -> Line:
    assert one.refusal is not None
    said, code = sentence(one.refusal)
    return {"results": {}, "errors": dict.fromkeys(names, said), "exit_code": code}


def _answers(sources: Sequence[Source], settings: Settings, jobs: int | None) -> Iterator[Line]:
    """The lines of models, as they come."""
    from neuroalg_sage.survey.workers import Processes

    if not sources:
        return
    workers = Processes(settings, min(jobs or len(os.sched_getaffinity(0)), len(sources)))
    try:
        for lines in workers.lines(sources):
            yield from lines
    finally:
        workers.close()
