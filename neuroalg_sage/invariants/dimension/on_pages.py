"""
What pages of HTML show of dimensions and identifiability.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuroalg_sage.markup.elements import Markup, element, number_words

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.presentation import Presentation
    from neuroalg_sage.invariants.dimension.presentation import Identifiability
    from neuroalg_sage.models.model import Model

def dimension_for_learning(found: Presentation, model: Model) -> Iterator[Markup]:
    """How many degrees of freedom there are, and what they leave out."""
    # Of a cone, the functions are its points up to the scales.
    dimension, n, count = (k - model.scales for k in (
        found.data, model.ambient_dimension, model.parameter_count))
    lost = count - dimension
    yield found.said(
        element("strong", f"{number_words(dimension, 'degree')} of freedom. "),
        f"The functions of the model form a family of dimension {dimension:,}, "
        f"{'as many as' if not lost else 'though'} there are {number_words(count, 'parameter')}"
        + ("." if not lost else
           f": a generic one comes from a family of parameters of dimension {lost:,}."))
    if dimension < n:
        yield found.said(
            element("strong", "It cannot learn everything. "),
            f"Almost no function of the space of dimension {n:,} in which its functions lie is "
            "one of them, or is a limit of them.")
    else:
        yield found.said(
            element("strong", "No equation limits it. "),
            f"Its functions have full dimension in a space of dimension {n:,}; over the real "
            "numbers they need not be all of it.")


def dimension_in_geometry(found: Presentation, model: Model) -> Iterator[Markup]:
    """The dimension and the codimension."""
    n = model.ambient_dimension
    if model.cone:
        yield found.said(f"The affine cone over M has dimension {found.data:,}, and codimension "
                         f"{n - found.data:,} in V.")
        return
    yield found.said("M is of full dimension: its Zariski closure is V." if found.data == n else
                     f"The Zariski closure of M, the neurovariety, has dimension {found.data:,}, "
                     f"so codimension {n - found.data:,}.")


def defect_in_geometry(found: Presentation) -> Iterator[Markup]:
    """Whether the dimension is as expected."""
    yield found.said("Its dimension is as expected." if not found.data else
                     f"Its dimension is {found.data} less than expected: the model is defective.")


def identifiability_for_learning(found: Identifiability) -> Iterator[Markup]:
    """Whether a function determines its parameters."""
    yield found.said(
        element("strong", f"The weights {'can' if found.data else 'cannot'} be recovered. "),
        f"A generic function of M {'determines' if found.data else 'does not determine'} its "
        f"parameters up to {found.symmetries} of the parameters{_fiber(found)}.")


def finite_identifiability_for_learning(found: Identifiability) -> Iterator[Markup]:
    """Whether a function determines its parameters up to finitely many choices."""
    yield found.said(
        element("strong", "The weights can be recovered up to finitely many choices. "),
        "A generic function of M determines its parameters up to finitely many choices and "
        f"{found.symmetries} of the parameters."
    ) if found.data else found.said(
        element("strong", "The weights cannot be recovered. "),
        f"Even a generic function of M has infinitely many parameters up to {found.symmetries} "
        f"of the parameters{_fiber(found)}.")


def _fiber(found: Identifiability) -> str:
    """How large the generic fiber is, where what is said depends on the symmetries known."""
    _, _, fiber = found.sentence().partition("; ") if found.data is False else ("", "", "")
    return f"; {fiber}" if fiber else ""
