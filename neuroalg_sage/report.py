"""
Reports: all that can be said of a model within a budget, as text, JSON or LaTeX.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from textwrap import wrap

from neuroalg_sage.errors import LimitReached, NeuroAlgError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import clipped
from neuroalg_sage.limits import whole
from neuroalg_sage.models.latex import escaped, words
from neuroalg_sage.neuromanifold import NeuroManifold
from neuroalg_sage.questions import before_all, is_suitable, question, reported

JSON_SCHEMA = 1
UNASKED = "The command ended before this was answered."


@dataclass
class Answers:
    """What was asked of one neuromanifold: answers, and the errors in place of others."""

    manifold: NeuroManifold
    found: dict[str, Invariant] = field(default_factory=dict)
    failed: dict[str, NeuroAlgError] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)  # what a report says nothing of
    # What was written of invariants, since a page is stated anew after each answer.
    _texts: dict[tuple[str, bool], tuple[Invariant, str]] = field(default_factory=dict, repr=False)
    _head: list[str] | None = field(default=None, repr=False)

    @property
    def exit_code(self) -> int:
        """0 if all was answered, else that of the worst error."""
        codes = [error.exit_code for error in self.failed.values()]
        return 0 if not codes else 1 if 1 in codes else max(codes)


def ask(manifold: NeuroManifold, names: Iterable[str],
        progress: Callable[[str], None] = lambda message: None,
        begin: Callable[[str], None] = lambda name: None,
        each: Callable[[Answers, str], None] = lambda answers, name: None,
        is_report: bool = False) -> Answers:
    """
    Compute invariants, keeping what was found when others fail.

    Where there is a limit, dimensions come first: the others need them, and a computation that
    listens to nobody, as within a library, may let nothing follow it.  After the deadline of the
    command nothing is begun any more.

    INPUT:

    - ``manifold`` -- a neuromanifold
    - ``names`` -- names of invariants
    - ``progress`` -- called with one line for each
    - ``begin`` -- called with the name of each before it is computed
    - ``each`` -- called with the answers so far and a name, when this one was answered, or failed,
      or was answered better by the way
    - ``is_report`` -- whether questions may be left out where the answer is not known

    OUTPUT: :class:`Answers`
    """
    answers, asked = Answers(manifold), list(names)
    names = asked if manifold.computation.seconds_left() is None else sorted(asked, key=_place)
    for name in names:
        if is_report and not is_suitable(manifold.model, name):
            answers.left_out.add(name)
            continue
        start = time.perf_counter()
        begin(name)
        try:
            if whole.is_over():
                raise whole.time_is_over(f"before {name}")
            # What takes too long leaves time for the others.
            with nullcontext() if name == names[-1] else manifold.computation.share():
                answers.found[name] = manifold.compute(name)
            answers.found = {known: answers.found[known] for known in asked
                             if known in answers.found}
        except NeuroAlgError as error:
            if is_report and question(name).where_known and error.exit_code != 1:
                answers.left_out.add(name)
            # To a model that a question of another package does not suit, others may be asked.
            elif error.exit_code == 2 and not question(name).find:
                raise
            else:
                answers.failed[name] = error
            whole.settle()
            each(answers, name)
            continue
        progress(f"{name}: {time.perf_counter() - start:.1f} s")
        each(answers, name)
    # A later answer may have proved an earlier one.
    for name, invariant in answers.found.items():
        answers.found[name] = manifold.compute(name)
        if answers.found[name] is not invariant:
            each(answers, name)
    return answers


def _place(name: str) -> int:
    """Where to ask for an invariant: dimensions in their order, then what rests on them."""
    first = before_all()
    return first.index(name) if name in first else len(first)


def report(manifold: NeuroManifold, budget: float | None = None,
           progress: Callable[[str], None] = lambda message: None,
           begin: Callable[[str], None] = lambda name: None,
           each: Callable[[Answers, str], None] = lambda answers, name: None) -> Answers:
    """All invariants that are found within ``budget`` seconds."""
    if budget is not None:
        manifold.computation.end_within(budget)
    return ask(manifold, reported(), progress, begin, each, is_report=True)


# -- pages -------------------------------------------------------------------------------


def as_json(answers: Answers, citations: bool = False, unasked: Iterable[str] = ()) -> str:
    """
    The answers as one JSON object, and if wanted how to cite each.

    INPUT:

    - ``answers`` -- answers, of which this may be called again when there are more
    - ``citations`` -- whether to cite
    - ``unasked`` -- names of what the command has not come to
    """
    def text(name: str, invariant: Invariant) -> str:
        known = answers._texts.get((name, citations))
        if known is None or known[0] is not invariant:
            known = invariant, json.dumps(invariant.result(
                answers.manifold.model if citations else None))
            answers._texts[name, citations] = known
        return known[1]

    results = ", ".join(f"{json.dumps(name)}: {text(name, invariant)}"
                        for name, invariant in answers.found.items())
    errors = {name: str(error) for name, error in answers.failed.items()} | {
        name: UNASKED for name in unasked}
    return (f'{{"schema": {JSON_SCHEMA}, "model": {json.dumps(answers.manifold.model.describe())}, '
            f'"results": {{{results}}}'
            + (f', "errors": {json.dumps(errors)}' if errors else "") + "}")


def citations_as_text(answers: Answers) -> str:
    """How to cite the answers: each as text, and then all entries of BibTeX, each once."""
    citations = [found.citation(answers.manifold.model) for found in answers.found.values()]
    entries = dict.fromkeys([*(citation.entry() for citation in citations),
                             *(entry for c in citations for entry in c.cited_entries())])
    return "\n\n".join([*(citation.text() for citation in citations), *entries])


def _symmetries(manifold: NeuroManifold) -> str:
    try:
        return str(manifold.symmetries())
    except LimitReached:
        return f"a Lie algebra spanned by {len(manifold.model.symmetries)} linear vector fields"


def _head(manifold: NeuroManifold) -> list[str]:
    """What a page says of a model before anything is asked."""
    model, n = manifold.model, manifold.model.ambient_dimension
    lines = [f"Neuromanifold of {model}", "=" * (17 + len(str(model))), "",
             f"{model.parameter_count} parameters, {model.input_count} inputs, "
             f"{model.output_count} outputs; ambient space of dimension {n}",
             f"Known symmetries: {_symmetries(manifold)}", ""]
    if model.cone:
        lines[3:4] = [f"{model.parameter_count - model.scales} parameters and {model.scales} "
                      f"scale{'s' * (model.scales > 1)}, {model.input_count} inputs; ambient space "
                      f"of dimension {n}", *wrap(model.cone.reading(n), 100)]
    if manifold.in_layers:
        lines.insert(-1, f"Term by term these are the functions of {manifold.in_layers}")
    try:
        phi = manifold.parametrization()
        lines.append("Parametrization")
        lines += ["  " + line for line in clipped(
            [f"z_{i} = {p}" for i, p in enumerate(phi.written())])]
        lines.append("Coordinates")
        lines += ["  " + line for line in clipped(
            [phi.describe(i) for i in range(len(phi.coordinates))])]
    except LimitReached as error:
        lines.append(f"Parametrization: not written down. {error}")
    return lines


def as_text(answers: Answers) -> str:
    """The answers as a readable page."""
    if answers._head is None:
        answers._head = _head(answers.manifold)
    lines = [*answers._head, "", "Invariants"]
    width = max(map(len, reported()))
    for name in reported():
        if name in answers.found:
            invariant = answers.found[name]
            lines.append(f"  {name:<{width}}  {invariant.sentence()}  "
                         f"[{invariant.qualified_status()}]")
            lines.append(f"  {'':<{width}}    {invariant.method}, {invariant.seconds:.2f} s")
        elif name in answers.failed:
            lines.append(f"  {name:<{width}}  not computed: {answers.failed[name]}")
    for name in reported():
        if name in answers.found:
            lines += answers.found[name].report_lines()
    return "\n".join(lines)


def as_latex(answers: Answers) -> str:
    """The answers as a LaTeX document."""
    model = answers.manifold.model
    lines = [r"\documentclass{article}", r"\usepackage{amsmath,amssymb}", r"\begin{document}",
             rf"\section*{{Neuromanifold of {words(str(model), 'texttt')}}}",
             *([escaped(model.cone.reading(model.ambient_dimension)), ""] if model.cone else []),
             rf"{model.parameter_count} parameters, {model.input_count} inputs, "
             rf"{model.output_count} outputs; $\dim V = {model.ambient_dimension}$.", "",
             r"\begin{tabular}{lll}", r"invariant & value & status \\ \hline"]
    for name in reported():
        if name in answers.found:
            found = answers.found[name]
            lines.append(rf"{escaped(name)} & {found.sentence_in_latex()} & "
                         rf"{escaped(found.qualified_status())} \\")
        elif name in answers.failed:
            lines.append(rf"{escaped(name)} & not computed & \\")
    lines.append(r"\end{tabular}")
    for name in reported():
        if name in answers.found:
            lines += answers.found[name].report_in_latex()
    return "\n".join([*lines, r"\end{document}"])
