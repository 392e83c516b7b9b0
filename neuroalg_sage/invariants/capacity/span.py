"""
The space that a neuromanifold spans, and whether it has the least degree that it can have there.

Why ranks of coefficients suffice is in ``certificates.capacity.span``.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any

from neuroalg_sage.certificates.capacity.span import span_dimensions
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization


class Span(Invariant):
    """The dimensions of the linear and of the affine span; the value is the first of them."""

    @cached_property
    def value(self) -> int:
        """The dimension of the linear span."""
        return int(self.data[0])

    @property
    def affine_dimension(self) -> int:
        """The dimension of the affine span."""
        return int(self.data[1])

    def sentence(self) -> str:
        linear, affine = self.data
        return f"{linear}" + (f", with an affine span of dimension {affine}" if affine < linear
                              else "")

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  values at {self.data[0]} generic inputs determine a function of the span; the "
                f"pseudo-dimension of an output is at most {self.data[0]}"]

    def plain_value(self) -> Any:
        return {"linear": self.data[0], "affine": self.data[1]}


def span(model: Model) -> Span:
    """
    The dimension of the linear span of M, exactly.

    Raises LimitReached if the parametrization is too large to be expanded.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> span(parse_spec("attention:d=2,a=2,out=1,t=2"))
        6 (proved)
    """
    start = time.perf_counter()
    parametrization(model)  # says in a sentence what is too large
    try:
        dimensions = span_dimensions(Checked(model.describe()))
    except CertificateError as error:
        raise LimitReached(f"The span of {model} is too large: {error}") from None
    return Span.certified(model, "span", list(dimensions), "proved",
                          "rank of the coefficients of the coordinates",
                          time.perf_counter() - start, {})


def is_of_minimal_degree(model: Model, dimension: Invariant, degree: Invariant,
                         spanned: Span) -> Invariant:
    """
    Whether the degree is the least one of a variety that spans so large a space.

    Raises LimitReached if dimension or degree are not proved.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:2,1,1:x^2")
        >>> is_of_minimal_degree(M.model, M.dimension(), M.degree(), M.span())
        True (proved)
    """
    start = time.perf_counter()
    if dimension.certificate is None or degree.certificate is None or not (
            dimension.status == degree.status == "proved"):
        raise LimitReached(f"The dimension and the degree of {model} are not proved, so it is not "
                           "decided whether the degree is minimal.")
    return certified(
        model, "is_of_minimal_degree",
        spanned.affine_dimension == dimension.data + degree.data - 1, "proved",
        "the dimension of the affine span, and the degree", time.perf_counter() - start,
        {"dimension": dimension.data, "dimension_evidence": dimension.certificate["evidence"],
         "degree": degree.data, "degree_evidence": degree.certificate["evidence"]},
        [*dimension.trust, *(name for name in degree.trust if name not in dimension.trust)])
