"""
Critical functions of a loss on the neuromanifold, also where data are too few to determine one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring
from neuroalg_sage.certificates.singularities.decomposition import presented
from neuroalg_sage.certificates.training.critical_functions import minors
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.rings import coordinate_ring
from neuroalg_sage.invariants.equations.degree import ideal_data
from neuroalg_sage.invariants.equations.generators import primitive
from neuroalg_sage.invariants.equations.linear_span import LinearSpan, ideal_within
from neuroalg_sage.invariants.singularities.decomposition import (
    LISTED,
    ComponentOfAKind,
    Components,
    VarietyComponent,
    decompose,
    for_checker,
)
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import echelon, kernel, matrix
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem

KINDS = {"fiber": "critical on V", "ramified": "the projection ramifies there",
         "unramified": "critical for the projection, too"}
LARGEST_PROOF = 10_000  # terms of a proof that there are no others, which the checker repeats soon
NAMES = {False: "critical_functions", True: "ramification_locus"}


@storable()
@dataclass(frozen=True, repr=False)
class FunctionsComponent(ComponentOfAKind):
    """
    An irreducible component of functions of the closure of M, in the coordinates of V.

    - ``kind`` -- ``fiber`` where the loss has no slope on V, as where data are interpolated;
      ``ramified`` where the projection of M along the kernel of the loss has on tangent spaces
      less rank than the dimension of M and the rank of the loss allow; else ``unramified``
    """

    def __str__(self) -> str:
        return f"{self.component}: {KINDS[self.kind]}"


@dataclass(frozen=True)
class LossOnSpan:
    """
    A quadratic loss on the affine space that M spans, with the equations of M there.

    - ``span`` -- the space
    - ``equations`` -- of M in its coordinates
    - ``codimension`` -- of M in it
    - ``loss`` -- the loss as a polynomial on V
    """

    span: LinearSpan
    equations: tuple[Polynomial, ...]
    codimension: int
    loss: Polynomial

    @property
    def size(self) -> int:
        """The number of coordinates."""
        return len(self.span.coordinates)

    @cached_property
    def within(self) -> Polynomial:
        """The loss in the coordinates of the space."""
        return self.span.restricted(self.loss)

    @cached_property
    def slope(self) -> list[fmpq_mpoly]:
        """The differential of the loss."""
        (loss,) = for_checker([self.within], self.size)
        return [loss.derivative(a) for a in range(self.size)]

    @cached_property
    def form(self) -> fmpq_mat:
        """The matrix of the quadratic form."""
        origin = [fmpq(0)] * self.size
        return fmpq_mat(self.size, self.size, [h.derivative(a)(*origin) for h in self.slope
                                               for a in range(self.size)])

    @cached_property
    def rank(self) -> int:
        """The rank of the quadratic form."""
        return int(self.form.rank())

    @cached_property
    def basis(self) -> fmpq_mat:
        """
        A basis whose last vectors span the kernel of the form.

        In a symmetric matrix of rank r the rows and columns of r independent columns are an
        invertible matrix.  Its inverse makes the first entries of the slope reduced.
        """
        k, rows = self.size, self.form.tolist()
        _, pivots = echelon(rows, k)
        block = matrix([[rows[i][j] for j in pivots] for i in pivots], len(pivots))
        inverse = block.inv().tolist() if pivots else []
        return matrix([*(dict(zip(pivots, column)) for column in zip(*inverse)),
                       *kernel(rows, k)], k).transpose()

    def tests(self, ramification: bool) -> dict[str, list[fmpq_mpoly]]:
        """The polynomials that vanish on components of each kind, and the minors to vanish."""
        k, c, r = self.size, self.codimension, self.rank
        one = polynomial_ring(k).constant(1)
        jacobian = [self._in_basis([g.derivative(a) for a in range(k)])
                    for g in for_checker(self.equations, k)]
        slope = self._in_basis(self.slope)
        ramified = minors([row[r:] for row in jacobian], min(c, k - r), k - r, one)
        return {"singular": minors(jacobian, c, k, one),
                "fiber": [one] if ramification else self.slope, "ramified": ramified,
                "all": ramified if ramification else minors([*jacobian, slope], c + 1, k, one)}

    def _in_basis(self, row: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
        zero = polynomial_ring(self.size).constant(0)
        return [sum((x * self.basis[a, b] for a, x in enumerate(row)), zero)
                for b in range(self.size)]

    def script(self, ramification: bool) -> Script:
        """The script for the components of the critical functions, or of the ramification locus."""
        data = ideal_data(self.size, list(self.equations))
        data["q"] = PolynomialMatrix(data["V"], 1, 1, (self.within,))
        function = "ramificationComponents" if ramification else "criticalComponents"
        return Script(f"{_title(ramification)} on the neurovariety of {self.span.phi.model}", data,
                      f"L = {function}(I, q_(0,0));", {"components": LISTED})


def _title(ramification: bool) -> str:
    return "where a projection ramifies" if ramification else "critical points of a quadratic loss"


def loss_polynomial(quadratic: Mapping[tuple[int, int], Fraction], linear: Sequence[Fraction]
                    ) -> Polynomial:
    """
    The polynomial z^T Q z - 2 b^T z.

    EXAMPLES::

        >>> loss_polynomial({(0, 0): 1, (0, 1): 3}, [1, 0])
        {(2, 0): 1, (1, 1): 6, (1, 0): -2}
    """
    n = len(linear)
    found: Polynomial = {}
    for (i, j), c in quadratic.items():
        e = [0] * n
        e[i] += 1
        e[j] += 1
        found[tuple(e)] = c * (1 if i == j else 2)
    for i, c in enumerate(linear):
        if c:
            found[tuple(int(i == j) for j in range(n))] = -2 * c
    return found


def loss_on_span(phi: Parametrization, found: Invariant, dimension: int, problem: TrainingProblem,
                 ramification: bool) -> LossOnSpan:
    """The loss of a problem on the span of M; only its quadratic part for the ramification."""
    span, inner = ideal_within(phi, found)
    linear = [Fraction(0)] * span.n if ramification else problem.linear
    return LossOnSpan(span, tuple(inner.data), len(span.coordinates) - dimension,
                      loss_polynomial(problem.quadratic, linear))


def critical_functions(phi: Parametrization, found: Invariant, degree: Invariant, dimension: int,
                       computation: Computation, problem: TrainingProblem,
                       ramification: bool = False) -> CriticalFunctions:
    """
    The components of the functions of the closure of M that are critical for a quadratic loss.

    Meant are functions where M is smooth.  The loss may be degenerate, as for fewer data than
    coordinates; then components may have positive dimension, see [MCBK2025]_.  With π the
    projection along the kernel of the loss, they lie over critical points of the image, or where
    π ramifies on M.  How it is proved says
    :mod:`neuroalg_sage.certificates.training.critical_functions`.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the ideal of M
    - ``degree`` -- its degree, by the ideal
    - ``dimension`` -- of M
    - ``computation`` -- session and limits
    - ``problem`` -- the loss
    - ``ramification`` -- whether the components of the ramification locus of π are asked for

    OUTPUT: :class:`CriticalFunctions`, a list of :class:`FunctionsComponent`

    Raises LimitReached if a limit stops Macaulay2, or there are too many minors.

    REFERENCES:

    - [MCBK2025]_
    """
    start = time.perf_counter()
    assert degree.certificate is not None
    loss = loss_on_span(phi, found, dimension, problem, ramification)
    k = loss.size
    try:
        tests = loss.tests(ramification)
    except CertificateError as error:
        raise LimitReached(f"The functions are zeros of too many minors: {error}") from None
    equations = [*loss.equations, *map(from_flint, tests.pop("all"))]
    variables = coordinate_ring(k).variables
    parts = decompose(equations, variables, computation, loss.script(ramification).title,
                      script=loss.script(ramification), largest=LARGEST_PROOF)
    kinds = []
    for component, proof in zip(parts.components, parts.evidence["components"]):
        basis = presented(for_checker(component.generators, k), polynomial_ring(k), proof)
        kinds.append(next((name for name, zeros in tests.items()
                           if all(map(basis.contains, zeros))), "unramified"))
    names = coordinate_ring(loss.span.n).variables
    shown = [FunctionsComponent(_on_v(loss.span, component, names), kind)
             for component, kind in zip(parts.components, kinds) if kind != "singular"]
    basis_numbers = [str(c) for row in loss.basis.tolist() for c in row]
    claim = [encode_polynomial(loss.loss), list(loss.span.coordinates), loss.rank, parts.claim,
             kinds]
    return CriticalFunctions.certified(
        phi.model, NAMES[ramification], shown, "proved",
        "minors of the Jacobian and the slope, decomposed beside the singular locus in Macaulay2",
        time.perf_counter() - start,
        {"degree": dict(degree.certificate["evidence"]), "basis": basis_numbers,
         "decomposition": parts.evidence},
        list(dict.fromkeys([*degree.trust, *parts.trust])), versions=computation.versions(),
        claim=claim, names=names, rank=loss.rank, coordinates=k, dimension=dimension)


def _on_v(span: LinearSpan, component: VarietyComponent, names: tuple[str, ...]
          ) -> VarietyComponent:
    """A component in the coordinates of V; boxes of points stay in those that are kept."""
    return replace(component, names=names, generators=tuple(
        primitive(f) for f in span.equations(component.generators)))


@dataclass(frozen=True, eq=False, repr=False)
class CriticalFunctions(Components):
    """
    Components of critical functions, or of the ramification locus.

    - ``rank`` -- of the loss on the space that M spans
    - ``coordinates`` -- the dimension of this space
    - ``dimension`` -- that of M
    """

    rank: int = 0
    coordinates: int = 0
    dimension: int = 0

    @property
    def is_degenerate(self) -> bool:
        """Whether the loss does not tell all functions of the span of M apart."""
        return self.rank < self.coordinates

    def lines(self, spec: str = "SPEC") -> list[str]:
        degenerate = ("the loss is degenerate there" if self.is_degenerate else
                      "the loss tells all functions there apart")
        return [*super().lines(spec), f"  M has dimension {self.dimension} in a space of dimension "
                f"{self.coordinates}, on which the loss has rank {self.rank}: {degenerate}"]

    def plain_value(self) -> Any:
        return super().plain_value() | {"rank": self.rank, "span": self.coordinates}
