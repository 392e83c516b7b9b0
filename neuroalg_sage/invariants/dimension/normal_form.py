"""
Normal forms for affine-linear symmetries: coordinates that their flows bring to values.

A nilpotent field in the kernel of Dφ generates an action of the additive group, a diagonalizable
one with integers as eigenvalues an action of the multiplicative group.  One after the other they
bring coordinates to 0 or 1 without moving those before.  The basis of the Lie algebra that
elimination finds is a union of bases of the weight spaces of the largest torus that grades φ,
since this torus is diagonal; so its elements of nonzero weight are nilpotent.

:func:`~neuroalg_sage.certificates.dimension.generic_fiber.check_normal_form` says what follows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from neuroalg_sage.invariants.dimension.affine_symmetries import encode_field
from neuroalg_sage.models.rational import fraction, kernel, matrix
from neuroalg_sage.models.symmetry import SparseMatrix, combine

Row = dict[int, Fraction]

ATTEMPTS = 12
MORE_CHOICES = 20  # than there are dimensions


@dataclass(frozen=True)
class Fixed:
    """A coordinate that the flow of a field brings to a value."""

    field: SparseMatrix
    coordinate: int
    value: int

    def encode(self) -> dict[str, Any]:
        """The step as a certificate states it."""
        return {"field": encode_field(self.field), "coordinate": self.coordinate,
                "value": self.value}


def normal_form(fields: Sequence[SparseMatrix], count: int, dimension: int
                ) -> tuple[Fixed, ...] | None:
    """
    A normal form that fixes as many coordinates as the orbits have dimensions.

    INPUT:

    - ``fields`` -- affine-linear fields, a basis of a Lie algebra
    - ``count`` -- the number of parameters
    - ``dimension`` -- that of the generic orbits

    OUTPUT: tuple of :class:`Fixed`; None if the search finds none

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dimension.affine_symmetries import affine_symmetries
        >>> from neuroalg_sage.models.families import parse_spec
        >>> fields = affine_symmetries(parse_spec("linear:2,2,2")).fields
        >>> [(step.coordinate, step.value) for step in normal_form(fields, 8, 4)]
        [(0, 1), (2, 0), (3, 1), (1, 0)]
    """
    for attempt in range(ATTEMPTS):
        # Where the first choices lead nowhere, those at random may.
        generator = random.Random(attempt) if attempt else None
        choices = 0

        def search(fixed: dict[int, int], steps: tuple[Fixed, ...]) -> tuple[Fixed, ...] | None:
            nonlocal choices
            if len(steps) == dimension:
                return steps
            candidates = _candidates(_tangent(fields, fixed, count), fixed, count)
            if generator is not None:  # noqa: B023 - called in this iteration alone
                shuffled = list(candidates)
                generator.shuffle(shuffled)  # noqa: B023
                candidates = iter(shuffled)
            for step in candidates:
                choices += 1
                if choices > dimension + MORE_CHOICES:
                    return None
                found = search(fixed | {step.coordinate: step.value}, (*steps, step))
                if found is not None:
                    return found
            return None

        if (found := search({}, ())) is not None:
            return found
    return None


def _rows(field: SparseMatrix) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    for (i, j), c in field.items():
        rows.setdefault(i, {})[j] = c
    return rows


def _restricted(function: Mapping[int, Fraction], fixed: Mapping[int, int], count: int) -> Row:
    """An affine-linear function where some coordinates have values."""
    result: Row = {}
    for j, c in function.items():
        place, c = (count, c * fixed[j]) if j in fixed else (j, c)
        result[place] = result.get(place, Fraction(0)) + c
    return {j: c for j, c in result.items() if c}


def _tangent(fields: Sequence[SparseMatrix], fixed: Mapping[int, int], count: int
             ) -> list[SparseMatrix]:
    """A basis of the fields in a span that are tangent to where some coordinates have values."""
    if not fixed:
        return list(fields)
    entries: dict[tuple[int, int], dict[int, Fraction]] = {}
    for k, field in enumerate(fields):
        rows = _rows(field)
        for i in fixed:
            for j, c in _restricted(rows.get(i, {}), fixed, count).items():
                entries.setdefault((i, j), {})[k] = c
    return [combine((fields[k], c) for k, c in vector.items())
            for vector in kernel(entries.values(), len(fields))]


def _candidates(fields: Sequence[SparseMatrix], fixed: Mapping[int, int], count: int
                ) -> Iterator[Fixed]:
    """
    The next steps: nilpotent fields that move a coordinate at constant speed, then rescalings,
    then other nilpotent fields, then what else is diagonalizable.

    So one column of a matrix on which GL acts is brought into normal form after the other.
    """
    steps: list[list[Fixed]] = [[], [], [], []]
    for field in fields:
        rows = _rows(field)
        weights = eigenvalues(field, count)
        if weights is None:
            continue
        for i, row in sorted(rows.items()):
            speed = _restricted(row, fixed, count)
            if i in fixed or not speed:
                continue
            change: Row = {}
            for j, c in speed.items():
                for k, d in rows.get(j, {}).items():
                    change[k] = change.get(k, Fraction(0)) + c * d
            change = _restricted(change, fixed, count)
            if not weights:
                if not change:
                    steps[0 if set(speed) == {count} else 2].append(Fixed(field, i, 0))
                continue
            factor = change.get(next(iter(speed)), Fraction(0)) / next(iter(speed.values()))
            if not factor or change != {j: factor * c for j, c in speed.items()} or any(
                    (w / factor).denominator > 1 for w in weights):
                continue
            scaled = {key: c / factor for key, c in field.items()}
            if speed == {i: factor}:
                steps[1].append(Fixed(scaled, i, 1))
            elif speed != {i: factor, count: -factor}:
                steps[3].append(Fixed(scaled, i, 0 if set(speed) != {i} else 1))
    for kind in steps:
        yield from kind


def eigenvalues(field: SparseMatrix, count: int) -> list[Fraction] | None:
    """The eigenvalues of a diagonalizable field; none of a nilpotent one; None for any other."""
    # What the field neither reads nor moves does not matter.
    places = sorted({k for key in field for k in key})
    numbers = {place: k for k, place in enumerate(places)}
    entries: list[Row] = [{} for _ in range(len(places) + 1)]
    for (i, j), c in field.items():
        entries[numbers[i]][numbers[j]] = c
    polynomial = matrix(entries, len(entries)).minpoly()
    degree = polynomial.degree()
    if not any(polynomial[k] for k in range(degree)):
        return []
    roots = polynomial.roots()
    return [fraction(c) for c, _ in roots] if len(roots) == degree else None
