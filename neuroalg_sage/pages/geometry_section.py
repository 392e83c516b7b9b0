"""
The geometry: equations, descriptions, singularities, subnetworks and conservation laws.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from neuroalg_sage.descriptions.description import Description
from neuroalg_sage.descriptions.flattening import Flattening
from neuroalg_sage.formats import write_ideal
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dynamics.conservation_law import ConservationLaw
from neuroalg_sage.invariants.singularities.degeneracy import Component
from neuroalg_sage.invariants.singularities.subnetworks import SubnetworkPoset
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.pages import mathml
from neuroalg_sage.pages.badges import badges, is_empty, statuses
from neuroalg_sage.pages.diagram import MOST_NODES, hasse_diagram
from neuroalg_sage.pages.elements import Content, Markup, download, element, folded, join
from neuroalg_sage.pages.model_section import number_words
from neuroalg_sage.report import Answers

OPEN_GENERATORS = 6
MOST_GENERATORS = 120
MOST_TYPESET_TERMS = 4000
MOST_ROWS, MOST_COLUMNS = 9, 12

SYSTEMS = (("sage", "SageMath", "sage"), ("m2", "Macaulay2", "m2"),
           ("singular", "Singular", "sing"), ("latex", "LaTeX", "tex"))


def polynomials(found: Sequence[Polynomial], names: Sequence[str], noun: str) -> Markup:
    """Polynomials, folded if they are many; of very many the first."""
    shown: list[Markup] = []
    terms = 0
    for p in found[:MOST_GENERATORS]:
        terms += min(len(p), mathml.MOST_TERMS)
        if shown and terms > MOST_TYPESET_TERMS:
            break
        shown.append(element("li", mathml.polynomial(p, names)))
    items = element("ul", *shown, class_="polynomials")
    if len(found) <= OPEN_GENERATORS and terms <= 60 * OPEN_GENERATORS:
        return items
    more = element("p", f"{len(found) - len(shown)} more are left out here.", class_="soft") if (
        len(shown) < len(found)) else None
    return folded(f"All {number_words(len(found), noun)}" if more is None else
                  f"The first {len(shown)} of {number_words(len(found), noun)}", items, more)


def ideal(answers: Answers, stem: str) -> Markup:
    """The generators of the ideal, and the ideal for other systems."""
    found = answers.found["ideal"]
    n = answers.manifold.model.ambient_dimension
    if not found.data:
        return element("p", "The ideal is zero: no polynomial vanishes on M. ", badges(found))
    names = [f"z_{i}" for i in range(n)]
    files: list[Content] = []
    for form, label, suffix in SYSTEMS:
        files += [", " if files else "", download(
            f"{stem}.ideal.{suffix}", write_ideal(found.data, n, form), label)]
    return join(
        element("p", f"The prime ideal of the neurovariety is {found.sentence()}. ",
                badges(found)),
        polynomials(found.data, names, "generator"),
        element("p", "The ideal for ", files, ".", class_="screen soft"))


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
    if not found.data:
        return element("p", "No known variety was recognized, and no flattening has a smaller "
                       "rank on M than on V. ", badges(found))
    known: set[Flattening] = set()
    return join(element("p", badges(found)), [description(item, known) for item in found.data])


# -- singularities -----------------------------------------------------------------------


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
               polynomials_open(component)) if component.generators else
        element("p", "Its equations are minors, too many to be written down.", class_="soft"),
        class_="card")


def polynomials_open(component: Component) -> Markup:
    """The equations of a component."""
    shown = component.generators[:MOST_GENERATORS // 2]
    more = len(component.generators) - len(shown)
    return join(element("ul", *(element("li", mathml.polynomial(g, component.variables))
                                for g in shown), class_="polynomials"),
                element("p", f"{more} more are left out here.", class_="soft") if more else None)


def singular_locus(found: Invariant) -> Markup:
    """The components of the singular locus."""
    if found.status == "bounds":
        return element("p", badges(found))
    if not found.data:
        return element("p", "The neurovariety has no singular points. " if is_empty(found) else
                       "No singular points were found; that there are none: ", badges(found))
    (_, lies), (_, complete) = statuses(found)
    return join(
        element("p", "That M is singular along ", "this component: " if len(found.data) == 1
                else "these components: ", lies.badge(), " That it is singular nowhere else: ",
                complete.badge()),
        [_component(k, c) for k, c in enumerate(found.data, 1)])


def subnetworks(found: Invariant) -> Markup:
    """The poset of subnetworks."""
    poset: SubnetworkPoset = found.value
    if not len(poset):
        return element("p", "The model has no proper subnetworks of its family. ", badges(found))
    parts: list[Content] = [element("p", "Subnetworks up to symmetry, ordered by inclusion of "
                                    "their parameters. ", badges(found))]
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


# -- conservation laws -------------------------------------------------------------------


def _law(law: ConservationLaw) -> Markup:
    note = element("span", f" {law.name}", class_="soft") if law.name else None
    return element("li", mathml.polynomial(law.polynomial, law.variables), note)


def conservation_laws(answers: Answers) -> Markup:
    """The laws of gradient flow, and how many there are."""
    every = answers.found.get("conservation_laws")
    found = answers.found["quadratic_conservation_laws"] if every is None else every
    number = answers.found.get("number_of_conservation_laws")
    words: list[Content] = []
    if number is not None:
        words = [element("p", f"Number of independent laws: {number.sentence()}. ",
                         badges(number))]
    laws: list[ConservationLaw] = found.data
    degree = answers.manifold.largest_degree if every is not None else 2
    if not laws:
        return join(words, element("p", "No polynomial laws of degree at most "
                                   f"{degree} were found. ", badges(found)))
    items = element("ul", *(_law(law) for law in laws[:MOST_GENERATORS]), class_="polynomials")
    which = (f"these generate all of degree at most {degree}. " if every is not None else
             "these are the quadratic ones that linear symmetries give, since the model is too "
             "large for all. ")
    intro = element("p", "Polynomials in the parameters that are constant along the gradient flow "
                    f"of every loss; {which}", badges(found))
    left_out = len(laws) - MOST_GENERATORS
    more = element("p", f"{left_out} more are left out here.", class_="soft") if (
        left_out > 0) else None
    return join(words, intro, items if len(laws) <= 2 * OPEN_GENERATORS else folded(
        number_words(len(laws), "law"), items, more))
