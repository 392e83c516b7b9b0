"""
The symmetry group of φ, as far as it is found on φ itself, whatever the layers are.

Its connected part is that of all affine-linear symmetries; of the finite ones there are the
diagonal ones and the permutations of parameters.  There may be other finite ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, prod

from flint import fmpz_mat

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension.affine_symmetries import affine_symmetries
from neuroalg_sage.invariants.dimension.finite_symmetries import exponent_lattice, permutations
from neuroalg_sage.invariants.dimension.normal_form import eigenvalues
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import rank
from neuroalg_sage.models.symmetry import ONE, SparseMatrix, combine

MOST_ORBITS = 12  # among which the places of equal units are looked for


@dataclass(frozen=True)
class SymmetryGroup:
    """
    What is known of the symmetry group of a model that no chain of layers explains.

    - ``dimension`` -- that of the group of affine-linear symmetries
    - ``is_torus`` -- whether its connected part is a torus, a product of groups C*
    - ``is_diagonal`` -- whether that torus is diagonal
    - ``roots`` -- the orders of cyclic groups, of which the finite diagonal symmetries are the
      product, up to the diagonal torus
    - ``permutations`` -- generators of those permutations of parameters that are symmetries
    - ``order`` -- how many these are
    - ``name`` -- which group they are: symmetric groups, where it is a product of these
    """

    dimension: int
    is_torus: bool
    is_diagonal: bool
    roots: tuple[int, ...]
    permutations: tuple[tuple[int, ...], ...]
    order: int
    name: str

    def __str__(self) -> str:
        roots = [f"mu_{m}" for m in self.roots]
        torus = [f"(C*)^{self.dimension}"] if self.dimension and self.is_torus else []
        if self.is_diagonal:  # then no permutation is in it
            return " x| ".join([*[" x ".join([*torus, *roots])] * bool(torus or roots),
                                *[self.name] * bool(self.name)]) or "trivial"
        connected = torus or [f"a connected group of dimension {self.dimension}"]
        finite = [*roots, *[self.name] * bool(self.name)]
        return ", with ".join([*connected, *[" and ".join(finite)] * bool(finite)])


def symmetry_group(phi: Parametrization) -> SymmetryGroup:
    """
    The symmetry group of φ, as far as it is found on φ itself.

    Raises LimitReached if the model is too large for all affine-linear symmetries to be found.

    EXAMPLES::

        >>> from neuroalg_sage.models.sources import from_expressions
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> model = from_expressions(["e*(a*x + b*y)^2 + f*(c*x + d*y)^2"], "a,b,c,d,e,f", "x,y")
        >>> print(symmetry_group(parametrization(model)))
        (C*)^2 x| S_2
        >>> model = from_expressions(["a*x^4 + b^2*x^2", "a*b^2*x"], "a,b", "x")
        >>> print(symmetry_group(parametrization(model)))
        mu_2
    """
    found = affine_symmetries(phi.model)
    if found is None:
        raise LimitReached(f"{phi.model} has too many parameters for all of its affine-linear "
                           "symmetries to be found; the linear ones that its layers know are "
                           "model.symmetries.")
    count = phi.model.parameter_count
    fields = _independent(found.fields, count)
    generators = tuple(map(tuple, permutations(phi)))
    order, name = _permutation_group(generators, count)
    diagonal = all(i == j for field in fields for i, j in field)
    return SymmetryGroup(len(fields), diagonal or _is_torus(fields, count), diagonal,
                         tuple(_roots(phi)), generators, order, name)


def _independent(fields: Sequence[SparseMatrix], count: int) -> list[SparseMatrix]:
    kept: list[SparseMatrix] = []
    rows: list[list[Fraction]] = []
    for field in fields:
        row = [field.get(divmod(k, count + 1), Fraction(0)) for k in range(count * (count + 1))]
        if rank([*rows, row]) > len(rows):
            rows.append(row)
            kept.append(field)
    return kept


def _is_torus(fields: Sequence[SparseMatrix], count: int) -> bool:
    """Whether the fields commute, and each is diagonalizable over Q."""
    return all(eigenvalues(field, count) for field in fields) and not any(
        combine(((_product(a, b), ONE), (_product(b, a), -ONE)))
        for a, b in itertools.combinations(fields, 2))


def _product(a: SparseMatrix, b: SparseMatrix) -> SparseMatrix:
    columns: dict[int, list[tuple[int, Fraction]]] = {}
    for (i, j), c in a.items():
        columns.setdefault(j, []).append((i, c))
    result: SparseMatrix = {}
    for (j, k), d in b.items():
        for i, c in columns.get(j, ()):
            result[i, k] = result.get((i, k), Fraction(0)) + c * d
    return result


def _roots(phi: Parametrization) -> Iterator[int]:
    """The elementary divisors, other than 1, of the lattice of the exponents of φ."""
    if basis := exponent_lattice(phi.polynomials):
        divisors = fmpz_mat(basis).snf()
        yield from (d for k in range(len(basis)) if (d := int(divisors[k, k])) > 1)


def _permutation_group(generators: Sequence[Sequence[int]], count: int) -> tuple[int, str]:
    """
    The order of a permutation group, and its name.

    A group that acts faithfully on some orbits, and is as large as the product of their symmetric
    groups, is that product.

    EXAMPLES::

        >>> _permutation_group([[1, 0, 3, 2, 4], [0, 1, 2, 3, 4]], 5)
        (2, 'S_2')
        >>> _permutation_group([[1, 2, 0]], 3)
        (3, 'a group of 3 permutations')
    """
    from sympy.combinatorics import Permutation, PermutationGroup

    if not generators:
        return 1, ""
    group = PermutationGroup([Permutation(list(g), size=count) for g in generators])
    order = int(group.order())
    orbits = sorted((sorted(orbit) for orbit in group.orbits() if len(orbit) > 1), key=len)
    orbits = [o for o in orbits[:MOST_ORBITS] if order % factorial(len(o)) == 0]
    for size in range(1, len(orbits) + 1):
        for chosen in itertools.combinations(orbits, size):
            if prod(factorial(len(o)) for o in chosen) == order:
                places = {i: k for k, i in enumerate(i for o in chosen for i in o)}
                acting = PermutationGroup([Permutation([places[g[i]] for i in places])
                                           for g in generators])
                if int(acting.order()) == order:
                    return order, " x ".join(f"S_{len(o)}" for o in chosen)
    return order, f"a group of {order} permutations"
