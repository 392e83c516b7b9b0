"""
The answers about a model at given weights as one page of HTML, complete in itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.markup.badges import LEGEND, legend, not_computed
from neuroalg_sage.markup.elements import (
    Markup,
    download,
    element,
    file_name,
    join,
    number_words,
)
from neuroalg_sage.models.trained.network import TrainedNetwork
from neuroalg_sage.pages.report_page import complete
from neuroalg_sage.questions import meaning, title

MOST_LINKED = 20_000  # weights, of which a page has the certificates


def page(network: TrainedNetwork, found: Mapping[str, Invariant], missing: Mapping[str, str]
         ) -> str:
    """
    The page as text.

    INPUT:

    - ``network`` -- a model with its weights
    - ``found`` -- the answers by the names of their questions
    - ``missing`` -- why there are no others

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> point = NeuroManifold("linear:1,1,1", seed=1).at([3, 4])
        >>> text = page(point.network, {"rank": point.rank()}, {"stabilizer": "too large"})
        >>> text.startswith("<!DOCTYPE html>"), "too large" in text
        (True, True)
    """
    model = network.model
    sections = [("answers", "Answers", join(_table(found, missing), element(
        "h3", "What the statuses mean", id=LEGEND), legend())),
        ("certificates", "Certificates", _certificates(network, found))]
    return complete(
        f"{network} at given weights", element("header", element(
            "h1", element("code", str(network)), " at given weights"), element(
            "p", f"{number_words(model.parameter_count, 'parameter')}, "
            f"{number_words(model.input_count, 'input')}, "
            f"{number_words(model.output_count, 'output')}.", class_="under"),
            *(element("p", note, class_="under") for note in network.notes)),
        element("main", *(element("section", element("h2", heading, id=place), content)
                          for place, heading, content in sections), id="content"))


def _table(found: Mapping[str, Invariant], missing: Mapping[str, str]) -> Markup:
    lines = [element(
        "tr", element("th", title(name), element("small", meaning(name)), scope="row"),
        element("td", answer.sentence(), *(element("small", line.strip())
                                           for line in answer.lines()), class_="value"),
        element("td", answer.badges()), element("td", answer.method),
        data_invariant=name, data_status=answer.status) for name, answer in found.items()]
    lines += [element(
        "tr", element("th", title(name), element("small", meaning(name)), scope="row"),
        element("td", why, class_="value soft"), element("td", not_computed()), element("td"),
        data_invariant=name, data_status="none") for name, why in missing.items()]
    heads = ("question", "answer", "status", "method")
    return element(
        "table", element("thead", element("tr", *(element("th", h, scope="col") for h in heads))),
        element("tbody", *lines), class_="cards answers")


def _certificates(network: TrainedNetwork, found: Mapping[str, Invariant]) -> Markup:
    if len(network.point) > MOST_LINKED:
        return element("p", f"Of networks with over {MOST_LINKED:,} weights certificates are "
                       "written by the option --certificate.")
    stem = file_name(str(network))
    return join(
        element("p", "The checker evaluates the model by its own code, and verifies each of these "
                "files; it needs python-flint and Python's standard library."),
        element("ul", *(element("li", download(f"{stem}.{name}.json", answer.certificate))
                        for name, answer in found.items() if answer.certificate is not None)),
        element("p", "The network itself: ", download("network.json", network.describe()), "."))
