"""
Parameters of functions that are invariant under a transformation of the inputs.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.singularities.decomposition import Components, decompose
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.layers import Dense
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import by_last, to_flint, univariate
from neuroalg_sage.models.sage_input import is_polynomial, lists, polynomial_in, rational

LARGEST_DEGREE_OF_T = 20
InT = tuple[Fraction, ...]  # coefficients of a polynomial in t, ascending


@dataclass(frozen=True)
class Transformation:
    """
    A linear transformation of the inputs, A(t) / d(t), or an infinitesimal one, A.

    - ``matrix`` -- rows of polynomials in t
    - ``denominator`` -- a polynomial in t
    - ``infinitesimal`` -- whether it stands for the one-parameter group of the exp(s A)
    """

    matrix: tuple[tuple[InT, ...], ...]
    denominator: InT = (Fraction(1),)
    infinitesimal: bool = False

    def encoded(self) -> dict[str, Any]:
        """The transformation as a certificate states it."""
        return {"matrix": [[list(map(decimal, a)) for a in row] for row in self.matrix],
                "denominator": list(map(decimal, self.denominator)),
                "infinitesimal": self.infinitesimal}


def _in_t(entry: Any) -> InT:
    if not isinstance(entry, str) and not is_polynomial(entry):
        return (rational(entry, "entry of a transformation"),)
    terms = polynomial_in(entry, ["t"])
    degree = max((k for (k,) in terms), default=0)
    if degree > LARGEST_DEGREE_OF_T:
        raise InputError(f"An entry of a transformation has degree {degree} in t; the most is "
                         f"{LARGEST_DEGREE_OF_T}.")
    return tuple(terms.get((k,), Fraction(0)) for k in range(degree + 1))


def read_transformation(model: Model, matrix: Any, denominator: Any = 1,
                        infinitesimal: bool = False) -> Transformation:
    """
    A transformation of the inputs of a model.

    INPUT:

    - ``matrix`` -- list of rows; entries are rational numbers, or polynomials in t as text
    - ``denominator`` -- a number or a polynomial in t, by which all entries are divided
    - ``infinitesimal`` -- whether the matrix generates a one-parameter group

    Raises InputError unless the matrix is square, with a row for each input, and invertible.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> read_transformation(parse_spec("linear:2,1"), [[1]])
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: A transformation of the inputs of linear:2,1 is a matrix
        of size 2 x 2.
    """
    m = model.input_count
    matrix = lists(matrix)
    if not isinstance(matrix, (list, tuple)) or len(matrix) != m or not all(
            isinstance(row, (list, tuple)) and len(row) == m for row in matrix):
        raise InputError(f"A transformation of the inputs of {model} is a matrix of size "
                         f"{m} x {m}.")
    rows = tuple(tuple(map(_in_t, row)) for row in matrix)
    d = _in_t(denominator)
    if not any(d):
        raise InputError("The denominator of a transformation is not zero.")
    if infinitesimal:
        if any(len(a) > 1 for row in rows for a in row) or d != (1,):
            raise InputError("An infinitesimal transformation is a matrix of rational numbers, "
                             "without a denominator.")
    elif not _is_invertible(rows):
        raise InputError("A transformation of the inputs must be invertible.")
    return Transformation(rows, d, infinitesimal)


def _is_invertible(rows: Sequence[Sequence[InT]]) -> bool:
    """Whether the determinant, a polynomial in t, is not zero at one of enough numbers."""
    size = len(rows)
    degree = size * max(len(a) for row in rows for a in row)
    polynomials = [univariate(a) for row in rows for a in row]
    return any(fmpq_mat(size, size, [a(fmpq(t)) for a in polynomials]).det() != 0
               for t in range(degree + 1))


def equations(model: Model, transformation: Transformation) -> list[Polynomial]:
    """
    The coefficients of f_w(A x) - f_w(d x) in x and t, in the order of the checker.

    Where the first layer is dense, A x enters by its weights: f_w(A x) = f_(A.w)(x), with
    the first matrix multiplied by A.  This needs no expansion in other inputs, and gives the
    same polynomials.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.expressions import write_polynomial
        >>> model = parse_spec("linear:2,1")
        >>> swap = read_transformation(model, [[0, 1], [1, 0]])
        >>> [write_polynomial(g, model.parameter_names) for g in equations(model, swap)]
        ['-w_0 + w_1', 'w_0 - w_1']
    """
    count, m = model.parameter_count, model.input_count
    names = [*(f"w{i}" for i in range(count)), *(f"x{i}" for i in range(m)), "t", "s"]
    ring = fmpq_mpoly_ctx.get(names, Ordering.lex)
    gens = np.empty(len(names), dtype=object)
    gens[:] = ring.gens()
    w, x, t, s = gens[:count], gens[count : count + m], gens[-2], gens[-1]

    def scalar(polynomial: Any) -> Any:
        # An array without axes: NumPy would take a polynomial for a sequence of terms.
        array = np.empty((), dtype=object)
        array[()] = polynomial
        return array

    def constant(c: Fraction) -> Any:
        return scalar(ring.constant(to_flint(c)))

    def in_t(a: InT) -> Any:
        return sum((t**k * to_flint(c) for k, c in enumerate(a)), ring.constant(fmpq(0)))

    entries = np.empty((m, m), dtype=object)
    for i, row in enumerate(transformation.matrix):
        for j, a in enumerate(row):
            entries[i, j] = in_t(a)
    d = scalar(in_t(transformation.denominator))
    first = model.layers[0]
    if transformation.infinitesimal:
        for i in range(m):
            for j in range(m):
                entries[i, j] = entries[i, j] * s + ring.constant(fmpq(int(i == j)))
    if isinstance(first, Dense):
        moved = w.copy()
        weights = w[: first.outputs * m].reshape(first.outputs, m)
        moved[: first.outputs * m] = weights.dot(entries).reshape(-1)
        images = model.apply(moved, x, constant)
    else:
        images = model.apply(w, entries.dot(x), constant)
    if transformation.infinitesimal:
        origin = list(ring.gens())
        origin[-1] = ring.constant(fmpq(0))
        conditions = [f.derivative(len(names) - 1).compose(*origin, ctx=ring) for f in images]
    else:
        conditions = [f - g for f, g in zip(images, model.apply(w, x * d, constant))]
    found: list[Polynomial] = []
    for f in conditions:
        table = by_last(f, count)
        found += [table[e] for e in sorted(table, reverse=True)]
    return found


class InvariantParameters(Components):
    """The components of the parameters of invariant functions, with their equations."""

    def lines(self, spec: str = "SPEC") -> list[str]:
        lines = []
        for component in self.data:
            lines += [f"  {component}", *(
                f"    {g}" for g in component.described(self.names)["generators"])]
        return lines


def invariant_parameters(model: Model, computation: Computation, transformation: Transformation
                         ) -> Invariant:
    """
    The components of the parameters w with f_w ∘ T = f_w.

    INPUT:

    - ``model`` -- a model
    - ``computation`` -- session and limits
    - ``transformation`` -- T, as :func:`read_transformation` reads it; with t, f_w is to be
      invariant for all values of t

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a list of
    :class:`~neuroalg_sage.invariants.singularities.decomposition.VarietyComponent`

    EXAMPLES:

    A sum of two squares of linear forms is invariant under all rotations if it is a multiple
    of x^2 + y^2; these are rotations by a rational parametrization, and their Lie algebra::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:2,1,1:x^2")
        >>> rotations = [["1-t^2", "-2*t"], ["2*t", "1-t^2"]]
        >>> M.invariant_parameters(rotations, denominator="1+t^2")
        [Component of dimension 2, degree 1, Component of dimension 1, degree 1] (proved)
        >>> M.invariant_parameters([[0, -1], [1, 0]], infinitesimal=True)
        [Component of dimension 2, degree 1, Component of dimension 1, degree 1] (proved)
    """
    start = time.perf_counter()
    names = [f"w_{i}" for i in range(model.parameter_count)]
    found = decompose(equations(model, transformation), names, computation,
                      f"the parameters of invariant functions of {model}")
    return InvariantParameters.certified(
        model, "invariant_parameters", list(found.components), "proved",
        "comparison of coefficients, and decomposition in Macaulay2", time.perf_counter() - start,
        found.evidence, found.trust, claim=[transformation.encoded(), found.claim],
        versions=computation.versions(), names=model.parameter_names)
