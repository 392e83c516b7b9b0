"""
``neuroalg report | compute | script``: invariants of a model.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from neuroalg_sage.cli.options import (
    Commands,
    about_a_flow,
    about_a_metric,
    about_a_model,
    about_a_norm,
    about_an_approximation,
    about_the_answer,
    keep_time_for_the_page,
    manifold_of,
    progress,
)
from neuroalg_sage.cli.output import certificate_files, check_writable
from neuroalg_sage.cli.supervision import uninterrupted
from neuroalg_sage.errors import InputError
from neuroalg_sage.limits import whole

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.neuromanifold import NeuroManifold
    from neuroalg_sage.report import Answers

REPORT_BUDGET = 120.0
WIDTH = 96  # of the list of invariants
SHARE_OF_PAGES = 20  # how much longer than for pages is computed, before the last one


def add(command: Commands) -> None:
    """Add the commands."""
    sub = command("report", _report)
    about_a_model(sub, REPORT_BUDGET)
    about_an_approximation(sub)
    form = sub.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--latex", action="store_true", help="print a LaTeX document")
    form.add_argument("--html", metavar="FILE", help="write one page of HTML that is complete in "
                      "itself")

    sub = command("compute", _compute)
    about_a_model(sub)
    about_an_approximation(sub)
    about_a_metric(sub)
    about_a_norm(sub)
    about_a_flow(sub)
    sub.add_argument("invariants", nargs="+", metavar="INVARIANT")
    sub.listed = _computed
    about_the_answer(sub)
    sub.add_argument("--cite", action="store_true", help="say how to cite each value, as text and "
                     "as BibTeX")
    sub.add_argument("--diagram", metavar="FILE", help="draw the Hasse diagram of the subnetworks "
                     "to a file, *.svg, *.png or *.pdf")
    sub = command("script", _script)
    about_a_model(sub)
    about_a_metric(sub)
    about_a_flow(sub)
    sub.add_argument("invariant", metavar="INVARIANT")
    sub.listed = _scripted


def _computed() -> str:
    """The invariants that one may compute, and what each is."""
    import textwrap

    from neuroalg_sage.questions import computed, question

    names = computed()
    column = max(map(len, names)) + 4
    lines = ["Invariants:"]
    for name in names:
        lines += textwrap.wrap(question(name).summary, WIDTH, break_on_hyphens=False,
                               initial_indent=f"  {name}".ljust(column),
                               subsequent_indent=" " * column)
    return "\n".join(lines)


def _scripted() -> str:
    """The invariants of which there is a script."""
    import textwrap

    from neuroalg_sage.questions import scripts

    return textwrap.fill(f"Invariants: {', '.join(scripts())}.", WIDTH)


def _report(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.questions import reported
    from neuroalg_sage.report import as_json, as_latex, as_text, report

    check_writable(arguments.html)
    manifold = manifold_of(arguments)
    if arguments.html is not None:
        return _page(manifold, arguments)
    say, page = progress(arguments), arguments.page

    def each(answers: Answers, name: str) -> None:
        known = answers.found.keys() | answers.failed.keys() | answers.left_out
        page.state(as_json(answers, True, [name for name in reported() if name not in known])
                   if arguments.json else
                   as_latex(answers) if arguments.latex else as_text(answers))

    def begin(name: str) -> None:
        page.state(stage=name)
        say.begin(name)

    return report(manifold, None, say, begin, each).exit_code


def _page(manifold: NeuroManifold, arguments: argparse.Namespace) -> int:
    """Write a page of HTML, for which some time is kept from the computations."""
    from neuroalg_sage.pages.report_page import Material, gather, page

    done = f"written to {arguments.html}"
    took = 0.0  # seconds, to make the page
    made = time.monotonic()

    def write(material: Material) -> None:
        nonlocal made, took
        start = time.monotonic()
        text = page(material)
        made = time.monotonic()
        took = made - start
        arguments.page.state(done, {arguments.html: text})

    def each(material: Material) -> None:
        # Of what is to come it is not known how long it takes; pages take a twentieth at most.
        if time.monotonic() - made > SHARE_OF_PAGES * took:
            write(material)

    def begin(name: str) -> None:
        arguments.page.state(stage=name)

    keep_time_for_the_page(manifold.computation)
    material = gather(manifold, None, progress(arguments), begin, each)
    whole.settle()
    write(material)
    _say_failures(material.answers)
    return material.answers.exit_code


def _compute(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.questions import computable, drawn
    from neuroalg_sage.report import as_json, ask, citations_as_text

    manifold = manifold_of(arguments)
    for name in arguments.invariants:
        computable(name)
    to_draw = [name for name in arguments.invariants if name in drawn()]
    check_writable(arguments.certificate)
    if arguments.diagram is not None:
        from neuroalg_sage.invariants.singularities.hasse import check_picture

        names = " or ".join(drawn())
        if not to_draw:
            raise InputError(f"The option --diagram draws the {names}; ask for the invariant "
                             f"{names}.")
        check_picture(arguments.diagram)
        check_writable(arguments.diagram)
    say, page = progress(arguments), arguments.page
    printed: dict[str, str] = {}

    def begin(name: str) -> None:
        page.state(stage=name)
        say.begin(name)

    def each(answers: Answers, name: str) -> None:
        if name in answers.failed:
            print(f"neuroalg: {name}: {answers.failed[name]}", file=sys.stderr)
        text = ""
        if arguments.json:
            known = answers.found.keys() | answers.failed.keys()
            text = as_json(answers, arguments.cite,
                           [asked for asked in arguments.invariants if asked not in known])
        elif name in answers.found:
            lines = _as_text(arguments, manifold, name, answers.found[name])
            if printed.get(name) != lines:
                with uninterrupted():
                    print(lines, flush=True)
                printed[name] = lines
        page.state(text, certificate_files(arguments.certificate, answers.found.values()))

    answers = ask(manifold, arguments.invariants, say, begin, each)
    if arguments.diagram is not None:
        for name in to_draw[:1]:
            if name in answers.found:
                answers.found[name].draw(arguments.diagram)
    if arguments.cite and not arguments.json:
        print(f"\n{citations_as_text(answers)}")
    return answers.exit_code


def _as_text(arguments: argparse.Namespace, manifold: NeuroManifold, name: str,
             invariant: Invariant) -> str:
    """An answer as lines of text."""
    from neuroalg_sage.questions import computable

    lines = [invariant.statement(name), *invariant.lines(arguments.spec)]
    if arguments.flow is not None and "flow" in computable(name).options:
        lines.insert(1, f"  of the {manifold.flow_in_words()}")
    if arguments.approximate is not None:
        lines.insert(1, f"  of {manifold.model}")
    return "\n".join(lines)


def _say_failures(answers: Answers) -> None:
    for name, error in answers.failed.items():
        print(f"neuroalg: {name}: {error}", file=sys.stderr)


def _script(arguments: argparse.Namespace) -> int:
    manifold = manifold_of(arguments)
    text = manifold.script(arguments.invariant)
    print(text, end="" if text.endswith("\n") else "\n")
    return 0
