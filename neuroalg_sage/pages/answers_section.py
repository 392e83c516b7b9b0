"""
The answers: what they are in short, in words, and in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.singularities.degeneracy import Locus
from neuroalg_sage.pages.badges import badges, is_empty, not_computed
from neuroalg_sage.pages.elements import Content, Markup, element, join
from neuroalg_sage.pages.model_section import hilbert_polynomial, number_words
from neuroalg_sage.questions import meaning, title
from neuroalg_sage.report import Answers


def value(invariant: Invariant, n: int) -> Content:
    """The value, typeset."""
    if invariant.name == "hilbert_polynomial" and invariant.status != "bounds":
        return hilbert_polynomial(invariant.data)
    data = invariant.data
    if isinstance(data, int) and not isinstance(data, bool):
        return f"{data:,}"
    if isinstance(invariant, Locus) and not data:
        return "empty" if is_empty(invariant) else "no components found"
    return invariant.sentence()


def _short(invariant: Invariant, n: int) -> Content:
    if invariant.name == "singular_locus" and invariant.status != "bounds":
        return len(invariant.data)
    return value(invariant, n)


FIGURES = ("ambient_dimension", "dimension", "degree", "defect", "singular_locus",
           "is_identifiable")


def figures(answers: Answers) -> Markup:
    """The most asked for in short."""
    model = answers.manifold.model
    shown = [element("div", element("dt", "parameters"),
                     element("dd", f"{model.parameter_count:,}", class_="number"))]
    for name in FIGURES:
        found = answers.found.get(name)
        shown.append(element(
            "div", element("dt", "singular components" if name == "singular_locus" else
                           title(name)),
            element("dd", "–" if found is None else _short(found, model.ambient_dimension),
                    class_="number"),
            element("dd", not_computed() if found is None else badges(found, True),
                    class_="state")))
    return element("dl", *shown, class_="figures")


# -- in words ----------------------------------------------------------------------------


def _known(answers: Answers, name: str) -> Any:
    """The value, None if there is none or only bounds."""
    found = answers.found.get(name)
    return None if found is None or found.status == "bounds" else found.data


def summary(answers: Answers) -> Markup:
    """
    What the answers mean for learning, and then for geometry: sentences, each with its status.

    A statement is made only where the answer that it rests on is there.
    """
    return join(element("h2", "What it means for learning", id="meaning"),
                element("ul", *_for_learning(answers), class_="summary learning"),
                element("h2", "In the words of geometry", id="geometry"),
                element("p", _the_spaces(answers)),
                element("ul", *_in_geometry(answers), class_="summary geometry"))


def _said(answers: Answers, words: Content, *names: str) -> Markup:
    """A sentence, and behind it the statuses of the answers that it rests on."""
    marks = dict.fromkeys(badges(answers.found[name], True) for name in names)
    return element("li", words, *((" ", mark) for mark in marks))


def _for_learning(answers: Answers) -> Iterator[Markup]:
    model = answers.manifold.model
    n, count = model.ambient_dimension, model.parameter_count
    dimension = _known(answers, "dimension")
    if dimension is not None:
        lost = count - dimension
        yield _said(answers, join(
            element("strong", f"{number_words(dimension, 'degree')} of freedom. "),
            f"The functions of the model form a family of dimension {dimension:,}, "
            f"{'as many as' if not lost else 'though'} there are "
            f"{number_words(count, 'parameter')}"
            + ("." if not lost else
               f": a generic one comes from a family of parameters of dimension {lost:,}.")),
            "dimension")
        if dimension < n:
            yield _said(answers, join(
                element("strong", "It cannot learn everything. "),
                f"Almost no function of the space of dimension {n:,} in which its functions lie is "
                "one of them, or is a limit of them."), "dimension")
        else:
            yield _said(answers, join(
                element("strong", "No equation limits it. "),
                f"Its functions have full dimension in a space of dimension {n:,}; over the real "
                "numbers they need not be all of it."), "dimension")
    yield from _identifiability(answers)
    locus = _known(answers, "singular_locus")
    if locus:
        places = sorted({name for component in locus for name in component.fills})
        yield _said(answers, join(
            element("strong", "Singular functions. "),
            "The set of its functions, with their limits, is not smooth everywhere: near its "
            "singular points no linear approximation describes it",
            f". They include the functions of {_list(places)}." if places else "."),
            "singular_locus")
    laws = _known(answers, "number_of_conservation_laws")
    if isinstance(laws, int):
        yield _said(answers, join(
            element("strong", "Gradient flow remembers its start. " if laws else
                    "Gradient flow is not confined. "),
            f"{_quantities(laws)} {'is' if laws == 1 else 'are'} constant along it for every "
            f"loss: the initialization fixes {'it' if laws == 1 else 'them'}." if laws else
            "No quantity is constant along it for every loss."), "number_of_conservation_laws")


def _quantities(count: int) -> str:
    return "1 independent quantity" if count == 1 else f"{count:,} independent quantities"


def _the_spaces(answers: Answers) -> str:
    model = answers.manifold.model
    degree = max((d for degrees in model.degree_pattern for d in degrees or (0,)), default=0)
    return (f"The model has {number_words(model.parameter_count, 'parameter')}, "
            f"{number_words(model.input_count, 'input')} and "
            f"{number_words(model.output_count, 'output')}; each output is a polynomial of degree "
            f"{degree} in the inputs. Such functions form the ambient space V, of dimension "
            f"{model.ambient_dimension:,}; those of the model form the neuromanifold M in it.")


def _in_geometry(answers: Answers) -> Iterator[Markup]:
    n, dimension = answers.manifold.model.ambient_dimension, _known(answers, "dimension")
    if dimension is not None:
        yield _said(answers, "M is of full dimension: its Zariski closure is V."
                    if _known(answers, "is_filling") else
                    f"The Zariski closure of M, the neurovariety, has dimension {dimension:,}, so "
                    f"codimension {n - dimension:,}.", "dimension")
    defect = _known(answers, "defect")
    if defect is not None:
        yield _said(answers, "Its dimension is as expected." if not defect else
                    f"Its dimension is {defect} less than expected: the model is defective.",
                    "defect")
    degree, ideal = _known(answers, "degree"), _known(answers, "ideal")
    if dimension is not None and dimension < n:
        if degree is not None:
            yield _said(answers, f"It is a hypersurface of degree {degree:,}."
                        if dimension == n - 1 else f"Its degree is {degree:,}.", "degree")
        if ideal:
            yield _said(answers, f"Its ideal is {answers.found['ideal'].sentence()}.", "ideal")
    locus = _known(answers, "singular_locus")
    if locus is not None:
        count = len(locus)
        yield _said(answers, (
            "It has no singular points." if is_empty(answers.found["singular_locus"]) else
            "No singular points were found; that there are none:") if not count else
            f"It is singular along {'a component' if count == 1 else f'{count} components'} of "
            f"dimension {_list(sorted({c.dimension for c in locus}, reverse=True))}.",
            "singular_locus")
    laws = _known(answers, "number_of_conservation_laws")
    if isinstance(laws, int):
        yield _said(answers, "Gradient flow has no conservation laws that hold for every loss."
                    if not laws else f"Along the gradient flow of every loss, {_quantities(laws)} "
                    f"{'is' if laws == 1 else 'are'} conserved.", "number_of_conservation_laws")


def _list(things: Sequence[object]) -> str:
    return " and ".join(map(str, things)) if len(things) < 3 else (
        ", ".join(map(str, things[:-1])) + f" and {things[-1]}")


def _identifiability(answers: Answers) -> Iterator[Markup]:
    up_to = " up to affine-linear symmetries of the parameters"
    identifiable = _known(answers, "is_identifiable")
    finitely = _known(answers, "is_finitely_identifiable")
    if identifiable is not None:
        yield _said(answers, join(
            element("strong", "The weights can be recovered. " if identifiable else
                    "The weights cannot be recovered. "),
            "A generic function of M determines its parameters" if identifiable else
            "A generic function of M does not determine its parameters", up_to, "."),
            "is_identifiable")
    elif finitely is not None:
        yield _said(answers, join(
            element("strong", "The weights can be recovered up to finitely many choices. "
                    if finitely else "The weights cannot be recovered. "),
            "A generic function of M determines its parameters up to finitely many choices"
            if finitely else "Even a generic function of M has infinitely many parameters",
            " and" if finitely else "", up_to, "."), "is_finitely_identifiable")


# -- the table ---------------------------------------------------------------------------


def table(answers: Answers, names: tuple[str, ...]) -> Markup:
    """All answers with status, method and seconds; and why there are no others."""
    n = answers.manifold.model.ambient_dimension
    lines = []
    for name in names:
        head = element("th", title(name), element("small", meaning(name)), scope="row")
        if name in answers.found:
            found = answers.found[name]
            lines.append(element(
                "tr", head, element("td", value(found, n), class_="value"),
                element("td", badges(found)),
                element("td", found.method, element("small", _seconds(found.seconds))),
                data_invariant=name, data_status=found.status))
        elif name in answers.failed:
            lines.append(element(
                "tr", head, element("td", str(answers.failed[name]), class_="value soft"),
                element("td", not_computed()), element("td"),
                data_invariant=name, data_status="none"))
    heads = ("invariant", "value", "status", "method")
    return element(
        "table", element("thead", element("tr", *(element("th", h, scope="col") for h in heads))),
        element("tbody", *lines), class_="cards answers")


def _seconds(seconds: float) -> str:
    return "less than 0.01 s" if seconds < 0.01 else f"{seconds:.2f} s"
