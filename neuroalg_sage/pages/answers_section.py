"""
The answers: what they are in short, in words, and in a table.
"""

from __future__ import annotations

from neuroalg_sage.invariants.answers.presentation import Surroundings
from neuroalg_sage.markup.badges import not_computed
from neuroalg_sage.markup.elements import Markup, element, join, number_words
from neuroalg_sage.models.model import Model
from neuroalg_sage.questions import figures as asked_for_most
from neuroalg_sage.questions import meaning, shown_on_pages, title
from neuroalg_sage.report import Answers


def figures(answers: Answers) -> Markup:
    """The most asked for in short."""
    model = answers.manifold.model
    count = model.parameter_count - model.scales
    shown = [element("div", element("dt", "parameters"),
                     element("dd", f"{count:,}", class_="number"))]
    for name, heading in asked_for_most().items():
        found = answers.found.get(name)
        shown.append(element(
            "div", element("dt", heading),
            element("dd", "–" if found is None else found.figure_on_page(), class_="number"),
            element("dd", not_computed() if found is None else found.badges(brief=True),
                    class_="state")))
    return element("dl", *shown, class_="figures")


# -- in words ----------------------------------------------------------------------------


def summary(around: Surroundings) -> Markup:
    """
    What the answers mean for learning, and then for geometry: sentences, each with its status.

    A statement is made only where the answer that it rests on is there.
    """
    found = [around.found[name] for name in shown_on_pages() if name in around.found]
    learning = [line for answer in found for line in answer.for_learning(around)]
    geometry = [line for answer in found for line in answer.in_geometry(around)]
    return join(element("h2", "What it means for learning", id="meaning"),
                element("ul", *learning, class_="summary learning"),
                element("h2", "In the words of geometry", id="geometry"),
                element("p", _the_spaces(around.model)),
                element("ul", *geometry, class_="summary geometry"))


def _the_spaces(model: Model) -> str:
    if model.cone:
        return (f"The model has {number_words(model.parameter_count - model.scales, 'parameter')} "
                f"and {number_words(model.input_count, 'input')}. "
                f"{model.cone.reading(model.ambient_dimension)}")
    degree = max((d for degrees in model.degree_pattern for d in degrees or (0,)), default=0)
    return (f"The model has {number_words(model.parameter_count, 'parameter')}, "
            f"{number_words(model.input_count, 'input')} and "
            f"{number_words(model.output_count, 'output')}; each output is a polynomial of degree "
            f"{degree} in the inputs. Such functions form the ambient space V, of dimension "
            f"{model.ambient_dimension:,}; those of the model form the neuromanifold M in it.")


# -- the table ---------------------------------------------------------------------------


def table(answers: Answers, names: tuple[str, ...]) -> Markup:
    """All answers with status, method and seconds; and why there are no others."""
    lines = []
    for name in names:
        head = element("th", title(name), element("small", meaning(name)), scope="row")
        if name in answers.found:
            found = answers.found[name]
            lines.append(element(
                "tr", head, element("td", found.value_on_page(), class_="value"),
                element("td", found.badges()),
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
