"""
``neuroalg ideal | equations``.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from neuroalg_sage.cli.options import (
    Commands,
    about_a_model,
    about_the_answer,
    manifold_of,
)
from neuroalg_sage.cli.output import check_writable, write
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.formats import FORMATS, write_ideal


def add(command: Commands) -> None:
    """Add the commands."""
    sub = command("ideal", _ideal)
    about_a_model(sub)
    sub.add_argument("--format", choices=FORMATS, default="text",
                     help="the language of the result; mrdi is for Macaulay2's package MRDI")

    sub = command("equations", _equations)
    about_a_model(sub)
    about_the_answer(sub, "write a certificate that these are all equations of these degrees")
    sub.add_argument("--keep", metavar="FILE",
                     help="keep each degree in a file, from which the same command goes on")


def _ideal(arguments: argparse.Namespace) -> int:
    manifold = manifold_of(arguments)
    found = manifold.ideal()
    if isinstance(found.data, list):
        text = write_ideal(found.data, manifold.model.ambient_dimension, arguments.format)
    elif arguments.format == "text":
        text = "\n".join([found.sentence(), *found.table()])
    else:
        raise InputError(f"The ideal is {found.sentence()}, which is not expanded; the format text "
                         "has the matrix.")
    print(text)
    print(f"neuroalg: ideal {found.qualified_status()}; {found.method}.", file=sys.stderr)
    return 0


def _equations(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.formats import written as as_text
    from neuroalg_sage.invariants.equations.characters import character, written
    from neuroalg_sage.invariants.equations.equations_by_degree import generators
    from neuroalg_sage.invariants.equations.equivariant_ideal import what_they_generate

    manifold = manifold_of(arguments)
    check_writable(arguments.certificate)
    check_writable(arguments.keep)
    n = manifold.model.ambient_dimension
    search = manifold.equation_search()
    if arguments.keep is not None and Path(arguments.keep).exists():
        from neuroalg_sage.models.sources import read_json

        search.restore(read_json(arguments.keep, "file of equations"))
    failure = None
    pages: list[dict[str, Any]] = []

    def state(verdict: str | None) -> None:
        """State the page, of which all but the verdict is known after each degree."""
        done = len(search.degrees)
        for found in search.degrees[len(pages):]:
            page: dict[str, Any] = {"degree": found.degree, "generators": found.generator_count,
                                    "equations": found.dimension,
                                    "hilbert_function": found.hilbert_function}
            with suppress(InputError):
                page["character"] = written(character(search, found))
            pages.append(page)
        texts = as_text(generators(search, done), n) if done else []
        if arguments.json:
            text = json.dumps({"schema": 1, "model": manifold.model.describe(), "degrees": pages,
                               "generators": texts, "verdict": verdict})
        else:
            kind = "affine Hilbert" if search.phi.is_cone_over else "Hilbert"
            lines = [f"degree {page['degree']}: {page['generators']} generators"
                     + (f", {page['character']}" if page.get("character", "0") != "0" else "")
                     + f"; {page['equations']} equations, {kind} function "
                     f"{page['hilbert_function']}" for page in pages]
            text = "\n".join([*lines, *(f"  {text}" for text in texts),
                              *([] if verdict is None else [verdict])])
        arguments.page.state(text)

    try:
        if search.degrees:  # kept by an earlier run
            state(None)
        for degree in range(len(search.degrees) + 1, arguments.degree + 1):
            arguments.page.state(stage=f"degree {degree}")
            search.up_to(degree)
            if arguments.keep is not None:
                write(arguments.keep, search.state())
            state(None)
        search.up_to(arguments.degree)
    except LimitReached as error:
        failure = error
    state(what_they_generate(search, manifold.dimension()))
    if arguments.certificate is not None and search.degrees:
        write(arguments.certificate, manifold.hilbert_function(len(search.degrees)).certificate)
    if failure is not None:
        print(f"neuroalg: {failure}", file=sys.stderr)
        return failure.exit_code
    return 0
