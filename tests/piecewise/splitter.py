"""
A slow way to the faces of a piecewise linear network, which shares nothing with the fast one.

Inputs are split unit by unit into those with a positive, a negative and a zero value.  A set of
inputs is a flat with strict linear inequalities on it, and whether it is empty is decided by
Fourier and Motzkin's elimination.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd

from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.piecewise.steps import Activation, Affine

Form = tuple[Fraction, ...]  # coefficients, then a constant


def _normal(row: Sequence[Fraction]) -> tuple[int, ...]:
    scale = 1
    for c in row:
        scale = scale * c.denominator // gcd(scale, c.denominator)
    whole = [int(c * scale) for c in row]
    common = gcd(*whole) or 1
    return tuple(c // common for c in whole)


def feasible(rows: Sequence[Form]) -> bool:
    """Whether all these affine forms are positive at some point."""
    system = {_normal(row) for row in rows}
    variables = len(next(iter(system), (0,))) - 1
    for i in range(variables):
        up = [row for row in system if row[i] > 0]
        down = [row for row in system if row[i] < 0]
        system = {row for row in system if not row[i]}
        for a in up:
            for b in down:
                system.add(_normal([Fraction(a[k] * -b[i] + b[k] * a[i]) for k in range(len(a))]))
    return all(row[-1] > 0 for row in system)


def _apply(form: Form, states: Sequence[Form]) -> Form:
    """A combination of forms, and a constant."""
    width = len(states[0]) if states else 1
    made = [sum((c * s[k] for c, s in zip(form, states)), Fraction(0)) for k in range(width)]
    made[-1] += form[-1]
    return tuple(made)


def _substitute(form: Form, flat: Sequence[Form]) -> Form:
    """A form in the coordinates of space as one in those of a flat."""
    return _apply(form, flat)


def split(network: Network, inequalities: Sequence[Form] = (), lower: bool = True
          ) -> Iterator[tuple[int, tuple, tuple[Form, ...], list[Form]]]:
    """
    All faces: the dimension, the signs, the outputs as forms on the flat, the strict inequalities.

    ``lower`` says whether faces of lower dimension are wanted, too.
    """
    d = network.inputs
    space = [tuple(Fraction(int(i == j)) for j in range(d + 1)) for i in range(d)]
    domain = [tuple(map(Fraction, row)) for row in inequalities]

    def branch(states, conditions, form):
        """The sets where a form, on the current flat, has each sign."""
        if not any(form[:-1]):
            yield (form[-1] > 0) - (form[-1] < 0), states, conditions
            return
        for sign in (1, -1):
            further = [*conditions, tuple(sign * c for c in form)]
            if feasible(further):
                yield sign, states, further
        if lower:
            # Solve the form for one coordinate of the flat.
            i = next(i for i, c in enumerate(form[:-1]) if c)
            size = len(form) - 2
            others = [j for j in range(len(form) - 1) if j != i]
            place = {j: k for k, j in enumerate(others)}
            flat = []
            for j in range(len(form) - 1):
                row = [Fraction(0)] * (size + 1)
                if j == i:
                    for o in others:
                        row[place[o]] = -form[o] / form[i]
                    row[-1] = -form[-1] / form[i]
                else:
                    row[place[j]] = Fraction(1)
                flat.append(tuple(row))
            moved = [_substitute(c, flat) for c in conditions]
            if feasible(moved) if moved else True:
                yield 0, [[_substitute(s, flat) for s in state] for state in states], moved

    def go(states, conditions, signs, waiting):
        """``waiting`` holds what is still to be done, the last one first."""
        if not waiting:
            yield len(states[0][0]) - 1 if states[0] else 0, tuple(signs), states, conditions
            return
        task, rest = waiting[-1], waiting[:-1]
        if task[0] == "domain":
            for sign, s, c in branch(states, conditions, _substitute(task[1], states[0])):
                if sign >= 0:
                    yield from go(s, c, [*signs, sign], rest)
        elif task[0] == "unit":
            _, k, i, point = task
            form = list(states[k][i])
            form[-1] -= point
            for sign, s, c in branch(states, conditions, tuple(form)):
                yield from go(s, c, [*signs, sign], rest)
        elif task[0] == "maximum":
            # Compare the best entry so far with the next one.
            _, k, best, more = task
            if not more:
                yield from go(states, conditions, [*signs, ("best", best)], rest)
                return
            form = tuple(a - b for a, b in zip(states[k][best[0]], states[k][more[0]]))
            for sign, s, c in branch(states, conditions, form):
                kept = best if sign > 0 else (more[0],) if sign < 0 else (*best, more[0])
                yield from go(s, c, signs, [*rest, ("maximum", k, kept, more[1:])])
        else:
            step = task[1]
            sources = [row for k in step.sources for row in states[k]]
            zero = tuple([Fraction(0)] * len(states[0][0])) if states[0] else (Fraction(0),)
            if isinstance(step, Affine):
                made = []
                for row, constant in zip(step.rows, step.constants):
                    form = list(zero)
                    for place, c in row.items():
                        form = [a + c * b for a, b in zip(form, sources[place])]
                    form[-1] += constant
                    made.append(tuple(form))
            elif isinstance(step, Activation):
                made = []
                count = len(sources)
                own = signs[len(signs) - count * len(step.breakpoints):]
                for i, form in enumerate(sources):
                    passed = sum(own[b * count + i] > 0 for b in range(len(step.breakpoints)))
                    slope, constant = step.pieces[passed]
                    made.append(tuple([*(slope * c for c in form[:-1]),
                                       slope * form[-1] + constant]))
            else:
                own = signs[len(signs) - len(step.groups):]
                made = [sources[best[0]] for _, best in own]
            yield from go([*states, made], conditions, signs, rest)

    tasks: list = [("domain", row) for row in domain]
    for step in network.program.steps:
        if isinstance(step, Activation):
            tasks += [("unit", step.source, i, c) for c in step.breakpoints
                      for i in range(step.width)]
        elif not isinstance(step, Affine):
            tasks += [("maximum", step.source, group[:1], group[1:]) for group in step.groups]
        tasks.append(("step", step))
    for dimension, signs, states, conditions in go([space], [], [], tasks[::-1]):
        yield dimension, signs, tuple(states[-1]), conditions


def merged(faces: Sequence[tuple]) -> dict[tuple, int]:
    """The dimension of each face by its signs: what maxima cut too finely is joined."""
    found: dict[tuple, int] = {}
    for dimension, signs, *_ in faces:
        found[signs] = max(found.get(signs, 0), dimension)
    return found
