"""
What pages of HTML show of the singular locus and of subnetworks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from neuroalg_sage.invariants.singularities.diagram import MOST_NODES, hasse_diagram
from neuroalg_sage.markup import mathml
from neuroalg_sage.markup.elements import Content, Markup, element, folded, join, number_words

if TYPE_CHECKING:
    from neuroalg_sage.invariants.singularities.degeneracy import Component, SingularLocus
    from neuroalg_sage.invariants.singularities.subnetworks import SubnetworkPoset, Subnetworks


def _component(number: int, component: Component) -> Markup:
    facts: list[Content] = [f"Dimension {component.dimension}, degree {component.degree:,}"]
    if component.multiplicity is not None:
        facts.append(f"; M has multiplicity {component.multiplicity} along it"
                     + (" (numerical)" if component.multiplicity_status != "proved" else ""))
    facts.append(".")
    if component.fills:
        facts += [" It is the closure of ", *(
            (", " if k else "", element("code", name)) for k, name in enumerate(component.fills)),
            "."]
    kind = number_words(len(component.generators), "equation") if component.generators else ""
    return element(
        "div", element("h3", f"Component {number}"), element("p", *facts),
        folded(f"Its ideal, a Gröbner basis of {kind}",
               _equations(component)) if component.generators else
        element("p", "Its equations are minors, too many to be written down.", class_="soft"),
        class_="card")


def _equations(component: Component) -> Markup:
    shown = component.generators[:mathml.MOST_POLYNOMIALS // 2]
    return join(element("ul", *(element("li", mathml.polynomial(g, component.variables))
                                for g in shown), class_="polynomials"),
                mathml.left_out(len(component.generators) - len(shown)))


def singular_locus(found: SingularLocus) -> Markup:
    """The components of the singular locus."""
    if not found.data:
        return element("p", "The neurovariety has no singular points. " if found.is_empty else
                       "No singular points were found; that there are none: ", found.badges())
    (_, lies), (_, complete) = found.claims()
    return join(
        element("p", "That M is singular along ", "this component: " if len(found.data) == 1
                else "these components: ", lies.badge(), " That it is singular nowhere else: ",
                complete.badge()),
        [_component(k, c) for k, c in enumerate(found.data, 1)])


def locus_for_learning(found: SingularLocus) -> Iterator[Markup]:
    """That there are functions near which nothing is linear."""
    if found.data:
        places = sorted({name for component in found.data for name in component.fills})
        yield found.said(
            element("strong", "Singular functions. "),
            "The set of its functions, with their limits, is not smooth everywhere: near its "
            "singular points no linear approximation describes it",
            f". They include the functions of {_list(places)}." if places else ".")


def locus_in_geometry(found: SingularLocus) -> Iterator[Markup]:
    """How many components there are, and of which dimensions."""
    count = len(found.data)
    dimensions = sorted({c.dimension for c in found.data}, reverse=True)
    yield found.said((
        "It has no singular points." if found.is_empty else
        "No singular points were found; that there are none:") if not count else
        f"It is singular along {'a component' if count == 1 else f'{count} components'} of "
        f"dimension {_list(dimensions)}.")


def _list(things: Sequence[object]) -> str:
    return " and ".join(map(str, things)) if len(things) < 3 else (
        ", ".join(map(str, things[:-1])) + f" and {things[-1]}")


def subnetworks(found: Subnetworks) -> Markup:
    """The poset of subnetworks."""
    poset: SubnetworkPoset = found.value
    parts: list[Content] = [element("p", "Subnetworks up to symmetry, ordered by inclusion of "
                                    "their parameters. ", found.badges())]
    if len(poset) <= MOST_NODES:
        parts.append(element(
            "figure", element("div", hasse_diagram(poset), class_="scroll", tabindex=0,
                              role="region", aria_label="Hasse diagram of the subnetworks"),
            element("figcaption", "Hasse diagram. Filled: M is singular at a generic function of "
                    "the subnetwork, proved. Dashed: not known.")))
    heads = ("subnetwork", "dimension", "M is there", "tangent space of dimension", "multiplicity")
    lines = []
    for part in poset:
        low, high = part.tangent
        kind = {True: "singular", False: "smooth", None: "not known"}[part.singular]
        lines.append(element(
            "tr", element("th", element("code", part.name), scope="row"),
            element("td", part.dimension), element("td", kind),
            element("td", low if low == high else f"{low} to {high}"),
            element("td", part.multiplicity_in_words().removeprefix(", multiplicity ") or "–")))
    parts.append(folded(f"Table of {number_words(len(poset), 'subnetwork')}", element(
        "div", element("table", element("thead", element("tr", *(
            element("th", h, scope="col") for h in heads))), element("tbody", *lines)),
        class_="scroll", tabindex=0, role="region", aria_label="Table of the subnetworks")))
    return join(*parts)
