"""
Descriptions of M by equations and inequalities: theorems, verified steps of elimination, and QEPCAD
alone, side by side.

    python benchmarks/semialgebraic.py

QEPCAD alone is asked for the w with z = φ(w), without any normal form, within a limit of 60 s.
Descriptions of the same M are compared at small points.
"""

from __future__ import annotations

import argparse
import random
import time
from fractions import Fraction
from typing import Any

from neuroalg_sage import NeuroManifold
from neuroalg_sage.engines import qepcad
from neuroalg_sage.errors import EngineError, LimitReached

SPECS = ("mlp:2,2,1:x^3", "cnn:2,2,2", "cnn:2,2", "mlp:2,1,1:x^2", "mlp:1,1,1:x^3+x:bias")
SECONDS = 60.0
POINTS = 1_000


def described(spec: str, method: str) -> tuple[float, Any]:
    """The seconds that a method takes, and its formula; None if it has none."""
    start = time.perf_counter()
    try:
        found = NeuroManifold(spec, cache=False, seed=1,
                              method=method).semialgebraic_description().data
    except LimitReached:
        found = None
    return time.perf_counter() - start, found


def alone(spec: str, seconds: float) -> tuple[float, bool]:
    """The seconds that QEPCAD takes for z = φ(w), and whether it answers."""
    phi = NeuroManifold(spec, cache=False).parametrization()
    n, count = len(phi.polynomials), phi.model.parameter_count
    question = []
    for i, f in enumerate(phi.polynomials):
        z = tuple(int(j == i) for j in range(n + count))
        question.append(({z: Fraction(1)} | {(*[0] * n, *e): -Fraction(c)
                                             for e, c in f.items()}, "="))
    start = time.perf_counter()
    try:
        qepcad.eliminate([question], n, count, timeout=seconds)
        answers = True
    except (LimitReached, EngineError):
        answers = False
    return time.perf_counter() - start, answers


def disagreements(one: Any, other: Any) -> int:
    """At how many of some small points two formulas differ."""
    generator = random.Random(1)
    points = [[generator.randint(-3, 3) for _ in range(one.variables)] for _ in range(POINTS)]
    return sum(one.holds(z) != other.holds(z) for z in points)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("specs", nargs="*", default=SPECS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    arguments = parser.parse_args()
    print(f"{'model':24} {'theorem':>9} {'elimination':>12} {'QEPCAD alone':>14}  differences")
    for spec in arguments.specs:
        by_theorem, first = described(spec, "theorem")
        by_elimination, second = described(spec, "elimination")
        seconds, answers = alone(spec, arguments.seconds)
        differ = "" if first is None or second is None else disagreements(first, second)
        print(f"{spec:24} {'-' if first is None else f'{by_theorem:.2f} s':>9} "
              f"{'-' if second is None else f'{by_elimination:.2f} s':>12} "
              f"{f'{seconds:.2f} s' if answers else f'> {seconds:.0f} s':>14}  {differ}",
              flush=True)


if __name__ == "__main__":
    main()
