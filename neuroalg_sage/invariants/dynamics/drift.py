"""
A numerical check of conservation laws: integrate the flow, and watch them.

The loss is half the squared distance of φ(w) to a target.  So the flow follows
Σ_j (target_j - φ_j(w)) X_j and the drift, with the fields X_j from which the laws were found,
whatever the metric, the weight decay and the friction are.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuroalg_sage.errors import EngineError, InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap
from neuroalg_sage.invariants.dynamics.conservation_law import ConservationLaw
from neuroalg_sage.invariants.dynamics.vector_fields import VectorFields
from neuroalg_sage.storable import storable

TOLERANCES = {"rtol": 1e-10, "atol": 1e-12}


@storable()
@dataclass(frozen=True)
class Drift:
    """
    What an integration showed.

    - ``laws`` -- for each law its value at the start, and the largest change of it
    - ``moved`` -- the distance from φ(w) at the start to φ(w) at the end
    - ``loss`` -- the loss at the start and at the end
    - ``end`` -- where the flow ended: parameters, momenta, s
    """

    laws: list[tuple[float, float]]
    moved: float
    loss: tuple[float, float]
    end: list[float]

    @property
    def largest(self) -> float:
        """The largest change of a law, relative to its value where that is over 1."""
        return max((change / max(1.0, abs(value)) for value, change in self.laws), default=0.0)

    def __str__(self) -> str:
        return (f"the largest drift of a law is {self.largest:.1e}, while phi(w) moves by "
                f"{self.moved:.3g} and the loss changes from {self.loss[0]:.3g} to "
                f"{self.loss[1]:.3g}")


@dataclass(frozen=True, eq=False, repr=False)
class DriftAnswer(Invariant):
    """
    The drift of laws.  The value is a :class:`Drift`.

    - ``conserved`` -- the laws
    - ``flow`` -- in words
    """

    conserved: tuple[ConservationLaw, ...] = ()
    flow: str = ""

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {value:+.6f}, changed by {change:.1e}: {law!r}"
                for law, (value, change) in zip(self.conserved, self.data.laws)]

    def plain_value(self) -> dict[str, Any]:
        found: Drift = self.data
        laws = [{"law": str(law), "name": law.name, "start": value, "drift": change}
                for law, (value, change) in zip(self.conserved, found.laws)]
        return {"flow": self.flow, "laws": laws, "largest_drift": found.largest,
                "moved": found.moved, "loss": list(found.loss)}


def drift(space: VectorFields, laws: Sequence[ConservationLaw],
          start: Sequence[float] | None = None, target: Sequence[float] | None = None,
          duration: float = 1.0, momenta: Sequence[float] | None = None, seed: int | None = None
          ) -> DriftAnswer:
    """
    Integrate a flow towards a target with SciPy; how far do its laws drift?

    INPUT:

    - ``space`` -- the fields of the flow
    - ``laws`` -- polynomials in the parameters, and in what else the flow moves
    - ``start`` -- parameters; by default near the point where the metric is known to be
      positive definite, at random
    - ``target`` -- the coordinates of a function; by default those of other random parameters
    - ``duration`` -- for how long
    - ``momenta`` -- of the heavy ball at the start; by default random
    - ``seed`` -- integer for what is random

    OUTPUT: :class:`DriftAnswer`, ``numerical``

    Raises EngineError without SciPy, and where the integration fails.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dynamics.conservation_laws import law_search
        >>> from neuroalg_sage.invariants.dynamics.flows import Flow
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> search = law_search(parametrization(parse_spec("linear:2,2,2")), Flow(friction=1), 1)
        >>> found = drift(search.space, search.up_to(3), seed=1)
        >>> found.largest < 1e-7, found.moved > 1e-2
        (True, True)
    """
    try:
        from scipy.integrate import solve_ivp
    except ImportError:
        raise EngineError("Integrating a flow needs SciPy: pip install scipy.") from None
    begin = time.perf_counter()
    model = space.phi.model
    count, coordinates = model.parameter_count, len(space.phi.polynomials)
    generator = np.random.default_rng(seed)
    image = PolynomialMap(space.phi.polynomials, count)

    def near_the_metric() -> np.ndarray:
        center = np.array([float(c) for c in space.flow.positive_point(model)])
        return center * (1 + generator.uniform(-0.5, 0.5, count))

    def numbers(given: Sequence[float] | None, length: int, what: str, default: object
                ) -> np.ndarray:
        if given is None:
            return np.asarray(default() if callable(default) else default, dtype=float)
        found = np.array(given, dtype=float)
        if found.shape != (length,) or not np.isfinite(found).all():
            raise InputError(f"{what} of this flow must be a list of {length} numbers.")
        return found

    first = numbers(start, count, "The start", near_the_metric)
    goal = numbers(target, coordinates, "The target", lambda: image(near_the_metric()))
    if not 0 < duration < float("inf"):
        raise InputError("The time of an integration is a positive number.")
    whole = [first]
    if space.flow.friction is not None:
        whole.append(numbers(momenta, count, "The momenta",
                             lambda: generator.standard_normal(count)))
    elif momenta is not None:
        raise InputError("Only the heavy ball has momenta; name a flow with momentum.")
    point = np.concatenate([*whole, np.ones(space.count - count * len(whole))])
    flat = PolynomialMap([field.get(i, {}) for field in space.fields
                          for i in range(space.count)], space.count, derivatives=0)
    constants = PolynomialMap([h.polynomial for h in laws], space.count, derivatives=0)

    def speed(_: float, w: np.ndarray) -> np.ndarray:
        fields = flat(w).reshape(-1, space.count)
        total = (goal - image(w[:count])) @ fields[:coordinates]
        return total + fields[coordinates:].sum(axis=0)

    with np.errstate(all="ignore"):
        solution = solve_ivp(speed, (0.0, duration), point, **TOLERANCES)
    if not solution.success or not np.isfinite(solution.y).all():
        raise EngineError("The flow could not be integrated for so long; try a shorter time.")
    before = constants(point)
    values = np.array([constants(w) for w in solution.y.T]).reshape(solution.y.shape[1], len(laws))
    changes = np.abs(values - before).max(axis=0, initial=0.0)
    end = solution.y[:, -1]

    def loss(w: np.ndarray) -> float:
        return float(((image(w[:count]) - goal) ** 2).sum() / 2)

    found = Drift([(float(a), float(b)) for a, b in zip(before, changes)],
                  float(np.linalg.norm(image(end[:count]) - image(first))),
                  (loss(point), loss(end)), end.tolist())
    return DriftAnswer("drift", found, "numerical", "integration by SciPy", None,
                       time.perf_counter() - begin, None, tuple(laws), repr(space.flow))
