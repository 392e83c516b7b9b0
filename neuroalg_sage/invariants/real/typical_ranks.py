"""
Typical real ranks: how many units a shallow network needs for the functions of an open set.
"""

from __future__ import annotations

import itertools
import math
import time
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.descriptions.secant_varieties import power_sum
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.layers import Dense
from neuroalg_sage.models.model import Model

HIGHEST_DEGREE = 24  # of binary forms, for which witnesses are made


class TypicalRanks(Invariant):
    """The typical real ranks of the functions of V, or bounds for them."""

    def sentence(self) -> str:
        if self.status == "bounds":
            return f"some of the numbers from {self.data[0]} to {self.data[1]}"
        *first, last = map(str, self.data)
        return f"{', '.join(first)} and {last}" if first else last

    def lines(self, spec: str = "SPEC") -> list[str]:
        if self.status == "bounds":
            return []
        low, high = self.data[0], self.data[-1]
        return [f"  M has interior from {low} {'unit' if low == 1 else 'units'} on, and is dense "
                f"in V from {high} on"]


def typical_ranks(model: Model) -> Invariant:
    """
    The typical real ranks of the functions of V, for one hidden layer with a power.

    A function has the real rank r if a network with r hidden units has it, and none with fewer; r
    is typical if such functions contain an open set.

    INPUT:

    - ``model`` -- a model f_w = Σ_i b_i (a_i x)^d

    OUTPUT: :class:`TypicalRanks`, a list; for more than two inputs and degrees over 2, or several
    outputs, bounds

    Raises InputError for other models.

    REFERENCES: [Ble2015]_

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> typical_ranks(parse_spec("mlp:2,3,1:x^5"))
        [3, 4, 5] (proved)
        >>> typical_ranks(parse_spec("mlp:3,1,1:x^3"))
        [4, 10] (bounds)
    """
    start = time.perf_counter()
    shape = power_sum(model) or _linear(model)
    if shape is None:
        raise InputError("Typical ranks are those of networks with one hidden layer, a power as "
                         f"activation and no bias, such as mlp:2,3,1:x^4; {model} is not one.")
    m, _, s, d = shape
    n = model.ambient_dimension
    evidence: dict[str, Any] = {}
    status = "proved"
    if d == 1:
        value, method = [min(m, s)], "ranks of matrices"
    elif m == 1 or (d == 2 and s == 1):
        value, method = [m], "one input" if m == 1 else "diagonal quadratic forms"
    elif (m, s) == (2, 1):
        if d > HIGHEST_DEGREE:
            raise InputError(f"Typical ranks of binary forms are proved up to the degree "
                             f"{HIGHEST_DEGREE}, not for {d}.")
        value, method = list(range(d // 2 + 1, d + 1)), "witnesses of all ranks between"
        evidence = {"witnesses": [witness(r) for r in value]}
    else:
        value, method, status = [-(-n // (m + s - 1)), n], "numbers of parameters", "bounds"
    return TypicalRanks.certified(model, "typical_ranks", value, status, method,
                                  time.perf_counter() - start, evidence)


def _linear(model: Model) -> tuple[int, int, int, int] | None:
    """Inputs, hidden units, outputs and the degree 1 if the model is Σ_i b_i (a_i x)."""
    match model.layers:
        case (Dense(bias=False) as hidden, Dense(bias=False) as last):
            return hidden.inputs, hidden.outputs, last.outputs, 1
    return None


def witness(r: int) -> dict[str, Any]:
    """
    Numbers t_j and c_j, such that g = Σ c_j (x + t_j y)^r has r distinct real roots.

    g = Π (x - k y), for r numbers k around 0, has real rank r.  The forms Π (t_j x - y) of
    degree r that are apolar to it satisfy one linear equation, so that all t_j but one may be
    chosen, and no c_j is 0.

    EXAMPLES::

        >>> witness(2)
        {'places': ['-1', '1/3'], 'weights': ['-1/8', '9/8']}
    """
    roots = fmpq_poly([1])
    for k in range(r):
        roots *= fmpq_poly([-(k - r // 2), 1])
    g = [roots[r - i] for i in range(r + 1)]  # the coefficients of x^r, x^(r-1) y, ...
    a = [c / math.comb(r, i) for i, c in enumerate(g)]
    for shift in itertools.count():
        t = [fmpq((k + 1) // 2 * (-1) ** k, 1 + shift) + shift for k in range(1, r)]
        others = fmpq_poly([1])
        for c in t:
            others *= fmpq_poly([-1, c])
        h = [others[r - 1 - i] for i in range(r)]
        by_x, by_y = (sum((b * c for b, c in zip(part, h)), fmpq(0)) for part in (a, a[1:]))
        if by_x and by_y / by_x not in t:  # the last factor, t x - y, is apolar to h(∂) g
            t.append(by_y / by_x)
            break
    powers = fmpq_mat([[b**i for b in t] for i in range(r)])
    weights = powers.solve(fmpq_mat([[c] for c in a[:r]])).entries()
    return {"places": _texts(t), "weights": _texts(weights)}


def _texts(numbers: list[fmpq]) -> list[str]:
    return [decimal(Fraction(int(c.p), int(c.q))) for c in numbers]
