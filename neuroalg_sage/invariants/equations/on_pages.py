"""
What pages of HTML show of ideals and descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from neuroalg_sage.descriptions.description import Description
from neuroalg_sage.descriptions.flattening import Flattening
from neuroalg_sage.formats import write_ideal
from neuroalg_sage.markup import mathml
from neuroalg_sage.markup.elements import Content, Markup, download, element, folded, join

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.invariants.answers.presentation import Presentation, Surroundings
    from neuroalg_sage.invariants.equations.generators import Ideal

MOST_ROWS, MOST_COLUMNS = 9, 12

SYSTEMS = (("sage", "SageMath", "sage"), ("m2", "Macaulay2", "m2"),
           ("singular", "Singular", "sing"), ("latex", "LaTeX", "tex"))


def ideal(found: Ideal, stem: str) -> Markup:
    """The generators of the ideal, and the ideal for other systems."""
    n = found.coordinates
    names = [f"z_{i}" for i in range(n)]
    files: list[Content] = []
    for form, label, suffix in SYSTEMS:
        files += [", " if files else "", download(
            f"{stem}.ideal.{suffix}", write_ideal(found.data, n, form), label)]
    return join(
        element("p", f"The prime ideal of the neurovariety is {found.sentence()}. ",
                found.badges()),
        mathml.polynomials(found.data, names, "generator"),
        element("p", "The ideal for ", files, ".", class_="screen soft"))


def degree_in_geometry(found: Presentation, around: Surroundings) -> Iterator[Markup]:
    """What the degree says, where there are equations."""
    n, dimension = around.model.ambient_dimension, around.known("dimension")
    if dimension is not None and dimension < n and found.status != "bounds":
        yield found.said(f"It is a hypersurface of degree {found.data:,}."
                         if dimension == n - 1 else f"Its degree is {found.data:,}.")


def ideal_in_geometry(found: Presentation, around: Surroundings) -> Iterator[Markup]:
    """What the ideal says, where there are equations."""
    dimension = around.known("dimension")
    if found.data and dimension is not None and dimension < around.model.ambient_dimension:
        yield found.said(f"Its ideal is {found.sentence()}.")


# -- descriptions ------------------------------------------------------------------------


def _entry(place: int, scale: object) -> Markup:
    return mathml.row(None if scale == 1 else mathml.number(scale),  # type: ignore[arg-type]
                      mathml.identifier(f"z_{place}"))


def _matrix(flattening: Flattening) -> Markup:
    """The matrix; of a large one the first rows and columns."""
    wide, tall = flattening.columns > MOST_COLUMNS, flattening.rows > MOST_ROWS
    rows: list[list[Content]] = [
        [_entry(*entry) for entry in line[: MOST_COLUMNS - wide]]
        + [mathml.operator("⋯")] * wide for line in flattening.entries[: MOST_ROWS - tall]]
    if tall:
        rows.append([mathml.operator("⋮") for _ in rows[0]])
    words = f"{flattening.name}, {flattening.rows} by {flattening.columns}"
    return element("div", mathml.matrix(rows, words), class_="scroll", tabindex=0, role="region",
                   aria_label=f"Matrix: {words}")


_SYMBOL = re.compile(r"(sigma|v)_(\d+)|P\^(\d+)|(?<=\S) x (?=\S)")


def typeset(sentence: str) -> Markup:
    """
    A description's sentence with its symbols.

    EXAMPLES::

        >>> typeset("sigma_2 of P^1 x v_3(P^1)")
        'σ<sub>2</sub> of ℙ<sup>1</sup> × ν<sub>3</sub>(ℙ<sup>1</sup>)'
    """
    parts: list[Content] = []
    end = 0
    for match in _SYMBOL.finditer(sentence):
        parts.append(sentence[end : match.start()])
        letter, index, dimension = match.groups()
        parts.append(join("σ" if letter == "sigma" else "ν", element("sub", index)) if letter
                     else join("ℙ", element("sup", dimension)) if dimension else " × ")
        end = match.end()
    return join(*parts, sentence[end:])


def description(item: Description, known: set[Flattening]) -> Markup:
    """A description: its sentence, and the matrix whose minors are equations, if it is new."""
    found = item.bounded_matrix()
    parts: list[Content] = [element("p", typeset(str(item)))]
    if found is not None and replace(found[0], bound=0) not in known:
        flattening, size = found
        known.add(replace(flattening, bound=0))
        minors = f"Equations of M: its {size}-minors" + (
            "." if item.is_proved else ", as far as a random point tells.")
        matrix = join(_matrix(flattening), element("p", minors))
        large = flattening.rows * flattening.columns > 40
        parts.append(folded(f"The {flattening.name}, {flattening.rows} × {flattening.columns}",
                            matrix, is_open=not large))
    return element("div", *parts, class_="card")


def descriptions(found: Invariant) -> Markup:
    """All descriptions."""
    known: set[Flattening] = set()
    return join(element("p", found.badges()), [description(item, known) for item in found.data])
