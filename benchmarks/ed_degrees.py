"""
ED degrees: ours against Macaulay2's EuclideanDistanceDegree and against saturation in Macaulay2.

Ours begins with the spec: the dimension, a theorem where one applies; then, as two more columns,
critical equations on the parametrization alone, by msolve, with the certificate of the lower
bound, and Lagrange's multipliers on the ideal, by msolve.  The ratios are to the faster of
these two, never to a theorem.  The baselines are given the equations of the neurovariety modulo
32003 for nothing:

- ``determinantal``: ``determinantalUnitEDDegree`` and ``determinantalGenericEDDegree``, which are
  symbolic (the package's other methods need Bertini);
- ``saturation``: the minors of the Jacobian augmented by the gradient at random data, saturated
  by one random minor of the Jacobian, which is the least that has to be saturated by.

    python benchmarks/ed_degrees.py                     baselines with 60 seconds each
    python benchmarks/ed_degrees.py --limit 300 linear:3,1,3 mlp:2,2,2:x^3
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from neuroalg_sage import NeuroAlgError, NeuroManifold
from neuroalg_sage.engines.macaulay2 import Macaulay2, Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData

PRIME = 32003
SPECS = ["linear:3,1,3", "linear:3,2,3", "mlp:2,2,1:x^2", "mlp:2,2,2:x^3", "mlp:2,2,3:x^2",
         "mlp:3,2,1:x^2", "cnn:2,2:x^2", "cnn:2s2,2:x", "cnn:3,2:x", "cnn:3,2:x^2",
         "attention:d=2,a=1,out=1,t=1"]

DETERMINANTAL = "found = determinantal{metric}EDDegree(flatten entries gens I);"
SATURATION = """
n = numgens V;
K = coefficientRing V;
Q = if {generic} then (q = random(K^n, K^n); q + transpose q) else id_(K^n);
gradient = (vars V - random(K^1, K^n)) * Q;
J = transpose jacobian gens I;
c = codim I;
critical = I + minors(c + 1, gradient || J);
minor = det(random(K^c, K^(numRows J)) * J * random(K^n, K^c));
found = degree saturate(critical, minor);
"""


def seconds(work: Callable[[], Any]) -> tuple[Any, float]:
    """What work returns, None if a limit stopped it, and the seconds that it took."""
    start = time.perf_counter()
    try:
        value = work()
    except NeuroAlgError as error:
        print(f"    {str(error)[:110]}")
        value = None
    return value, time.perf_counter() - start


def baseline(session: Macaulay2, equations: list[Any], n: int, body: str,
             packages: tuple[str, ...], limit: float) -> Any:
    """The answer of a baseline from the equations modulo a prime."""
    ring = PolynomialRingData(tuple(f"z_{i}" for i in range(n)), PRIME)
    images = tuple({e: int(c.numerator * pow(c.denominator, -1, PRIME) % PRIME)
                    for e, c in g.items()} for g in equations)
    script = Script("baseline", {"V": ring,
                                 "I": PolynomialMatrix(ring, 1, len(images), images, "ideal")},
                    body, {"found": "found"}, packages=packages)
    return session.run(script, timeout=limit)["found"]


def compare(spec: str, metric: str, session: Macaulay2, limit: float) -> str:
    """The line for one model and metric."""
    known = NeuroManifold(spec)
    equations, n = known.ideal().data, known.model.ambient_dimension
    ours, own = seconds(lambda: NeuroManifold(spec).ed_degree(metric))
    counted, count = seconds(
        lambda: NeuroManifold(spec, method="parametrization").ed_degree(metric))
    line = f"{spec:<29}{metric:<9}{ours!s:>9}{own:>8.2f}s{counted!s:>9}{count:>8.2f}s"
    if equations:
        other_count, multipliers = seconds(
            lambda: NeuroManifold(spec, method="lagrange").ed_degree(metric))
        line += f"{other_count!s:>9}{multipliers:>8.2f}s"
        count = min(count, multipliers) if other_count is not None else count
    for body, package in ((DETERMINANTAL, "EuclideanDistanceDegree"), (SATURATION, None)):
        if not equations:
            line += f"{'no equations':>26}"
            continue
        text = body.format(metric=metric.capitalize(), generic=str(metric == "generic").lower())
        packages = () if package is None else (package,)
        answer, other = seconds(
            lambda: baseline(session, equations, n, text, packages, limit))  # noqa: B023
        line += f"{'-' if answer is None else answer!s:>7} {other:>8.2f}s {other / count:>7.1f}x"
    return line


def main() -> None:
    """Print one line for each model and metric."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[1])
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for one baseline")
    parser.add_argument("specs", nargs="*", default=SPECS)
    arguments = parser.parse_args()
    session = Macaulay2()
    session.run(Script("warm up", {}, "", {"one": "1"}))
    print(f"{'model':<29}{'metric':<9}{'ours':>18}{'parametrization':>18}{'multipliers':>18}{'determinantal':>26}"
          f"{'saturation':>26}")
    for spec in arguments.specs:
        for metric in ("unit", "generic"):
            print(compare(spec, metric, session, arguments.limit), flush=True)


if __name__ == "__main__":
    sys.path.pop(0)  # coverage.py there is not the package for which Numba looks
    main()
