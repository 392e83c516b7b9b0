"""
Metrics on the ambient space: the quadratic forms by which a distance is measured.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, prod
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.sage_input import lists, numbers, rational
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    import numpy as np

METRICS = ("generic", "unit", "bombieri", "data")
LARGEST_FORM = 400

Rows = tuple[tuple[Fraction, ...], ...]


@storable()
@dataclass(frozen=True)
class QuadraticForm:
    """
    A quadratic form on V.

    - ``name`` -- ``"generic"``, ``"unit"``, ``"bombieri"`` or ``"data"``
    - ``size`` -- the dimension of V
    - ``rows`` -- its symmetric matrix if it is one of data
    - ``weights`` -- the diagonal if the coordinates are orthogonal
    """

    name: str
    size: int
    rows: Rows | None = None
    weights: tuple[Fraction, ...] | None = None

    @property
    def is_given(self) -> bool:
        """Whether it is one form, and not a generic one."""
        return self.rows is not None or self.weights is not None

    def modulo(self, prime: int, generator: random.Random) -> list[list[int]]:
        """
        The matrix modulo a prime, a random symmetric one if the form is generic.

        Raises ZeroDivisionError if the prime divides a denominator, LimitReached if the matrix
        is too large.
        """
        n = self.size
        if n > LARGEST_FORM:
            raise LimitReached(f"A quadratic form in {n} coordinates is not written down; the most "
                               f"are {LARGEST_FORM}.")
        matrix = [[0] * n for _ in range(n)]
        for i in range(n):
            for j in range(i, n):
                if not self.is_given:
                    residue = generator.randrange(prime)
                else:
                    c = self._entry(i, j)
                    if c.denominator % prime == 0:
                        raise ZeroDivisionError
                    residue = c.numerator * pow(c.denominator, -1, prime) % prime
                matrix[i][j] = matrix[j][i] = residue
        return matrix

    def in_floating_point(self, generator: np.random.Generator) -> np.ndarray:
        """
        The matrix in floating point; if the form is generic a random diagonal one, which does as
        well, see :mod:`~neuroalg_sage.engines.monodromy`.

        EXAMPLES::

            >>> import numpy as np
            >>> diagonal_form([1, 2]).in_floating_point(np.random.default_rng()).tolist()
            [[1.0, 0.0], [0.0, 2.0]]
        """
        import numpy as np

        n = self.size
        if not self.is_given:
            return np.diag(np.exp(generator.normal(size=n)))
        return np.array([[float(self._entry(i, j)) for j in range(n)] for i in range(n)])

    def _entry(self, i: int, j: int) -> Fraction:
        if self.weights is not None:
            return self.weights[i] if i == j else Fraction(0)
        assert self.rows is not None
        return self.rows[i][j]

    def restricted(self, vectors: Sequence[dict[int, Fraction]]) -> QuadraticForm:
        """
        The form on the space that independent vectors span, by their entries that are not zero.

        EXAMPLES::

            >>> unit = diagonal_form([1, 1, 1])
            >>> unit.restricted([{0: Fraction(1), 2: Fraction(1)}, {1: Fraction(1)}]).rows
            ((Fraction(2, 1), Fraction(0, 1)), (Fraction(0, 1), Fraction(1, 1)))
        """
        if not self.is_given:
            return QuadraticForm(self.name, len(vectors))
        return QuadraticForm(self.name, len(vectors), tuple(
            tuple(sum((self._entry(i, j) * a * b for i, a in u.items() for j, b in v.items()),
                      Fraction(0)) for v in vectors) for u in vectors))

    def claim(self) -> Any:
        """The metric as a certificate states it."""
        return self.name if self.rows is None else [[decimal(c) for c in row] for row in self.rows]

    def is_invertible(self) -> bool:
        """Whether the form is not degenerate."""
        from neuroalg_sage.models.rational import matrix

        if self.rows is None:
            return self.weights is None or all(self.weights)
        return bool(matrix(self.rows, self.size).det())


def diagonal_form(weights: Sequence[Fraction | int]) -> QuadraticForm:
    """
    The quadratic form Σ_i w_i z_i^2.

    EXAMPLES::

        >>> diagonal_form([1, 2]).is_invertible()
        True
    """
    return QuadraticForm("diagonal", len(weights), None, numbers(weights, "weight"))


def quadratic_form(model: Model, metric: str, gram: Any = None) -> QuadraticForm:
    """
    The quadratic form of a metric.

    INPUT:

    - ``metric`` -- ``"generic"``, a generic quadratic form; ``"unit"``, the coordinates of V are
      orthonormal; ``"bombieri"``, the squared norm of Σ_e c_e x^e is Σ_e c_e^2 / multinomial(e),
      which orthogonal changes of the inputs leave as it is; or ``"data"``
    - ``gram`` -- for ``"data"`` the symmetric matrix of the form in the coordinates of V, whose
      entries are integers, fractions, or text such as ``"-1/2"``

    Raises InputError for an unknown metric, or a matrix that is no symmetric n × n matrix of
    rational numbers.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> form = quadratic_form(parse_spec("mlp:2,1,1:x^2"), "bombieri")
        >>> [str(c) for c in form.weights]
        ['1', '1/2', '1']
    """
    n = model.ambient_dimension
    if metric not in METRICS:
        raise InputError(f"There is no metric {shown(metric)}; the metrics are "
                         f"{', '.join(METRICS)}.")
    if (gram is None) == (metric == "data"):
        raise InputError("The metric data needs gram, the matrix of its quadratic form; no other "
                         "metric takes one.")
    if metric == "generic":
        return QuadraticForm(metric, n)
    if metric == "data":
        return QuadraticForm(metric, n, _symmetric(gram, n))
    weights = [Fraction(1) if metric == "unit" else
               Fraction(prod(map(factorial, e)), factorial(sum(e)))
               for _, e in model.coordinates()]
    return QuadraticForm(metric, n, None, tuple(weights))


def _symmetric(gram: Any, n: int) -> Rows:
    wanted = f"The quadratic form must be a symmetric {n} x {n} matrix of rational numbers"
    try:
        given = [lists(row) for row in lists(gram)]
        if isinstance(gram, (str, dict)) or not all(isinstance(r, (list, tuple)) for r in given):
            raise TypeError
        rows = tuple(tuple(rational(c, "entry of the quadratic form") for c in row)
                     for row in given)
    except TypeError:
        raise InputError(f"{wanted}, written as integers, fractions or text such as \"-1/2\"."
                         ) from None
    if len(rows) != n or any(len(row) != n for row in rows):
        raise InputError(f"{wanted}; this one has {len(rows)} rows of lengths "
                         f"{', '.join(map(str, sorted({len(row) for row in rows})[:5]))}.")
    for i in range(n):
        for j in range(i):
            if rows[i][j] != rows[j][i]:
                raise InputError(f"{wanted}; the entries {i}, {j} and {j}, {i} differ.")
    if not any(map(any, rows)):
        raise InputError(f"{wanted} that is not zero.")
    return rows


def metric_weights(phi: Parametrization, metric: Any) -> tuple[Fraction, ...]:
    """
    The weights m_j of a metric Σ m_j z_j^2 on V.

    INPUT:

    - ``metric`` -- ``"unit"``; ``"bombieri"``, for which monomials have the squared length
      a! / |a|!, so that the orthogonal group of the inputs acts by isometries; or n positive
      rational numbers

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,1,1:x^2"))
        >>> [str(m) for m in metric_weights(phi, "bombieri")]
        ['1', '1/2', '1']
    """
    n = len(phi.coordinates)
    if metric == "unit":
        return (Fraction(1),) * n
    if metric == "bombieri":
        return tuple(Fraction(prod(map(factorial, e)), factorial(sum(e)))
                     for _, e in phi.coordinates)
    metric = lists(metric)
    if not isinstance(metric, (list, tuple)) or len(metric) != n:
        raise InputError(f"A metric is unit, bombieri, or a list of {n} positive rational numbers.")
    weights = tuple(rational(m, "weight of the metric") for m in metric)
    if any(m <= 0 for m in weights):
        raise InputError("The weights of a metric are positive.")
    return weights
