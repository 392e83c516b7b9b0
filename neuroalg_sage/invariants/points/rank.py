"""
The rank of Dφ at given weights, the parameters that are not determined there, and singular values.

The rank modulo a prime is a lower bound over Q.  Exact vectors in the kernel, or the generic rank,
bound it from above.  Where these do not meet it, the rank is that modulo several random primes.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from neuroalg_sage.certificates.points.error_bound import error_bound
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.trust import RANDOM
from neuroalg_sage.invariants.dimension.dimension import TRIALS, jacobian_at, rank_trial
from neuroalg_sage.invariants.points.kernel import (
    MOST_WRITTEN_OUT,
    Kernel,
    derivative_rows,
    known_kernel,
    whole_kernel,
)
from neuroalg_sage.invariants.points.point import AtPoint, Place

MOST_ENTRIES = 40_000_000  # of a Jacobian modulo a prime
MOST_ENTRIES_OF_A_PART = 4_000_000  # of it where it is too large as a whole
MOST_SINGULAR_VALUES = 4_000_000  # entries of the matrix
SHOWN = 8


@dataclass(frozen=True, eq=False, repr=False)
class RankAtPoint(AtPoint):
    """
    The rank of Dφ(w).

    - ``parameters`` -- how many there are
    - ``generic`` -- the generic rank, the dimension; None if it is not known
    - ``orbit`` -- the dimension of the kernel that linear symmetries explain
    """

    parameters: int = 0
    generic: Invariant | None = field(default=None, repr=False)
    orbit: int = 0

    def __repr__(self) -> str:
        return Invariant.__repr__(self)

    def sentence(self) -> str:
        own = super().sentence()
        if self.generic is None:
            return own
        status = self.generic.qualified_status()
        if self.status == "bounds" or self.generic.status == "bounds":
            return f"{own}; the generic rank is {self.generic.sentence()} ({status})"
        missing = self.generic.data - self.data
        return f"{own}; the generic rank is {self.generic.data} ({status})" + (
            f", so that {missing} is lost here: w is a critical point of φ" if missing > 0 else
            ", so that it is full here")

    def lines(self, spec: str = "SPEC") -> list[str]:
        if self.status == "bounds":
            return []
        kernel = self.parameters - self.data
        more = kernel - self.orbit
        return [f"  the kernel of Dφ(w) has dimension {kernel}, of which linear symmetries explain "
                f"{self.orbit}" + (f", and {more} not" if more else "")]

    def plain_value(self) -> Any:
        generic = None if self.generic is None else {
            "value": self.generic.plain_value(), "status": self.generic.status}
        return {"rank": super().plain_value(), "generic_rank": generic,
                "parameters": self.parameters, "kernel_of_symmetries": self.orbit}


class UnidentifiedParameters(AtPoint):
    """The numbers of the parameters that the kernel moves, and of those that it does not."""

    def sentence(self) -> str:
        free, fixed = map(len, self.data)
        rest = self.count - free - fixed
        return (f"{free} of {self.count} parameters change along the kernel of Dφ(w)"
                + (f", {fixed} do not" if fixed else "")
                + (f"; of {rest} it is not known" if rest else ""))

    @property
    def count(self) -> int:
        """How many parameters there are."""
        assert self.certificate is not None
        return len(self.certificate["model"]["weights"])

    def plain_value(self) -> Any:
        return {"not_identified": self.data[0], "identified": self.data[1]}


@dataclass(frozen=True, eq=False, repr=False)
class NamedParameters(UnidentifiedParameters):
    """
    The same, with names.

    - ``names`` -- of the parameters
    - ``beyond`` -- those that move along vectors which linear symmetries do not explain
    """

    names: list[str] = field(default_factory=list, repr=False)
    beyond: tuple[int, ...] = ()

    def lines(self, spec: str = "SPEC") -> list[str]:
        found = []
        for title, numbers in (
                ("not identified", self.data[0]), ("identified", self.data[1]),
                ("not identified, and not by a linear symmetry alone", self.beyond)):
            if numbers:
                shown = ", ".join(self.names[i] for i in numbers[:SHOWN])
                more = len(numbers) - SHOWN
                found.append(f"  {title}: {shown}" + (f", ... and {more} more" if more > 0 else ""))
        return found

    def plain_value(self) -> Any:
        return {name: [self.names[i] for i in numbers] for name, numbers in (
            ("not_identified", self.data[0]), ("identified", self.data[1]),
            ("beyond_symmetries", self.beyond))}


class SingularValues(AtPoint):
    """The singular values of Dφ(w), the largest first, in floating point."""

    def __repr__(self) -> str:
        return Invariant.__repr__(self)

    def sentence(self) -> str:
        values = self.data
        shown = ", ".join(f"{c:.4g}" for c in (values if len(values) <= SHOWN else
                                               [*values[:4], *values[-4:]]))
        return f"{len(values)} values" + (f", the largest and the smallest {shown}"
                                          if len(values) > SHOWN else f": {shown}")

    def value_in_latex(self) -> str:
        from neuroalg_sage.models.latex import words

        return words(self.sentence())


class RankSearch:
    """
    The rank at a point, and the kernel with it; both are found once.

    INPUT:

    - ``place`` -- the point
    - ``generic`` -- the dimension, None if it is not known
    - ``seed`` -- for the random choices
    - ``progress`` -- called with lines of text
    """

    def __init__(self, place: Place, generic: Invariant | None, seed: int | None,
                 progress: Any = lambda message: None) -> None:
        self.place, self.generic, self.progress = place, generic, progress
        self.generator = random.Random(seed) if seed is not None else random.SystemRandom()
        self.start = time.perf_counter()
        self.kernel = self._search()

    def _trial(self, largest: int, bound: int) -> tuple[dict[str, Any], int]:
        trial, found, _ = rank_trial(self.place.model, self.generator, lambda p, point: bound,
                                     largest, weights=self.place.weights)
        del trial["point"]  # these are the weights
        return trial, found

    def _search(self) -> Kernel:
        """The kernel, as far as it is known; the rank by the way."""
        model = self.place.model
        count = model.parameter_count
        prime = modular.random_prime(self.generator)
        while any(c.denominator % prime == 0 for c in self.place.weights):
            prime = modular.random_prime(self.generator)
        self.progress("directions in which the function does not change")
        known = known_kernel(self.place, prime)
        bound = min(model.ambient_dimension, count - len(known.all))
        self.is_whole = bound * count <= MOST_ENTRIES
        self.progress("rank of the Jacobian at the weights")
        if not self.is_whole:
            self.trial, self.rank = self._part(prime)
            return known
        self.trial, self.rank = self._trial(modular.LARGEST_FAST_PRIME, bound)
        if self.rank == count - len(known.all):
            return known
        self.progress("kernel of the Jacobian over Q")
        whole = whole_kernel(self.place, known)
        return known if whole is None else whole

    def _part(self, prime: int) -> tuple[dict[str, Any], int]:
        """A lower bound by few inputs, and if there are many outputs by combinations of these."""
        model = self.place.model
        rows = max(1, MOST_ENTRIES_OF_A_PART // model.parameter_count)
        number = rows // model.output_count
        combinations = None if number else [self.generator.randrange(prime) for _ in range(rows)]
        inputs = np.array([[self.generator.randrange(prime) for _ in range(model.input_count)]
                           for _ in range(number or rows)], dtype=np.int64)
        point = self.place.rebuilt.modulo(prime)
        entries = jacobian_at(model, point, inputs, prime, combinations)
        trial: dict[str, Any] = {"prime": prime, "inputs": inputs.tolist()}
        return (trial if number else trial | {"combinations": combinations},
                modular.rank(entries, prime))

    @property
    def spans(self) -> bool:
        """Whether the kernel is known to be all."""
        return self.rank + len(self.kernel.all) == self.place.model.parameter_count

    def answer(self) -> RankAtPoint:
        """The rank, with its proof."""
        place, count = self.place, self.place.model.parameter_count
        known: dict[str, Any] = {"parameters": count, "generic": self.generic,
                                 "orbit": len(self.kernel.tangents)}

        def found(data: Any, status: str, method: str, evidence: Any, trust: Any = None,
                  error: float | None = None) -> RankAtPoint:
            return RankAtPoint.certified(
                place, "rank", data, status, method, time.perf_counter() - self.start, evidence,
                trust, error_bound=error, **known)

        evidence: dict[str, Any] = {"trials": [self.trial]}
        if self.spans:
            return found(self.rank, "proved", "rank modulo a prime, and vectors in the kernel",
                         evidence | {"upper": self.kernel.evidence})
        generic = self.generic
        if generic is not None and generic.status == "proved" and generic.data == self.rank:
            assert generic.certificate is not None
            proof = generic.certificate["evidence"]
            return found(self.rank, "proved", "rank modulo a prime, and the dimension",
                         evidence | {"upper": {"kind": "generic", "upper": proof["upper"],
                                               "trial": proof["trials"][0]}}, generic.trust)
        most = count - len(self.kernel.all)
        if not self.is_whole:
            if self.place.model.ambient_dimension < most:
                return found([self.rank, self.place.model.ambient_dimension], "bounds",
                             "rank at few inputs modulo a prime, and the ambient dimension",
                             evidence | {"upper": {"kind": "generic", "upper": {"kind": "ambient"},
                                                   "trial": self.trial}})
            return found([self.rank, most], "bounds",
                         "rank at few inputs modulo a prime, and vectors in the kernel",
                         evidence | {"upper": self.kernel.evidence})
        trials = [self._trial(modular.LARGEST_PRIME, min(
            self.place.model.ambient_dimension, most)) for _ in range(TRIALS)]
        best = max(rank for _, rank in trials)
        agreeing = [trial for trial, rank in trials if rank == best]
        special = self.place.model.input_degree + self.place.model.output_count
        error = float(error_bound(self.place.rebuilt, best, [
            len(trial["inputs"]) * special for trial in agreeing])) * (1 + 1e-9)
        return found(best, "monte_carlo", f"rank modulo {len(agreeing)} random primes",
                     {"trials": agreeing}, [RANDOM], error)

    def unidentified(self) -> NamedParameters:
        """The parameters that the kernel moves, with the proof."""
        vectors, count = self.kernel.all, self.place.model.parameter_count
        moved = {i for vector in vectors for i in vector}
        fixed = sorted(set(range(count)) - moved) if self.spans else []
        beyond = {i for vector in [*self.kernel.local, *self.kernel.vectors] for i in vector}
        return NamedParameters.certified(
            self.place, "unidentified_parameters", [sorted(moved), fixed], "proved",
            "vectors in the kernel" + (", which span it" if self.spans else ""),
            time.perf_counter() - self.start,
            {"trials": [self.trial], "upper": self.kernel.evidence},
            names=self.place.parameter_names, beyond=tuple(sorted(beyond)))


def singular_values(place: Place) -> SingularValues:
    """
    The singular values of Dφ(w), from W with the standard metric to V with that of coefficients.

    Raises LimitReached if Dφ(w) is too large to be written out.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> singular_values(Place(with_weights(parse_spec("linear:1,1,1"), [3, 4])))
        [5.0, 0.0] (numerical)
    """
    start = time.perf_counter()
    model = place.model
    size = model.parameter_count
    if size > MOST_WRITTEN_OUT or size * min(model.ambient_dimension, 10**9) > MOST_SINGULAR_VALUES:
        rows = model.ambient_dimension
        raise LimitReached(
            f"The singular values of a matrix with {size:,} columns and "
            + (f"{rows:,}" if rows < 10**12 else "over 10^12") + " rows are not computed.")
    vectors = derivative_rows(place)
    matrix = np.zeros((max(len(vectors), 1), size))
    for row, vector in zip(matrix, vectors):
        for i, c in vector.items():
            try:
                row[i] = float(c)
            except OverflowError:
                raise LimitReached("Singular values are found in floating point, and an entry of "
                                   "the derivative is too large for it.") from None
    values = np.zeros(size)
    found = np.linalg.svd(matrix, compute_uv=False)
    values[:len(found)] = found
    return SingularValues("singular_values", [float(c) for c in values], "numerical",
                          "singular value decomposition in floating point", None,
                          time.perf_counter() - start)
