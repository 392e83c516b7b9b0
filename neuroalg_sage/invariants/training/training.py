"""
Training problems: a model and a quadratic loss on its ambient space.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.invariants.training.training_data import beside, read_data
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sources import load_model
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.computation import Computation
    from neuroalg_sage.invariants.training.morse_audit import MorseAudit
    from neuroalg_sage.invariants.training.multistart_answer import EndsOfStarts
    from neuroalg_sage.invariants.training.presentation import CriticalPoints
    from neuroalg_sage.invariants.training.sublevel_sets import SublevelSets
    from neuroalg_sage.invariants.training.sums_of_squares import LossBounds

Exponents = tuple[int, ...]
MOST_DIMENSIONS = 200  # of V, for a form


@storable()
@dataclass(frozen=True)
class TrainingProblem:
    """
    The loss L(w) = q(φ(w)) with q(z) = z^T Q z - 2 b^T z + c on V.

    - ``model`` -- the model
    - ``quadratic`` -- Q, from pairs i <= j of coordinates to its entries that are not zero
    - ``linear`` -- b
    - ``constant`` -- c
    - ``source`` -- where it comes from, and how numbers were read

    :func:`ERM` and :func:`population` make one.
    """

    model: Model
    quadratic: Mapping[tuple[int, int], Fraction]
    linear: tuple[Fraction, ...]
    constant: Fraction
    source: str = ""
    _answers: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def describe(self) -> dict[str, Any]:
        """The loss as plain JSON data."""
        return {"quadratic": [[i, j, decimal(c)] for (i, j), c in sorted(self.quadratic.items())],
                "linear": [decimal(c) for c in self.linear], "constant": decimal(self.constant)}

    @cached_property
    def _matrix(self) -> list[list[Fraction]]:
        matrix = [[Fraction(0)] * len(self.linear) for _ in self.linear]
        for (i, j), c in self.quadratic.items():
            matrix[i][j] = matrix[j][i] = c
        return matrix

    @cached_property
    def rank(self) -> int:
        """
        The rank of the quadratic form.

        EXAMPLES::

            >>> ERM("mlp:2,2,1:x^2", [[1, 0, 1], [0, 1, 1]]).rank
            2
        """
        from neuroalg_sage.models.rational import rank

        return rank(self._matrix)

    @cached_property
    def kernel(self) -> list[list[Fraction]]:
        """
        A basis of the kernel of the quadratic form: the functions that vanish on all data.

        EXAMPLES::

            >>> ERM("mlp:2,2,1:x^2", [[1, 0, 1], [0, 1, 1]]).kernel
            [[Fraction(0, 1), Fraction(1, 1), Fraction(0, 1)]]
        """
        from neuroalg_sage.models.rational import kernel

        n = len(self.linear)
        return [[vector.get(j, Fraction(0)) for j in range(n)]
                for vector in kernel(self._matrix, n)]

    def loss(self, z: Sequence[Any]) -> Any:
        """
        The loss of the function with these coordinates.

        EXAMPLES::

            >>> ERM("linear:1,1", [[1, 2], [2, 4]]).loss([Fraction(3, 2)])
            Fraction(5, 8)
        """
        total: Any = self.constant
        for (i, j), c in self.quadratic.items():
            total += (1 if i == j else 2) * c * z[i] * z[j]
        return total - 2 * sum(c * x for c, x in zip(self.linear, z))

    def critical_points(self, computation: Computation | None = None, seed: int | None = None
                        ) -> CriticalPoints:
        """
        All critical points of the loss, and its minimum.

        See :func:`~neuroalg_sage.invariants.training.critical_points.critical_points`.  What is
        complete is remembered; with other limits what is not is tried again.
        """
        from neuroalg_sage.invariants.training.critical_points import critical_points

        known = self._answers.get("critical_points")
        if known is None or (computation is not None and not known.data["complete"]):
            return self.know(critical_points(self, computation, seed))
        return known

    def loss_bounds(self, level: int | None = None, computation: Computation | None = None,
                    seed: int | None = None) -> LossBounds:
        """
        A lower and an upper bound of the least loss, both proved.

        See :func:`~neuroalg_sage.invariants.training.sums_of_squares.loss_bounds`.
        """
        from neuroalg_sage.invariants.training.sums_of_squares import loss_bounds

        return loss_bounds(self, level, computation, seed)

    def multistart(self, starts: int | None = None, level: int | None = None,
                   computation: Computation | None = None, seed: int | None = None
                   ) -> EndsOfStarts:
        """
        Where minimizations from many random parameters end, and bounds of the least loss.

        Of any model; see :func:`~neuroalg_sage.invariants.training.multistart.multistart`.
        """
        from neuroalg_sage.invariants.training.multistart import STARTS, multistart

        return multistart(self, STARTS if starts is None else starts, level, computation, seed)

    def morse_audit(self, computation: Computation | None = None, seed: int | None = None
                    ) -> MorseAudit:
        """
        Whether all critical functions, with signs by Morse theory, add up to χ(M).

        See :class:`~neuroalg_sage.invariants.training.morse_audit.MorseAudit`.

        EXAMPLES::

            >>> ERM("linear:1,1", [[1, 1], [1, 2]]).morse_audit().terms
            (('V', 1),)
        """
        return self.critical_points(computation, seed).morse_audit

    def sublevel_sets(self, computation: Computation | None = None, seed: int | None = None
                      ) -> SublevelSets:
        """
        The Betti numbers of the functions of M of at most some loss, by Morse inequalities.

        See :class:`~neuroalg_sage.invariants.training.sublevel_sets.SublevelSets`.

        EXAMPLES::

            >>> ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, -1], [1, 1, 1]]).sublevel_sets().reason
            ''
        """
        return self.critical_points(computation, seed).sublevel_sets

    def critical_parameters(self, computation: Computation | None = None,
                            seed: int | None = None) -> list[list[float]]:
        """
        Critical parameters for each of the critical points, in the same order.

        They are in floating point: what is proved is in the certificate.  Where units are
        absent, their weights are zero.
        """
        return self.critical_points(computation, seed).parameters

    def know(self, found: CriticalPoints) -> CriticalPoints:
        """Take over what was found, perhaps before and for the same loss of another source."""
        mine = found if found.problem is self else replace(found, problem=self)
        self._answers["critical_points"] = mine
        return mine


def _features(model: Model) -> tuple[list[tuple[int, Exponents]], dict[Exponents, int]]:
    """The coordinates of V, and the monomials in the inputs that they use."""
    if model.cone:
        raise InputError("Training problems are about polynomial models; rational functions are "
                         "points of a projective space, without a squared error.")
    if model.ambient_dimension > MOST_DIMENSIONS:
        raise InputError(f"The ambient space of {model} has dimension {model.ambient_dimension}; "
                         f"training problems have at most {MOST_DIMENSIONS}.")
    coordinates = list(model.coordinates())
    features: dict[Exponents, int] = {}
    for _, exponents in coordinates:
        features.setdefault(exponents, len(features))
    return coordinates, features


def _quadratic(coordinates: Sequence[tuple[int, Exponents]],
               moment: Callable[[Exponents, Exponents], Fraction]
               ) -> dict[tuple[int, int], Fraction]:
    form = {}
    for (i, (one, a)), (j, (other, b)) in itertools.combinations_with_replacement(
            enumerate(coordinates), 2):
        if one == other and (value := moment(a, b)):
            form[i, j] = value
    return form


@suggesting
def ERM(model: Model | str, data: Any, outputs: Any = None) -> TrainingProblem:
    """
    The mean squared error of a model on a data set, exactly.

    INPUT:

    - ``model`` -- a model, or its spec
    - ``data`` -- rows of inputs followed by outputs: an array, lists, a data frame, or the path
      of a CSV or Parquet file; or rows of inputs only
    - ``outputs`` -- the rows of outputs, if these are apart

    OUTPUT: :class:`TrainingProblem`.  Floating-point numbers count as the binary fractions that
    they are; text such as ``"0.1"``, also in a CSV file, as the decimal number, 1/10.

    Raises :class:`~neuroalg_sage.errors.InputError` for data that does not fit the model, that
    holds NaN, infinities or text, or that has rows of different lengths.

    EXAMPLES::

        >>> problem = ERM("linear:1,1", [["0.1", 1], ["0.2", 1]])
        >>> problem.describe()
        {'quadratic': [[0, 0, '1/40']], 'linear': ['3/20'], 'constant': '1'}
    """
    model = load_model(model)
    coordinates, features = _features(model)
    inputs = model.input_count
    table = read_data(data, inputs + model.output_count) if outputs is None else beside(
        read_data(data, inputs), read_data(outputs, model.output_count))
    width = inputs + model.output_count
    monomials = [[*exponents, *[0] * model.output_count] for exponents in features]
    monomials += [[int(i == j) for j in range(width)] for i in range(inputs, width)]
    sums = table.moments(monomials)
    first = len(features)
    return TrainingProblem(
        model, _quadratic(coordinates,
                          lambda a, b: sums[features[a]][features[b]] / table.rows),
        tuple(sums[features[a]][first + output] / table.rows for output, a in coordinates),
        sum((sums[i][i] for i in range(first, len(sums))), Fraction(0)) / table.rows,
        f"the mean squared error on {table.rows} rows; {table.reading}")


def _gaussian(e: int) -> Fraction:
    """The moment of degree e of the normal distribution with variance 1."""
    product = 1
    for k in range(e - 1, 0, -2):
        product *= k
    return Fraction(0 if e % 2 else product)


def _uniform(e: int) -> Fraction:
    """The moment of degree e of the uniform distribution on [-1, 1]."""
    return Fraction(0 if e % 2 else Fraction(1, e + 1))


DISTRIBUTIONS: dict[str, Callable[[int], Fraction]] = {"gaussian": _gaussian, "uniform": _uniform}


@suggesting
def population(model: Model | str, target: Sequence[Any],
               distribution: str | Mapping[Exponents, Any] = "gaussian",
               noise: Any = 0) -> TrainingProblem:
    """
    The expected squared error of a model against a function.

    INPUT:

    - ``model`` -- a model, or its spec
    - ``target`` -- the coordinates of the function in V
    - ``distribution`` -- of the inputs: ``"gaussian"``, independent with variance 1;
      ``"uniform"`` on [-1, 1]; or the moments, from exponents to numbers
    - ``noise`` -- the variance of what is added to the function, in all outputs together

    OUTPUT: :class:`TrainingProblem`

    Raises :class:`~neuroalg_sage.errors.InputError` for another number of coordinates, for a
    moment that is missing, and for a negative variance.

    EXAMPLES::

        >>> population("mlp:1,1,1:x^2", [1], "uniform").describe()
        {'quadratic': [[0, 0, '1/5']], 'linear': ['1/5'], 'constant': '1/5'}
    """
    from neuroalg_sage.invariants.training.training_data import read_data

    model = load_model(model)
    coordinates, _ = _features(model)
    n = len(coordinates)
    if len(list(target)) != n:
        raise InputError(f"The target has {len(list(target))} coordinates; V has {n}.")
    table = read_data([[*target, noise]], n + 1)
    z = [column.values()[0] for column in table.columns]
    if z[n] < 0:
        raise InputError(f"The noise is a variance, at least zero, not {shown(str(noise))}.")

    def moment(a: Exponents, b: Exponents) -> Fraction:
        total = tuple(map(int.__add__, a, b))
        if isinstance(distribution, str):
            product = Fraction(1)
            for e in total:
                product *= DISTRIBUTIONS[distribution](e)
            return product
        if total not in distribution:
            raise InputError(f"The moment of the exponents {total} is missing.")
        return read_data([[distribution[total]]], 1).columns[0].values()[0]

    if isinstance(distribution, str) and distribution not in DISTRIBUTIONS:
        raise InputError(f"There is no distribution {distribution[:40]!r}; it is gaussian, "
                         "uniform, or a table of moments.")
    form = _quadratic(coordinates, moment)
    linear = [Fraction(0)] * n
    for (i, j), c in form.items():
        linear[i] += c * z[j]
        if i != j:
            linear[j] += c * z[i]
    name = distribution if isinstance(distribution, str) else "given"
    return TrainingProblem(model, form, tuple(linear),
                           sum((x * c for x, c in zip(z, linear)), Fraction(0)) + z[n],
                           f"the expected squared error; {name} inputs; {table.reading}")
