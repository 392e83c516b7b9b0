"""
Linear symmetries of compositions: what moves parameters and hidden states together.

Let a layer be ``L(w, x)``, with parameters and inputs flattened.  A linear vector field
``ξ`` on its parameters, a matrix ``A`` on its inputs and a matrix ``B`` on its outputs are
compatible if identically in ``w`` and ``x``

    D_w L(w, x) . (ξ w)  +  D_x L(w, x) . (A x)  =  B L(w, x).

If all layers of a model are compatible with their parts of ``ξ`` and with the matrices on
the states between them, zero on the inputs and on the outputs, then the field leaves every
function f_w unchanged.  These conditions are linear.  So all of this is computed with
families ``Σ_u u F_u`` of sparse matrices, where the ``u`` are unknowns, under linear
equations that are solved at the end.

Matrices are sparse: dictionaries from ``(row, column)`` to a nonzero
:class:`~fractions.Fraction`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

SparseMatrix = dict[tuple[int, int], Fraction]
Family = dict[int, SparseMatrix]
LinearForm = dict[int, Fraction]

ONE = Fraction(1)


@dataclass(frozen=True)
class Pattern:
    """
    The matrices ``X ⊗ I`` with ``copies`` rows in I, where X is diagonal or arbitrary.

    It is the largest set of matrices that a state may carry: a convolution transports what
    acts on channels and is the same at all places, a power what is diagonal.
    """

    diagonal: bool = False
    copies: int = 1

    def meet(self, other: Pattern, size: int) -> Pattern:
        """A pattern in both, for matrices of this size."""
        if self == Pattern():
            return other
        copies = lcm(self.copies, other.copies)
        if size % copies:
            return Pattern(True, size)
        return Pattern(self.diagonal or other.diagonal, copies)

    def basis(self, size: int) -> Iterator[SparseMatrix]:
        """A basis of the matrices of this size in the pattern."""
        t = self.copies
        for i in range(0, size, t):
            for j in (i,) if self.diagonal else range(0, size, t):
                yield {(i + k, j + k): ONE for k in range(t)}

    def project(self, matrix: SparseMatrix) -> SparseMatrix:
        """The matrix in the pattern that agrees where the pattern repeats itself first."""
        return spread(self.factor(matrix), self.copies)

    def factor(self, matrix: SparseMatrix) -> SparseMatrix:
        """The factor X of a matrix in the pattern."""
        t = self.copies
        return {(i // t, j // t): c for (i, j), c in matrix.items()
                if i % t == j % t == 0 and (i == j or not self.diagonal)}


def meet(first: Pattern | None, second: Pattern | None, size: int) -> Pattern | None:
    """A pattern in both; None is the pattern of the zero matrix alone."""
    return None if first is None or second is None else first.meet(second, size)


def spread(matrix: SparseMatrix, copies: int) -> SparseMatrix:
    """The Kronecker product with the identity: the same action on interleaved columns."""
    return {(i * copies + t, j * copies + t): c
            for (i, j), c in matrix.items() for t in range(copies)}


def subtract(first: SparseMatrix, second: SparseMatrix) -> SparseMatrix:
    """The difference of sparse matrices."""
    difference = dict(first)
    for place, c in second.items():
        difference[place] = difference.get(place, Fraction(0)) - c
    return {place: c for place, c in difference.items() if c}


def scale(matrix: SparseMatrix, factor: Fraction | int) -> SparseMatrix:
    """A multiple of a sparse matrix by a number that is not zero."""
    # Most factors are one, or minus one, and arithmetic with fractions is slow.
    if factor == 1:
        return matrix
    return {place: -c if factor == -1 else c * factor for place, c in matrix.items()}


def combine(terms: Iterable[tuple[SparseMatrix, Fraction]]) -> SparseMatrix:
    """The sum of multiples of sparse matrices."""
    result: SparseMatrix = {}
    for matrix, factor in terms:
        for place, c in scale(matrix, factor).items():
            result[place] = result[place] + c if place in result else c
    return {place: c for place, c in result.items() if c}


def shift(matrix: SparseMatrix, offset: int) -> SparseMatrix:
    """The matrix moved down the diagonal."""
    return {(i + offset, j + offset): c for (i, j), c in matrix.items()}


def left_multiplication(matrix: SparseMatrix, columns: int) -> SparseMatrix:
    """The linear map ``W -> matrix * W`` on row-major ``W`` with these columns."""
    return spread(matrix, columns)


def right_multiplication(matrix: SparseMatrix, rows: int, columns: int) -> SparseMatrix:
    """The linear map ``W -> W * matrix`` on row-major ``W`` of this shape."""
    return {(r * columns + j, r * columns + i): c
            for (i, j), c in matrix.items() for r in range(rows)}


def each(family: Family, function: Callable[[SparseMatrix], SparseMatrix]) -> Family:
    """A linear map applied to a family."""
    return {u: image for u, matrix in family.items() if (image := function(matrix))}


def total(*families: Family) -> Family:
    """The sum of families."""
    result: Family = {}
    for family in families:
        for u, matrix in family.items():
            result[u] = combine(((result[u], ONE), (matrix, ONE))) if u in result else matrix
    return {u: matrix for u, matrix in result.items() if matrix}


class Unknowns:
    """Unknown numbers, with linear equations between them."""

    def __init__(self) -> None:
        self.count = 0
        self.equations: list[LinearForm] = []

    def family(self, matrices: Iterable[SparseMatrix]) -> Family:
        """The family with a new unknown for each matrix."""
        result: Family = {}
        for matrix in matrices:
            result[self.count] = matrix
            self.count += 1
        return result

    def vanish(self, family: Family) -> None:
        """Require that a family is zero."""
        entries: dict[tuple[int, int], LinearForm] = {}
        for u, matrix in family.items():
            for place, c in matrix.items():
                entries.setdefault(place, {})[u] = c
        self.equations += entries.values()

    def confine(self, family: Family, pattern: Pattern | None) -> None:
        """Require that a family lies in a pattern."""
        self.vanish(family if pattern is None else
                    each(family, lambda m: subtract(m, pattern.project(m))))

    def solutions(self) -> Iterator[LinearForm]:
        """
        A basis of the solutions, by elimination; sparse, as the equations are.

        EXAMPLES::

            >>> unknowns = Unknowns()
            >>> a = unknowns.family([{(0, 0): ONE}, {(0, 0): -ONE}, {(1, 1): ONE}])
            >>> unknowns.vanish(each(a, lambda m: {k: c for k, c in m.items() if k == (0, 0)}))
            >>> list(unknowns.solutions())
            [{1: Fraction(1, 1), 0: Fraction(1, 1)}, {2: Fraction(1, 1)}]
        """
        pivots: dict[int, LinearForm] = {}  # pivot = - (the rest), pivots not in any rest
        uses: dict[int, set[int]] = {}
        for equation in self.equations:
            form: LinearForm = {}
            for u, c in equation.items():
                for v, d in ([(u, c)] if u not in pivots else
                             [(v, -c * d) for v, d in pivots[u].items()]):
                    form[v] = form.get(v, Fraction(0)) + d
            form = {u: c for u, c in form.items() if c}
            if not form:
                continue
            pivot = min(form)
            lead = form.pop(pivot)
            rest = {u: c / lead for u, c in form.items()}
            for other in uses.pop(pivot, ()):
                c = pivots[other].pop(pivot)
                for u, d in rest.items():
                    changed = pivots[other].get(u, Fraction(0)) - c * d
                    if changed:
                        pivots[other][u] = changed
                        uses.setdefault(u, set()).add(other)
                    else:
                        del pivots[other][u]
                        uses[u].discard(other)
            pivots[pivot] = rest
            for u in rest:
                uses.setdefault(u, set()).add(pivot)
        for free in range(self.count):
            if free not in pivots:
                yield {free: ONE} | {p: -pivots[p][free] for p in sorted(uses.get(free, ()))}


class TooManyUnknowns(Exception):
    """There are more unknowns than were allowed."""


class CountedUnknowns(Unknowns):
    """Unknowns that are only counted, up to a number; families with them are zero."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def family(self, matrices: Iterable[SparseMatrix]) -> Family:
        for _ in matrices:
            self.count += 1
            if self.count > self.most:
                raise TooManyUnknowns
        return {}


def specialize(family: Family, solution: LinearForm) -> SparseMatrix:
    """The matrix of a family at a solution."""
    return combine((family[u], c) for u, c in solution.items() if u in family)


@dataclass
class Trace:
    """What is known of a symmetry on its way through a model."""

    unknowns: Unknowns = field(default_factory=Unknowns)
    states: list[Family] = field(default_factory=list)


@dataclass(frozen=True)
class LinearSymmetry:
    """
    A linear vector field on the parameters that leaves every function f_w unchanged.

    - ``parameters`` -- the field, a matrix on all parameters
    - ``states`` -- the matrix by which it acts on each state of the model: the inputs, then
      the output of every layer in the order of computation; zero at both ends

    The matrices are what makes the claim local: each layer is compatible with its block of
    the field and the matrices before and after it.
    """

    parameters: SparseMatrix
    states: tuple[SparseMatrix, ...]
