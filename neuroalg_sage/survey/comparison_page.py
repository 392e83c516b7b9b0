"""
A comparison as one page of HTML, complete in itself, whose rows are sorted where one asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from neuroalg_sage.markup.badges import LEGEND, legend
from neuroalg_sage.markup.elements import Markup, download, element, join, number_words
from neuroalg_sage.pages.report_page import complete
from neuroalg_sage.questions import meaning
from neuroalg_sage.survey.rows import NOT_COMPUTED, Cell, Row, headings


def page(questions: Sequence[str], rows: Sequence[Row], files: Mapping[str, Any]) -> str:
    """
    The page as text.

    INPUT:

    - ``questions`` -- names of questions, the columns
    - ``rows`` -- the models
    - ``files`` -- what the page offers, by names of files

    EXAMPLES::

        >>> text = page(["dimension"], [], {})
        >>> text.startswith("<!DOCTYPE html>"), "Comparison of 0 models" in text
        (True, True)
    """
    title = f"Comparison of {number_words(len(rows), 'model')}"
    columns = (part for name, heading in zip(questions, headings(questions)[2:]) for part in (
        element("dt", heading), element("dd", f"{meaning(name)}.")))
    return complete(
        title,
        element("header", element("h1", title), element(
            "p", "Exact invariants of architectures, each with its proof status. A heading sorts "
            "the rows by its column. NeuroAlg.", class_="under")),
        element("main", element("div", table(questions, rows), class_="scroll", tabindex=0,
                                role="region", aria_label="Table of the models"),
                element("p", "The table as a file: ", *(
                    (", " * (k > 0), download(name, content))
                    for k, (name, content) in enumerate(files.items())), "."),
                element("h2", "What the columns are", id="columns"),
                element("dl", *columns, class_="legend"),
                element("h2", "What the statuses mean", id=LEGEND), legend(), id="content"),
        scripts=("page", "sorting"))


def table(questions: Sequence[str], rows: Sequence[Row]) -> Markup:
    """The table alone."""
    heads = (element("th", element("button", heading, type="button"), scope="col")
             for heading in headings(questions))
    return element("table", element("thead", element("tr", *heads)),
                   element("tbody", *map(_row, rows)), class_="comparison sortable")


def _row(found: Row) -> Markup:
    name = element("code", found.name) if found.name == found.spec else join(
        found.name, element("small", element("code", found.spec)) if found.spec else None)
    count = found.parameters
    # Of several questions one sentence says as a rule why they have no answer.
    reasons = dict.fromkeys(cell.why for cell in found.cells.values() if cell.why)
    return element(
        "tr", element("th", name, *(element("small", why) for why in reasons), scope="row",
                      data_sort=found.name),
        element("td", "" if count is None else f"{count:,}", data_sort=count),
        *(_cell(name, cell) for name, cell in found.cells.items()))


def _cell(name: str, cell: Cell) -> Markup:
    value = cell.value
    if cell.status == NOT_COMPUTED:
        return element("td", cell.badge.badge(), title=cell.why, data_question=name)
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else cell.text
    key = int(value) if isinstance(value, bool) else value if isinstance(
        value, (int, float)) else cell.text
    return element("td", element("span", text, class_="figure"), " ", cell.badge.badge(brief=True),
                   data_question=name, data_status=cell.status, data_sort=key)
