"""
Networks whose units are affine functions of the inputs, as sums of hinges.

A *hinge* is the function max(l, 0), where l is an affine function that is not constant.  If all
entries at which an activation bends, or of which a maximum of two is taken, are affine functions
of the inputs, then the network is

    f(x) = A x + b + sum over H of c_H max(l_H(x), 0),

where H runs over distinct hyperplanes, l_H is the affine function with H as its zeros whose first
coefficient that is not zero is 1, and c_H is a vector that is not zero.  For with s = |s| or -|s|,
max(s l, 0) is |s| max(l, 0), or |s| max(l, 0) + s l; a piecewise linear function of a number is its
first piece and, at each breakpoint c, a multiple of max(y - c, 0); and max(y, z) is y + max(z - y,
0).

**Lemma.**  f determines A, b, and all H with their c_H.  *Proof.*  At a point of H that is on no
other one of the hyperplanes, of which there is one since H is not in their union, the derivative of
f jumps by c_H n_H across H, where n_H is the gradient of l_H; elsewhere it is locally constant.  So
f determines H and c_H, hence A x + b. ∎

So f is 0 on all of R^d if and only if A, b and all c_H are 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.piecewise.network import PiecewiseLinearMap
from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.work import Work

Form = list[fmpq]  # coefficients of an affine function, and its constant
Hyperplane = tuple[fmpq, ...]
MOST_OPERATIONS = 10**8
ZERO = fmpq(0)


@dataclass(frozen=True)
class Hinges:
    """
    A function as a sum of hinges.

    - ``affine`` -- A and b: for each output the coefficients, and the constant
    - ``jumps`` -- for each hyperplane H, as the coefficients of l_H, the vector c_H
    """

    affine: list[Form]
    jumps: dict[Hyperplane, list[fmpq]]

    @property
    def vanish(self) -> bool:
        """Whether the function is 0."""
        return not self.jumps and not any(map(any, self.affine))


class _Entry:
    """An entry of a state: an affine form, and multiples of hinges."""

    def __init__(self, form: Form, hinges: dict[Hyperplane, fmpq] | None = None) -> None:
        self.form = form
        self.hinges = hinges or {}

    def add_positive_part(self, form: Form, factor: fmpq) -> None:
        """Add a multiple of max(form, 0)."""
        leading = next((c for c in form[:-1] if c), ZERO)
        if not leading:
            self.form = [*self.form[:-1], self.form[-1] + factor * max(form[-1], ZERO)]
            return
        hyperplane = tuple(c / leading for c in form)
        self.hinges[hyperplane] = self.hinges.get(hyperplane, ZERO) + factor * abs(leading)
        if leading < 0:
            self.form = _sum(self.form, form, factor)


def _sum(first: Form, second: Form, factor: fmpq) -> Form:
    return [a + factor * b for a, b in zip(first, second)]


def sum_of_hinges(network: PiecewiseLinearMap) -> Hinges | None:
    """The network as a sum of hinges; None if a unit is no affine function of the inputs."""
    d = network.inputs
    states = [[_Entry([fmpq(int(i == j)) for j in range(d + 1)]) for i in range(d)]]
    work = Work(MOST_OPERATIONS)
    for taken, made in network.maps:
        entries = [entry for s in taken for entry in states[s]]
        if isinstance(made, fmpq_mat):
            work.spend(made.nrows() * sum(d + 1 + len(entry.hinges) for entry in entries))
            states.append(_combined(made, entries, d))
            continue
        if isinstance(made, tuple):
            if any(entry.hinges for entry in entries):
                return None
            work.spend(len(entries) * (d + 1) * len(made[1]))
            states.append([_bent(entry.form, *made) for entry in entries])
            continue
        found = []
        for group in made:
            forms: list[Form] = []
            for entry in (entries[place] for place in group):
                if entry.hinges:
                    return None
                work.spend((d + 1) * (len(forms) + 1))
                if entry.form not in forms:
                    forms.append(entry.form)
            if len(forms) > 2:
                return None
            one = _Entry(forms[0])
            for other in forms[1:]:
                one.add_positive_part(_sum(other, forms[0], fmpq(-1)), fmpq(1))
            found.append(one)
        states.append(found)
    jumps: dict[Hyperplane, list[fmpq]] = {}
    for i, entry in enumerate(states[-1]):
        for hyperplane, c in entry.hinges.items():
            if c:
                jumps.setdefault(hyperplane, [ZERO] * len(states[-1]))[i] = c
    return Hinges([entry.form for entry in states[-1]], jumps)


def _combined(made: fmpq_mat, entries: list[_Entry], d: int) -> list[_Entry]:
    """Linear combinations of entries, and constants."""
    forms = (made * fmpq_mat([*(entry.form for entry in entries), [ZERO] * d + [fmpq(1)]])).table()
    found = []
    for row, form in zip(made.table(), forms):
        hinges: dict[Hyperplane, fmpq] = {}
        for c, entry in zip(row, entries):
            if c:
                for hyperplane, factor in entry.hinges.items():
                    hinges[hyperplane] = hinges.get(hyperplane, ZERO) + c * factor
        found.append(_Entry(form, {h: c for h, c in hinges.items() if c}))
    return found


def _bent(form: Form, breakpoints: list[fmpq], pieces: list[tuple[fmpq, fmpq]]) -> _Entry:
    """A piecewise linear function of an affine form."""
    slope, constant = pieces[0]
    one = _Entry([*(slope * c for c in form[:-1]), slope * form[-1] + constant])
    for c, (before, _), (after, _) in zip(breakpoints, pieces, pieces[1:]):
        if after != before:
            one.add_positive_part([*form[:-1], form[-1] - c], after - before)
    return one


def require_hinges(network: PiecewiseLinearMap) -> Hinges:
    """The network as a sum of hinges; it must be one."""
    found: Any = sum_of_hinges(network)
    require(found is not None, "A unit of the network is no affine function of the inputs.")
    assert isinstance(found, Hinges)
    return found
