"""
The line of one model: its invariants, or why there are none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import EngineError, InputError, LimitReached, NeuroAlgError
from neuroalg_sage.invariants.answers.presentation import in_words
from neuroalg_sage.questions import before_all

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.models.model import Model
    from neuroalg_sage.neuromanifold.core import Core

LARGEST_LIMIT = 10**9
DEFAULT_INVARIANTS = ("dimension", "expected_dimension", "defect", "is_filling")

Line = dict[str, Any]
Source = str | dict[str, Any]  # a spec, or the description of a model


@dataclass(frozen=True)
class Settings:
    """
    What is computed for each model, and within which limits.

    - ``invariants`` -- names of invariants
    - ``seed`` -- integer for all random choices; by default they are fresh
    - ``certificates`` -- whether the lines hold certificates, which are large
    - ``timeout`` -- seconds for one model
    - ``memory_gb`` -- gigabytes for one worker
    - ``cache`` -- whether answers are taken from the cache that ``NEUROALG_CACHE`` names, and kept

    Raises InputError for a limit that is none.
    """

    invariants: tuple[str, ...] = DEFAULT_INVARIANTS
    seed: int | None = None
    certificates: bool = False
    timeout: float | None = None
    memory_gb: float | None = None
    cache: bool = False

    def __post_init__(self) -> None:
        for limit, role in ((self.timeout, "seconds"), (self.memory_gb, "gigabytes")):
            if limit is not None and not (isinstance(limit, Real) and 0 < limit < LARGEST_LIMIT):
                raise InputError(f"A limit is a positive number of {role} below "
                                 f"{LARGEST_LIMIT:,}, not {limit!r:.40}.")

    @property
    def is_from_ranks(self) -> bool:
        """
        Whether all follow from ranks alone; a neuromanifold would start Macaulay2 to prove more.
        """
        return set(before_all()).issuperset(self.invariants)


def check_jobs(jobs: int | None) -> None:
    """Raise InputError for what is no number of jobs."""
    if jobs is not None and not (isinstance(jobs, Integral) and jobs >= 1):
        raise InputError(f"The number of jobs is a whole number, at least 1, not {jobs!r:.40}.")


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
        raise InputError("Name at least one invariant, such as dimension.")
    return checked


def _asked(model: Model, settings: Settings, elapsed: float) -> Core:
    """Who answers for a model, on which some seconds were spent."""
    from neuroalg_sage.neuromanifold import NeuroManifold
    from neuroalg_sage.neuromanifold.dimension import DimensionQuestions

    asked = DimensionQuestions if settings.is_from_ranks else NeuroManifold
    manifold = asked(model, memory_gb=settings.memory_gb, seed=settings.seed,
                     cache=settings.cache)
    if settings.timeout is not None:
        manifold.computation.end_within(max(settings.timeout - elapsed, 0.0))
    return manifold


def _written(invariant: Invariant, certificates: bool) -> dict[str, Any]:
    page = {"value": invariant.plain_value(), "status": invariant.status,
            "trust": invariant.trust, "method": invariant.method,
            "seconds": round(invariant.seconds, 4)}
    if (text := invariant.sentence()) != in_words(page["value"], invariant.status):
        page["text"] = text
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


def failed(spec: Source, settings: Settings, message: str, exit_code: int, seconds: float) -> Line:
    """The line of a model of which nothing was found."""
    return {"spec": spec, "results": {}, "errors": dict.fromkeys(settings.invariants, message),
            "exit_code": exit_code, "seconds": round(seconds, 4)}


def _order(names: Sequence[str]) -> list[str]:
    """Names in the order in which they are asked: what others rest on, and costs little, first."""
    first = before_all()
    return sorted(names, key=lambda name: first.index(name) if name in first else len(first))


def answer(spec: Source, settings: Settings,
           interrupt_after: Callable[[float], None] = lambda seconds: None) -> Line:
    """
    The line of one model, computed in this process.

    Whatever goes wrong is in the line.  What takes long leaves time for what is asked after it.

    INPUT:

    - ``spec`` -- a spec, or the description of a model
    - ``settings`` -- what is computed
    - ``interrupt_after`` -- called with the seconds after which LimitReached is raised, from
      outside; without it the limit on time is kept by engines only

    EXAMPLES::

        >>> line = answer("linear:3,2,3", Settings(("dimension", "is_filling")))
        >>> {name: result["value"] for name, result in line["results"].items()}
        {'dimension': 8, 'is_filling': False}
    """
    from neuroalg_sage.models.families import parse_spec
    from neuroalg_sage.models.sources import model_from_data

    start = time.perf_counter()
    parameters: int | None = None
    found: dict[str, Invariant] = {}
    results: dict[str, Any] = {}
    errors: dict[str, str] = {}
    codes: list[int] = []
    names = _order(settings.invariants)
    cheap = before_all()
    try:
        model = parse_spec(spec) if isinstance(spec, str) else model_from_data(spec)
        parameters = model.parameter_count - model.scales
        manifold = _asked(model, settings, time.perf_counter() - start)
        while names:
            others_wait = len(names) > 1 and names[0] not in cheap
            try:
                with manifold.computation.share() if others_wait else nullcontext():
                    left = manifold.computation.seconds_left()
                    if left is not None:
                        interrupt_after(left)
                    found[names[0]] = manifold.compute(names[0])
            except NeuroAlgError as error:
                if (isinstance(error, LimitReached) and settings.timeout is not None
                        and time.perf_counter() - start >= settings.timeout):
                    raise  # the time of the model is up, not that of the invariant
                errors[names[0]], code = sentence(error)
                codes.append(code)
            names.pop(0)
        for name in found:  # a later answer may have proved an earlier one
            results[name] = _written(manifold.compute(name), settings.certificates)
    except Exception as error:  # a survey of thousands does not end for one of them
        message, code = sentence(error)
        codes.append(code)
        for name, invariant in found.items():
            if name not in results:
                results[name] = _written(invariant, settings.certificates)
        errors |= dict.fromkeys((name for name in names if name not in results), message)
    line: Line = {"spec": spec, "results": {name: results[name] for name in settings.invariants
                                            if name in results}}
    if parameters is not None:
        line["parameters"] = parameters
    if errors:
        line |= {"errors": errors, "exit_code": 1 if 1 in codes else max(codes)}
    return line | {"seconds": round(time.perf_counter() - start, 4)}


def without_certificates(line: Line) -> Line:
    """A line without its certificates, which are large."""
    return line | {"results": {
        name: {key: value for key, value in result.items() if key != "certificate"}
        for name, result in line["results"].items()}}
