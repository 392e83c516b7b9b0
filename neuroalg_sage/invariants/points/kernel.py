"""
Directions in which the function of a point does not change to first order, exactly.

There are those of linear symmetries, S w; those that move what does not matter, or multiplies what
vanishes, or moves two units that are multiples of each other against one another; and where the
function can be written out, the kernel of its derivative by linear algebra over Q.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from neuroalg_sage.certificates.model import Step
from neuroalg_sage.certificates.points.first_order import first_order, tangent
from neuroalg_sage.certificates.points.states import ONE, States
from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension.known_symmetries import encode_symmetries
from neuroalg_sage.invariants.points.point import Place, SparseVector, encode, pivots
from neuroalg_sage.models.rational import fraction, kernel
from neuroalg_sage.models.symmetry import LinearSymmetry

MOST_SYMMETRIES = 3_000
MOST_LOCAL = 20_000
MOST_WRITTEN_OUT = 300  # parameters, where the derivative is written out


@dataclass
class Kernel:
    """
    Vectors in the kernel of Dφ(w) that are independent modulo a prime.

    - ``symmetries`` -- linear symmetries whose values at w these are
    - ``local`` -- vectors that change no entry that matters
    - ``vectors`` -- others
    - ``columns`` -- where the vectors are independent, modulo ``prime``
    """

    prime: int
    symmetries: list[LinearSymmetry] = field(default_factory=list)
    tangents: list[SparseVector] = field(default_factory=list)
    local: list[SparseVector] = field(default_factory=list)
    vectors: list[SparseVector] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)

    @property
    def all(self) -> list[SparseVector]:
        """All vectors."""
        return [*self.tangents, *self.local, *self.vectors]

    @property
    def evidence(self) -> dict[str, Any]:
        """What proves that they are in the kernel, and independent."""
        found: dict[str, Any] = {"kind": "kernel", "prime": self.prime, "columns": self.columns}
        if self.symmetries:
            found["symmetries"] = {"fields": encode_symmetries(self.symmetries)["fields"]}
        for name in ("local", "vectors"):
            if own := getattr(self, name):
                found[name] = list(map(encode, own))
        return found


def known_kernel(place: Place, prime: int) -> Kernel:
    """The vectors that symmetries and inactive entries give, at any size."""
    symmetries = place.model.symmetries
    if len(symmetries) > MOST_SYMMETRIES:
        raise LimitReached(f"There are {len(symmetries):,} linear symmetries, over the limit of "
                           f"{MOST_SYMMETRIES:,}.")
    tangents = [tangent(s.parameters, place.weights) for s in symmetries]
    local = list(_local(place))
    kept, columns = pivots([*tangents, *local], prime)
    count = len(tangents)
    return Kernel(prime, [symmetries[k] for k in kept if k < count],
                  [tangents[k] for k in kept if k < count],
                  [local[k - count] for k in kept if k >= count], [], columns)


def whole_kernel(place: Place, known: Kernel) -> Kernel | None:
    """
    All of the kernel, where the function can be written out: the vectors that are known, and
    others; None where it cannot.
    """
    size = place.model.parameter_count
    if size > MOST_WRITTEN_OUT:
        return None
    try:
        rows = derivative_rows(place)
    except (LimitReached, CertificateError):
        return None
    found = kernel(rows, size)
    before = known.all
    kept, columns = pivots([*before, *found], known.prime)
    return Kernel(known.prime, known.symmetries, known.tangents, known.local,
                  [found[k - len(before)] for k in kept if k >= len(before)], columns)


def derivative_rows(place: Place) -> list[SparseVector]:
    """Dφ(w): for each output and monomial in the inputs the derivatives by all parameters."""
    place.require_small_function("The derivative of the parametrization")
    units = [{i: Fraction(1)} for i in range(place.model.parameter_count)]
    rows: dict[tuple[int, tuple[int, ...]], SparseVector] = {}
    for output, (_, slopes) in enumerate(first_order(place.rebuilt, units)):
        for k, f in slopes.items():
            for e, c in zip(exponent_vectors(f), f.coeffs()):
                rows.setdefault((output, e), {})[k] = fraction(c)
    return [rows[key] for key in sorted(rows)]


def _reads_different(states: States, step: Step) -> bool:
    """Whether no entry that a step reads is constant, or a multiple of another one."""
    forms = [states.forms[s][i] for s, i in states.read_by(step)]
    found = {form[0] for form in forms if form is not None}
    return len(found) == len(forms) and ONE not in found


def _local(place: Place) -> Iterator[SparseVector]:
    """
    Vectors along which no entry that matters changes to first order.

    A parameter alone, or two of one step of which the one multiplies what is a multiple of what
    the other multiplies.
    """
    states = place.states
    if all(map(partial(_reads_different, states), states.steps)) and not states.unused():
        return
    # For each parameter what it does to entries that matter, in all steps that use it.
    effects: dict[int, dict[Any, Fraction]] = {}
    for number, step in enumerate(states.steps, 1):
        own = set(range(step.parameters))
        for p in own:
            effects.setdefault(step.offset + p, {})
        for i in range(step.width) if own else ():
            if (number, i) in states.matters_to_first_order:
                for v, total in states.slopes(step, i, own):
                    effect = effects[step.offset + v]
                    for key, c in total.items():
                        effect[number, i, key] = c
    seen: dict[Any, tuple[int, Fraction]] = {}
    count = 0
    for p, effect in effects.items():
        terms = {key: c for key, c in effect.items() if c}
        if count >= MOST_LOCAL:
            return
        if not terms:
            count += 1
            yield {p: Fraction(1)}
            continue
        lead = terms[min(terms)]
        name = next(iter(terms)) if len(terms) == 1 else frozenset(
            (key, c / lead) for key, c in terms.items())
        first, its_lead = seen.setdefault(name, (p, lead))
        if first != p:
            count += 1
            yield {p: Fraction(1), first: -lead / its_lead}
