"""
How long polynomials take from Sage to Macaulay2 and back to Sage.

The baseline is Sage's own conversion, ``macaulay2(p).sage()``.  It asks about each term, so
its time is linear in the number of terms: it is measured on a slice and extrapolated, unless
the whole is asked for.

    python benchmarks/transfer.py            the baseline on a slice
    python benchmarks/transfer.py --full     the baseline on the whole (minutes)
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import sage.all__sagemath_singular  # noqa: F401
from sage.interfaces.macaulay2 import Macaulay2 as SageMacaulay2
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

from neuroalg_sage.engines.macaulay2 import Macaulay2, Script
from neuroalg_sage.engines.transfer import PolynomialMatrix

VARIABLES = 9
TERMS = 10_000
GENERATORS, TERMS_OF_A_GENERATOR = 200, 40
SLICE = 300  # terms on which the baseline is measured
REPETITIONS = 5
GOAL = 200


def polynomial(ring: Any, terms: int, source: random.Random) -> Any:
    """A random polynomial with so many terms, of degree at most 3 in each variable."""
    found: dict[tuple[int, ...], Any] = {}
    while len(found) < terms:
        exponents = tuple(source.randrange(4) for _ in range(VARIABLES))
        found[exponents] = QQ((source.randrange(1, 10**6), source.randrange(1, 100)))
    return ring(found)


def seconds(action: Callable[[], Any], repetitions: int = 1) -> float:
    """The median time of an action."""
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compare(name: str, whole: Any, part: Any, terms: int, terms_of_part: int, full: bool,
            session: Macaulay2, sage: SageMacaulay2) -> None:
    """Print both times for one object and their ratio."""
    data = PolynomialMatrix.from_sage(whole)
    parent = data.ring.to_sage()

    def there_and_back(value: PolynomialMatrix) -> PolynomialMatrix:
        return session.run(Script(name, {"f": value}, "", {"f": "f"}))["f"]

    def whole_way() -> Any:
        return there_and_back(PolynomialMatrix.from_sage(whole)).to_sage(parent)

    assert there_and_back(data) == data and whole_way() == whole
    plain = seconds(lambda: there_and_back(data), REPETITIONS)
    ours = seconds(whole_way, REPETITIONS)
    measured = whole if full else part
    start = time.perf_counter()
    assert sage(measured).sage() == measured
    baseline = time.perf_counter() - start
    note = "measured"
    if not full:
        baseline *= terms / terms_of_part
        note = f"extrapolated linearly from {terms_of_part} terms"
    print(f"{name}:\n"
          f"  macaulay2(p).sage()            {baseline:9.3f} s  ({note})\n"
          f"  Sage to Macaulay2 and back     {ours:9.3f} s  {baseline / ours:7.0f} times faster; "
          f"goal {GOAL}\n"
          f"  Python to Macaulay2 and back   {plain:9.3f} s  {baseline / plain:7.0f} times faster",
          flush=True)


def main() -> None:
    full = "--full" in sys.argv[1:]
    source = random.Random(0)
    ring = PolynomialRing(QQ, VARIABLES, "z")
    session, sage = Macaulay2(), SageMacaulay2()
    sage(ring.gen(0)).sage()
    compare(f"a polynomial with {TERMS} terms in {VARIABLES} variables",
            polynomial(ring, TERMS, source), polynomial(ring, SLICE, source), TERMS, SLICE, full,
            session, sage)
    generators = [polynomial(ring, TERMS_OF_A_GENERATOR, source) for _ in range(GENERATORS)]
    count = SLICE // TERMS_OF_A_GENERATOR
    compare(f"an ideal with {GENERATORS} generators of {TERMS_OF_A_GENERATOR} terms",
            ring.ideal(generators), ring.ideal(generators[:count]),
            GENERATORS * TERMS_OF_A_GENERATOR, count * TERMS_OF_A_GENERATOR, full, session, sage)


if __name__ == "__main__":
    main()
