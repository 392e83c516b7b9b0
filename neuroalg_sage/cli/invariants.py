"""
``neuroalg report | compute | script``: invariants of a model.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from neuroalg_sage.cli.options import (
    Commands,
    about_a_flow,
    about_a_metric,
    about_a_model,
    about_the_answer,
    limited,
    manifold_of,
    progress,
)
from neuroalg_sage.cli.output import check_writable, write_certificates
from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold
    from neuroalg_sage.report import Answers

REPORT_BUDGET = 120.0


def add(command: Commands) -> None:
    """Add the commands."""
    sub = command("report", "Print everything affordable about a model.", _report)
    about_a_model(sub)
    form = sub.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--latex", action="store_true", help="print a LaTeX document")
    form.add_argument("--html", metavar="FILE", help="write one page of HTML that is complete in "
                      "itself")

    sub = command("compute", "Compute invariants of a model.", _compute)
    about_a_model(sub)
    about_a_metric(sub)
    about_a_flow(sub)
    sub.add_argument("invariants", nargs="+", metavar="INVARIANT")
    about_the_answer(sub)
    sub.add_argument("--cite", action="store_true", help="say how to cite each value, as text and "
                     "as BibTeX")
    sub.add_argument("--diagram", metavar="FILE", help="draw the Hasse diagram of the subnetworks "
                     "to a file, *.svg, *.png or *.pdf")
    sub = command("script", "Print the standalone Macaulay2 script of a computation.", _script)
    about_a_model(sub)
    about_a_metric(sub)
    about_a_flow(sub)
    sub.add_argument("invariant", metavar="INVARIANT")


def _report(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.report import as_json, as_latex, as_text, report

    check_writable(arguments.html)
    manifold = manifold_of(arguments)
    budget = arguments.timeout or REPORT_BUDGET
    if arguments.html is not None:
        return _page(manifold, arguments, budget)
    with limited(budget):
        say = progress(arguments)
        answers = report(manifold, budget, say, say.begin)
        page = (json.dumps(as_json(answers, citations=True)) if arguments.json
                else as_latex(answers) if arguments.latex else as_text(answers))
    print(page)
    return answers.exit_code


def _page(manifold: NeuroManifold, arguments: argparse.Namespace, budget: float) -> int:
    from neuroalg_sage.pages.report_page import gather, save

    with limited(budget):
        material = gather(manifold, budget, progress(arguments))
    save(material, arguments.html)
    _say_failures(material.answers)
    print(f"written to {arguments.html}")
    return material.answers.exit_code


def _compute(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.neuromanifold import INVARIANTS
    from neuroalg_sage.report import as_json, ask, citations_as_text, sentence, written

    manifold = manifold_of(arguments)
    unknown = [name for name in arguments.invariants if name not in INVARIANTS]
    if unknown:
        manifold.compute(unknown[0])  # raises with the nearest right name
    check_writable(arguments.certificate)
    if arguments.diagram is not None:
        from neuroalg_sage.invariants.hasse import check_picture

        if "subnetworks" not in arguments.invariants:
            raise InputError("The option --diagram draws the subnetworks; ask for the invariant "
                             "subnetworks.")
        check_picture(arguments.diagram)
        check_writable(arguments.diagram)
    with limited(arguments.timeout):
        say = progress(arguments)
        answers = ask(manifold, arguments.invariants, say, say.begin)
    if arguments.diagram is not None and "subnetworks" in answers.found:
        answers.found["subnetworks"].value.hasse_diagram(arguments.diagram)
    n = manifold.model.ambient_dimension
    if arguments.json:
        print(json.dumps(as_json(answers, arguments.cite)))
    else:
        for name, invariant in answers.found.items():
            print(f"{name} = {sentence(invariant, n)}  [{invariant.qualified_status()}]")
            if name in ("ideal", "equations"):
                for line in written(invariant.data, n):
                    print(f"  {line}")
            elif name in ("descriptions", "subnetworks"):
                for item in invariant.data:
                    print(f"  {item}")
            elif name.endswith("conservation_laws"):
                if arguments.flow is not None and not name.startswith("quadratic"):
                    print(f"  of the {manifold.flow_in_words()}")
                for law in invariant.data if isinstance(invariant.data, list) and (
                        invariant.status != "bounds") else []:
                    print(f"  {law!r}")
        if arguments.cite:
            print(f"\n{citations_as_text(answers)}")
    _say_failures(answers)
    write_certificates(arguments.certificate, answers.found.values())
    return answers.exit_code


def _say_failures(answers: Answers) -> None:
    for name, error in answers.failed.items():
        print(f"neuroalg: {name}: {error}", file=sys.stderr)


def _script(arguments: argparse.Namespace) -> int:
    manifold = manifold_of(arguments)
    with limited(arguments.timeout):
        text = manifold.script(arguments.invariant)
    print(text, end="" if text.endswith("\n") else "\n")
    return 0
