"""
The line of one model: its invariants, or why there are none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import EngineError, InputError, LimitReached, NeuroAlgError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.models.model import Model

DEFAULT_INVARIANTS = ("dimension", "expected_dimension", "defect", "is_filling")

Line = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """
    What is computed for each model, and within which limits.

    - ``invariants`` -- names of invariants
    - ``seed`` -- integer for all random choices; by default they are fresh
    - ``certificates`` -- whether the lines hold certificates, which are large
    - ``timeout`` -- seconds for one model
    - ``memory_gb`` -- gigabytes for one worker
    """

    invariants: tuple[str, ...] = DEFAULT_INVARIANTS
    seed: int | None = None
    certificates: bool = False
    timeout: float | None = None
    memory_gb: float | None = None

    @property
    def is_from_ranks(self) -> bool:
        """
        Whether all follow from ranks alone; a neuromanifold would start Macaulay2 to prove more.
        """
        from neuroalg_sage.questions import before_all

        return set(before_all()).issuperset(self.invariants)


def check_invariants(names: Iterable[str]) -> tuple[str, ...]:
    """
    Names of invariants, each once.

    Raises InputError for an unknown name.

    EXAMPLES::

        >>> check_invariants(["defect", "dimension", "defect"])
        ('defect', 'dimension')
    """
    from neuroalg_sage.questions import computable

    checked = tuple(computable(name).name for name in dict.fromkeys(names))
    if not checked:
        raise InputError("A survey needs at least one invariant, such as dimension.")
    return checked


def _asked(model: Model, settings: Settings) -> Callable[[str], Invariant]:
    """Who answers for a model."""
    from neuroalg_sage.neuromanifold import NeuroManifold
    from neuroalg_sage.neuromanifold.dimension import DimensionQuestions

    asked = DimensionQuestions if settings.is_from_ranks else NeuroManifold
    manifold = asked(model, memory_gb=settings.memory_gb, seed=settings.seed)
    if settings.timeout is not None:
        manifold.computation.end_within(settings.timeout)
    return manifold.compute


def _written(invariant: Invariant, certificates: bool) -> dict[str, Any]:
    page = {"value": invariant.plain_value(), "status": invariant.status,
            "trust": invariant.trust, "method": invariant.method,
            "seconds": round(invariant.seconds, 4)}
    if invariant.error_bound is not None:
        page["error_bound"] = invariant.error_bound
    return page | ({"certificate": invariant.certificate} if certificates else {})


def sentence(error: Exception) -> tuple[str, int]:
    """An error as one sentence, and its exit code."""
    if isinstance(error, NeuroAlgError):
        return " ".join(str(error).split()), error.exit_code
    if isinstance(error, MemoryError):
        return "There is not enough memory; raise --memory.", LimitReached.exit_code
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}", EngineError.exit_code


def failed(spec: str, settings: Settings, message: str, exit_code: int, seconds: float) -> Line:
    """The line of a model of which nothing was found."""
    return {"spec": spec, "results": {}, "errors": dict.fromkeys(settings.invariants, message),
            "exit_code": exit_code, "seconds": round(seconds, 4)}


def answer(spec: str, settings: Settings) -> Line:
    """
    The line of one model, computed in this process.

    Whatever goes wrong is in the line; the limit on time is kept by engines only.

    EXAMPLES::

        >>> line = answer("linear:3,2,3", Settings(("dimension", "is_filling")))
        >>> {name: result["value"] for name, result in line["results"].items()}
        {'dimension': 8, 'is_filling': False}
    """
    from neuroalg_sage.models.families import parse_spec

    start = time.perf_counter()
    found: dict[str, Invariant] = {}
    results: dict[str, Any] = {}
    errors: dict[str, str] = {}
    codes: list[int] = []
    names = list(settings.invariants)
    try:
        model = parse_spec(spec)
        compute = _asked(model, settings)
        while names:
            try:
                found[names[0]] = compute(names[0])
            except NeuroAlgError as error:
                if (isinstance(error, LimitReached) and settings.timeout is not None
                        and time.perf_counter() - start >= settings.timeout):
                    raise  # the time of the model is up, not that of the invariant
                errors[names[0]], code = sentence(error)
                codes.append(code)
            names.pop(0)
        for name in found:  # a later answer may have proved an earlier one
            results[name] = _written(compute(name), settings.certificates)
    except Exception as error:  # a survey of thousands does not end for one of them
        message, code = sentence(error)
        codes.append(code)
        for name, invariant in found.items():
            if name not in results:
                results[name] = _written(invariant, settings.certificates)
        errors |= dict.fromkeys((name for name in names if name not in results), message)
    line: Line = {"spec": spec, "results": results}
    if errors:
        line |= {"errors": errors, "exit_code": 1 if 1 in codes else max(codes)}
    return line | {"seconds": round(time.perf_counter() - start, 4)}


def without_certificates(line: Line) -> Line:
    """A line without its certificates, which are large."""
    return line | {"results": {
        name: {key: value for key, value in result.items() if key != "certificate"}
        for name, result in line["results"].items()}}
