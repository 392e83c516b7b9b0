"""
Which numbers of real preimages the functions of M have, up to symmetries.

Real parameters are sampled, and the real points of the fibers of their functions are listed, with
proof; see :mod:`~neuroalg_sage.certificates.real.preimages`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.real.preimages import (
    ERROR,
    LARGEST,
    MOST_SAMPLES,
    ball,
    classes,
    frequencies,
    parameters,
)
from neuroalg_sage.certificates.real.scalings import scalings as verified_symmetries
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.finite_symmetries import permutations, roots_of_unity
from neuroalg_sage.invariants.dimension.functions import image
from neuroalg_sage.invariants.fibers.special_fiber import fiber_equations, parameter_names
from neuroalg_sage.invariants.real.theorems import number_of
from neuroalg_sage.invariants.singularities.decomposition import (
    decompose,
    fractions,
    presentation,
)
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import kernel, to_flint

MOST_PARAMETERS = 12
SECONDS = 20.0  # for one fiber
ORDERS = 20  # of the parameters, in which scalings are looked for


class RealPreimageNumbers(Invariant):
    """The numbers of real preimages of sampled functions."""

    def sentence(self) -> str:
        if self.status == "proved":
            return f"infinitely many, of dimension {self.data['dimension']}" + (
                " modulo scalings" * bool(self.data["scalings"]))
        seen = [str(k) for k, *_ in self.data["numbers"]]
        return (" and ".join([", ".join(seen[:-1]), seen[-1]] if len(seen) > 1 else seen)
                or "none was found") + " occur" + "s" * (len(seen) == 1)

    def lines(self, spec: str = "SPEC") -> list[str]:
        if self.status == "proved":
            return []
        data = self.data
        count = data["samples"]
        scaled = data["scalings"]
        up_to = [number_of(scaled, "scaling")] * bool(scaled)
        if data["finite"]:
            up_to.append(f"what {number_of(len(data['finite']), 'signed permutation')} of the "
                         f"parameters generate{'s' * (len(data['finite']) == 1)}")
        lines = [f"  up to {' and '.join(up_to) or 'nothing'}; of {count} functions, whose "
                 f"parameters are whole numbers from -{LARGEST} to {LARGEST}; seed {data['seed']}"]
        for k, least, most, low, high in data["numbers"]:
            unclear = f", {most - least} not decided" if most > least else ""
            lines.append(f"  {k} real {'preimage' if k == 1 else 'preimages'}: {least} of them"
                         f"{unclear}, probability from {low} to {high}")
        return [*lines, "  each interval holds with probability at least "
                f"{1 - float(ERROR.p) / float(ERROR.q):.0%}; other numbers may occur"]


@dataclass(frozen=True)
class Scalings:
    """
    Independent scalings that φ does not see.

    - ``weights`` -- the exponents with which each scales the parameters
    - ``places`` -- for each scaling a parameter that it alone of them scales, with exponent 1
    """

    weights: list[list[int]]
    places: list[int]


def scalings(phi: Parametrization) -> Scalings | None:
    """
    All scalings of the parameters that φ does not see; None if no places for them are found.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> scalings(parametrization(parse_spec("mlp:2,1,1:x^3")))
        Scalings(weights=[[1, 1, -3]], places=[0])
    """
    count = phi.model.parameter_count
    exponents = sorted({e for f in phi.polynomials for e in f})
    order, generator = list(range(count))[::-1], random.Random(1)
    for _ in range(ORDERS):
        rows = kernel([[e[i] for i in order] for e in exponents], count)
        if all(c.denominator == 1 for row in rows for c in row.values()):
            # Each row is 1 at a place where the others are 0, the last in this order.
            weights = [[int(row.get(order.index(i), 0)) for i in range(count)] for row in rows]
            places = [next(order[j] for j, c in row.items() if c == 1 and not any(
                j in other for other in rows if other is not row)) for row in rows]
            pairs = sorted(zip(places, weights))
            return Scalings([w for _, w in pairs], [p for p, _ in pairs])
        generator.shuffle(order)
    return None


def _signed_permutations(phi: Parametrization) -> Iterator[dict[str, Any]]:
    """Signed permutations with φ ∘ A = φ that are no scalings of ours, as far as they are known."""
    count = phi.model.parameter_count
    for permutation in permutations(phi):
        yield {"permutation": permutation, "signs": [1] * count}
    order, vectors = roots_of_unity(phi)
    for vector in vectors if order % 2 == 0 else ():
        # The power of a root of unity that is -1, or 1.
        yield {"permutation": list(range(count)), "signs": [(-1) ** (k % 2) for k in vector]}


def real_preimage_numbers(phi: Parametrization, dimension: Invariant, samples: int,
                          seed: int | None, computation: Computation) -> Invariant:
    """
    The numbers of real preimages of sampled functions of M, up to scalings and finite symmetries.

    INPUT:

    - ``phi`` -- the parametrization, of at most 12 parameters
    - ``dimension`` -- of M
    - ``samples`` -- the number of functions
    - ``seed`` -- of their parameters
    - ``computation`` -- session and limits

    OUTPUT: :class:`RealPreimageNumbers`, a dictionary; if the fibers have a positive dimension
    modulo the scalings, that dimension

    Raises LimitReached for more parameters.

    REFERENCES: [CP1934]_ for the intervals
    """
    start = time.perf_counter()
    model = phi.model
    count = model.parameter_count
    if count > MOST_PARAMETERS:
        raise LimitReached(f"Real preimages are counted for at most {MOST_PARAMETERS} parameters; "
                           f"{model} has {count}.")
    if not 1 <= samples <= MOST_SAMPLES:
        raise InputError(f"The number of samples is from 1 to {MOST_SAMPLES}, not {samples}.")
    if seed is None:
        seed = random.SystemRandom().getrandbits(32)
    if not 0 <= seed < 2**53:
        raise InputError(f"The seed of samples is a whole number from 0 to 2^53, not {seed}.")
    found = scalings(phi)
    if found is None:
        raise LimitReached(f"No normal form for the scalings of the parameters of {model} is "
                           "known.")
    symmetries: dict[str, Any] = {"weights": found.weights, "places": found.places}
    if dimension.data + len(found.places) < count:
        if dimension.certificate is None or dimension.status != "proved":
            raise LimitReached(f"The dimension of the fibers of {model} is not proved.")
        value: dict[str, Any] = {"dimension": count - dimension.data - len(found.places),
                                 "scalings": len(found.places)}
        evidence = symmetries | {"dimension": dimension.data,
                                 "dimension_evidence": dimension.certificate["evidence"]}
        return RealPreimageNumbers.certified(
            model, "real_preimage_dimension", value, "proved", "the rank of the Jacobian",
            time.perf_counter() - start, evidence, dimension.trust)
    rebuilt = RebuiltModel(model.describe())
    finite: list[dict[str, Any]] = []
    for candidate in _signed_permutations(phi):
        try:
            verified_symmetries(rebuilt, symmetries, [candidate])
        except CertificateError:
            continue
        finite.append(candidate)
    known = verified_symmetries(rebuilt, symmetries, finite)
    fibers: list[dict[str, Any] | None] = []
    numbers: list[int | None] = []
    trust: set[str] = set()
    for index in range(samples):
        computation.progress(f"real preimages: fiber {index + 1} of {samples}")
        fiber = _fiber(phi, parameters(count, seed, index), found, computation)
        number = None
        if fiber is not None:
            boxes = [[ball(*map(to_flint, side)) for side in box] for component in fiber[1]
                     for box in component]
            number = classes(boxes, known)
        numbers.append(number)
        fibers.append(None if fiber is None or number is None else fiber[0])
        trust |= set() if fiber is None or number is None else set(fiber[2])
    if not any(fibers):
        raise LimitReached(f"The real points of no fiber of {model} were found within the limits.")
    value = {"seed": seed, "samples": samples, "scalings": len(found.places),
             "finite": finite, "numbers": frequencies(numbers)}
    return RealPreimageNumbers.certified(
        model, "real_preimage_numbers", value, "monte_carlo",
        "real points of fibers over sampled functions", time.perf_counter() - start,
        symmetries | {"fibers": fibers}, sorted(trust), versions=computation.versions(),
        error_bound=float(ERROR.p) / float(ERROR.q))


def _fiber(phi: Parametrization, w: Sequence[int], found: Scalings, computation: Computation
           ) -> tuple[dict[str, Any], list[Any], list[str]] | None:
    """
    The real points of the fiber over φ(w) in normal form: the evidence, the boxes of each
    component, and whom to trust; None if they are not finitely many, or not found.
    """
    names, title = parameter_names(phi), f"a fiber of {phi.model}"
    f = image(phi, [Fraction(c) for c in w])
    ones: list[tuple[int, int]] = []
    outside = []
    try:
        with computation.share(SECONDS):
            for p in found.places:
                shown = presentation(fiber_equations(phi, f, [*ones, (p, 0)]), names, computation,
                                     f"{title} without normal form")
                if shown is None or len(shown["basis"].entries) != 1 or any(
                        map(any, shown["basis"].entries[0])):
                    return None
                scale = Fraction(next(iter(shown["basis"].entries[0].values())))
                outside.append([encode_polynomial({e: c / scale for e, c in fractions(g).items()})
                                for g in shown["cofactors"].entries])
                ones.append((p, 1))
            part = decompose(fiber_equations(phi, f, ones), names, computation, title)
    except LimitReached:
        if computation.is_over():
            raise
        return None
    if any(c.real_points is None for c in part.components):
        return None
    return ({"outside": outside, "components": part.claim, "evidence": part.evidence},
            [c.real_points for c in part.components], part.trust)
