"""
The answers about a piecewise linear network as one page of HTML, complete in itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuroalg_sage.errors import NeuroAlgError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.markup.badges import LEGEND, legend
from neuroalg_sage.markup.elements import (
    Markup,
    data_url,
    download,
    element,
    file_name,
    join,
    number_words,
)
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.pages.report_page import complete
from neuroalg_sage.questions import title


def page(network: Network, answers: Sequence[Invariant], output: tuple[int, ...] | None = None,
         level: Any = 0, box: Any = None) -> str:
    """
    The page as text.

    INPUT:

    - ``network`` -- a network
    - ``answers`` -- what was found of it
    - ``output``, ``level`` -- of a boundary that the picture shows
    - ``box`` -- of the inputs that it shows

    EXAMPLES::

        >>> from neuroalg_sage import PiecewiseLinearNetwork
        >>> network = PiecewiseLinearNetwork("relu:1,3,1:bias", seed=1)
        >>> text = page(network.network, [network.linear_regions()])
        >>> text.startswith("<!DOCTYPE html>"), "from 4 activation patterns" in text
        (True, True)
    """
    name = str(network)
    sections = [("answers", "Answers", join(_table(answers), element(
        "h3", "What the statuses mean", id=LEGEND), legend()))]
    picture = _picture(network, output, level, box)
    if picture is not None:
        sections.append(("picture", "Picture", picture))
    sections.append(("certificates", "Certificates", _certificates(network, answers)))
    return complete(
        f"Piecewise linear network {name}", element("header", element(
            "h1", "Piecewise linear network ", element("code", name)), element(
            "p", f"{number_words(network.inputs, 'input')}, "
            f"{number_words(network.outputs, 'output')}, "
            f"{number_words(network.program.units, 'unit')} where the network may bend.",
            class_="under")),
        element("main", *(element("section", element("h2", heading, id=place), content)
                          for place, heading, content in sections), id="content"))


def _table(answers: Sequence[Invariant]) -> Markup:
    lines = [element(
        "tr", element("th", title(answer.name), scope="row"),
        element("td", answer.sentence(), *(element("small", line.strip())
                                           for line in answer.lines()), class_="value"),
        element("td", answer.badges()), element("td", answer.method),
        data_invariant=answer.name, data_status=answer.status) for answer in answers]
    heads = ("question", "answer", "status", "method")
    return element(
        "table", element("thead", element("tr", *(element("th", h, scope="col") for h in heads))),
        element("tbody", *lines), class_="cards answers")


def _picture(network: Network, output: tuple[int, ...] | None, level: Any, box: Any
             ) -> Markup | None:
    """Regions of two inputs, or the graph over one; None for more, or without matplotlib."""
    from neuroalg_sage.pictures.networks import scene

    if network.inputs > 2:
        return None
    try:
        from neuroalg_sage.pictures.figure import rendered

        made = scene(network, output=output, level=level, box=box)
        caption = ("Linear regions, in colors that differ between neighbors"
                   + (f", and in vermilion {made.words.boundary}."
                      if made.boundary or made.full else ".")
                   if network.inputs == 2 else f"The graph of {made.words.curves}.")
        image = rendered(made, "svg")
    except NeuroAlgError:
        return None
    return element("figure", element("img", src=data_url(image, "image/svg+xml"), alt=caption),
                   element("figcaption", caption))


def _certificates(network: Network, answers: Sequence[Invariant]) -> Markup:
    stem = file_name(str(network))
    return join(
        element("p", "The checker evaluates the network by its own code, and verifies each of "
                "these files; it needs python-flint and Python's standard library."),
        element("ul", *(
            element("li", download(f"{stem}.{answer.name}.{k}.json", answer.certificate))
            for k, answer in enumerate(answers) if answer.certificate is not None)),
        element("p", "The network itself: ", download("network.json", network.describe()), "."))
