"""
Flows that train a model, and the words that name them.

Gradient flow of a loss ℓ(φ(w)) is ẇ = -Σ_j ∂ℓ/∂z_j ∇φ_j(w): at each moment a combination of
the gradients of the coordinates of φ, with coefficients that the loss makes arbitrary.  So
what is constant along the gradient flows of all losses is what the fields ∇φ_j annihilate.
Other flows have other fields, and a drift that no loss changes:

- a metric G on the parameters, ẇ = -P ∇(ℓ∘φ) with P the inverse of G: the fields P ∇φ_j;
- weight decay μ, ẇ = -P (∇(ℓ∘φ) + μ w): the drift -μ P w;
- the heavy ball in parameters w and momenta v, ẇ = P v, v̇ + γ v = -∇(ℓ∘φ) - μ w: the fields
  ∇φ_j in the momenta, and the drift ẇ = P v, v̇ = -γ v - μ w.  For the Euclidean metric this is
  ẅ + γ ẇ = -∇(ℓ∘φ) - μ w; where P is the inverse of the Hessian of a mirror map ψ, it is the
  same for ∇ψ(w) on the left.

A law may depend on time: with a variable s that moves by ṡ = c s, so that it is e^(ct), it
is a polynomial again.  The rate c is γ for the heavy ball, else μ.  Without a rate there is no
s: then a law of a flow without drift does not depend on time, while those of the heavy ball
that do are not looked for.

REFERENCES:

- [MGP2024]_
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.dynamics.positivity import is_positive_definite, positive_point
from neuroalg_sage.models.expressions import Polynomial, parse_polynomial, shown, write_polynomial
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import fraction, matrix
from neuroalg_sage.models.sage_input import exact_text, lists, rational
from neuroalg_sage.storable import storable

ENTRY = "w"  # stands for the parameter itself where one polynomial serves for all


def _square(matrix: Any, role: str) -> list[list[Any]]:
    """The rows of a square matrix, which may be given by its diagonal."""
    rows = lists(matrix)
    if not isinstance(rows, (list, tuple)) or not rows:
        raise InputError(f"A {role} is a matrix, or its diagonal.")
    if not isinstance(rows[0], (list, tuple)):
        return [[c if i == j else 0 for j in range(len(rows))] for i, c in enumerate(rows)]
    if any(not isinstance(row, (list, tuple)) or len(row) != len(rows) for row in rows):
        raise InputError(f"A {role} is a square matrix, or its diagonal.")
    return [list(row) for row in rows]


@storable()
@dataclass(frozen=True)
class Flow:
    """
    A flow on the parameters of a model.

    INPUT:

    - ``metric`` -- symmetric positive definite matrix of rational numbers, or the list of its
      diagonal; by default the Euclidean metric
    - ``mirror`` -- instead of a metric its inverse: a symmetric matrix of polynomials in the
      parameters as text, or the list of its diagonal, or one polynomial in ``w`` that serves for
      each parameter.  ``"w"`` is the flow of non-negative factorization, with the entropy as
      mirror map.  It must be positive definite somewhere, and defines a flow where it is
    - ``weight_decay`` -- rational number μ, by default 0
    - ``friction`` -- rational number γ from 0 on, for the heavy ball; None without momentum

    EXAMPLES::

        >>> Flow(), Flow(friction=0), Flow(mirror="w")
        (gradient flow, heavy ball with friction 0, gradient flow, with the inverse metric w)
        >>> Flow(metric=[[1, 2], [2, 1]])
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The metric is not positive definite.
    """

    metric: Any = None
    mirror: Any = None
    weight_decay: Any = 0
    friction: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight_decay", rational(self.weight_decay, "weight decay"))
        if self.friction is not None:
            object.__setattr__(self, "friction", rational(self.friction, "friction"))
            if self.friction < 0:
                raise InputError(f"The friction {self.friction} is negative.")
        if self.metric is not None and self.mirror is not None:
            raise InputError("A flow has either a metric or a mirror, which is the inverse of one.")
        if self.metric is not None:
            matrix = tuple(tuple(rational(c, "entry of the metric") for c in row)
                           for row in _square(self.metric, "metric"))
            if any(matrix[i][j] != matrix[j][i] for i in range(len(matrix)) for j in range(i)):
                raise InputError("The metric is not symmetric.")
            if not is_positive_definite(matrix):
                raise InputError("The metric is not positive definite.")
            object.__setattr__(self, "metric", matrix)
        if self.mirror is not None and not isinstance(self.mirror, str):
            object.__setattr__(self, "mirror", tuple(
                tuple(exact_text(entry, "entry of the inverse metric") for entry in row)
                for row in _square(self.mirror, "mirror")))

    def __repr__(self) -> str:
        name = "gradient flow" if self.friction is None else (
            f"heavy ball with friction {self.friction}")
        name += f", weight decay {self.weight_decay}" * (self.weight_decay != 0)
        if isinstance(self.mirror, str):
            return f"{name}, with the inverse metric {self.mirror}"
        return name + ", with a metric" * (self.metric is not None or self.mirror is not None)

    @property
    def is_euclidean(self) -> bool:
        """Whether the metric is the Euclidean one."""
        return self.metric is None and self.mirror is None

    @property
    def rate(self) -> Fraction:
        """The rate c of the variable s = e^(ct); 0 if laws do not depend on time."""
        return self.weight_decay if self.friction is None else self.friction

    def degree_of_laws(self, degree: int) -> int:
        """
        The degree, with s, of laws that are of some degree in the parameters.

        Under weight decay μ a form of degree d decays by the rate d μ, which s^d undoes.

        EXAMPLES::

            >>> Flow(weight_decay=1).degree_of_laws(2), Flow().degree_of_laws(2)
            (4, 2)
        """
        return 2 * degree if self.friction is None and self.rate else degree

    def inverse_metric(self, model: Model) -> dict[tuple[int, int], Polynomial]:
        """The entries of P, the inverse of the metric, where they are not zero."""
        count = model.parameter_count
        one = (0,) * count
        if self.metric is not None:
            self._check_size(len(self.metric), count)
            inverse = matrix(self.metric, count).inv()
            return {(i, j): {one: fraction(c)} for i in range(count)
                    for j in range(count) if (c := inverse[i, j])}
        if self.mirror is None:
            return {(i, i): {one: Fraction(1)} for i in range(count)}
        if isinstance(self.mirror, str):
            terms = parse_polynomial(self.mirror, [ENTRY])
            return {(i, i): {one[:i] + e + one[i + 1 :]: c for e, c in terms.items()}
                    for i in range(count) if terms}
        self._check_size(len(self.mirror), count)
        entries = {(i, j): parse_polynomial(text, model.parameter_names)
                   for i, row in enumerate(self.mirror) for j, text in enumerate(row)
                   if text != "0"}
        entries = {key: p for key, p in entries.items() if p}
        if any(entries.get((j, i)) != p for (i, j), p in entries.items()):
            raise InputError("The inverse metric is not symmetric.")
        return entries

    def positive_point(self, model: Model) -> list[Fraction]:
        """
        Parameters where the metric is positive definite.

        Raises InputError if there are none, or none were found.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> Flow(mirror="w-2").positive_point(parse_spec("linear:1,1,1"))
            [Fraction(3, 1), Fraction(3, 1)]
        """
        if self.mirror is None:
            return [Fraction(1)] * model.parameter_count
        if isinstance(self.mirror, str):  # the same condition on each parameter
            terms = parse_polynomial(self.mirror, [ENTRY])
            return positive_point({(0, 0): terms}, [ENTRY]) * model.parameter_count
        return positive_point(self.inverse_metric(model), model.parameter_names)

    def domain(self, model: Model) -> str:
        """A sentence that says where the metric is positive definite; empty if everywhere."""
        if self.mirror is None:
            return ""
        point = ", ".join(map(str, dict.fromkeys(self.positive_point(model))))
        if isinstance(self.mirror, str):
            return (f"The metric is positive definite where {self.mirror} > 0 for all parameters "
                    f"w, as for w = {point}.")
        entries = self.inverse_metric(model)
        if all(i == j for i, j in entries):
            texts = dict.fromkeys(write_polynomial(p, model.parameter_names)
                                  for p in entries.values() if any(map(any, p)))
            where = ", ".join(texts) + (" are" if len(texts) > 1 else " is") + " positive"
        else:
            where = "the leading principal minors of its inverse are positive"
        return f"The metric is positive definite where {where}."

    def _check_size(self, size: int, count: int) -> None:
        if size != count:
            raise InputError(f"The metric has {size} rows, but the model has {count} parameters.")


# -- flows as words ------------------------------------------------------------------------------

_OPTIONS = {"gradient": "gradient", "momentum": "momentum=1/2", "weight-decay": "weight-decay=1/10",
            "metric": "metric=1,2,1", "mirror": "mirror=w"}


def parse_flow(text: str) -> Flow:
    """
    The flow that a text names: options joined by ``:``.

    - ``gradient`` -- gradient flow, which is also what the other options modify
    - ``momentum=G`` -- the heavy ball with friction G; without ``=G`` with friction 0
    - ``weight-decay=M`` -- with weight decay M
    - ``metric=C,C,...`` -- with this diagonal metric; or ``metric=C,C;C,C``, row by row
    - ``mirror=P`` -- with the inverse metric P, a polynomial in ``w``, for each parameter; or a
      diagonal or matrix of polynomials in the parameters, written as for ``metric``

    Raises InputError with the nearest right option if it names none.

    EXAMPLES::

        >>> parse_flow("momentum=1/2:weight-decay=1")
        heavy ball with friction 1/2, weight decay 1
        >>> parse_flow("momentun=1/2")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: There is no option 'momentun' of a flow; did you mean
        momentum=1/2 ?
    """
    if not isinstance(text, str) or not text.strip() or len(text) > 100_000:
        raise InputError("A flow is named by options joined by ':', such as "
                         "momentum=1/2:weight-decay=1.")
    given: dict[str, Any] = {}
    for part in text.split(":"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in _OPTIONS:
            near = difflib.get_close_matches(name[:50].lower().replace("_", "-"), _OPTIONS, 1, 0.5)
            raise InputError(f"There is no option {shown(name)} of a flow; " + (
                f"did you mean {_OPTIONS[near[0]]} ?" if near else
                "the options are " + ", ".join(_OPTIONS.values()) + "."))
        if name in given:
            raise InputError(f"The flow states {name} twice.")
        if (name == "gradient" and equals) or (name not in ("gradient", "momentum") and not value
                                               ) or (equals and not value):
            raise InputError(f"The option {shown(part.strip())} of a flow should be such as "
                             f"{_OPTIONS[name]}.")
        given[name] = value
    friction = given.get("momentum")
    mirror = given.get("mirror")
    return Flow(
        metric=_rows(given["metric"]) if "metric" in given else None,
        mirror=_rows(mirror) if mirror is not None and {",", ";"} & set(mirror) else mirror,
        weight_decay=given.get("weight-decay", 0),
        friction=(friction or 0) if friction is not None else None)


def _rows(text: str) -> Sequence[Any]:
    rows = [[entry.strip() for entry in row.split(",")] for row in text.split(";")]
    return rows[0] if len(rows) == 1 else rows
