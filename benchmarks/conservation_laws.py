"""
Conservation laws: ours against the symbolic nullspace over QQ in Sage, in the same run.

The baseline is the definition: a polynomial with unknown coefficients, the conditions that its
gradient is orthogonal to the gradients of all coordinates of φ, expanded over QQ, and the
nullspace of their matrix.  It stops after SECONDS.

    python benchmarks/conservation_laws.py
"""

from __future__ import annotations

import multiprocessing
import time
from itertools import combinations_with_replacement
from typing import Any

from neuroalg_sage import NeuroManifold, verify

SECONDS = 300
COUNTS = ["linear:2,2,2", "linear:6,4,6", "linear:3,3,3,3,3", "mlp:3,4,3:x^2", "cnn:3,3,3:x"]
LAWS = [("linear:2,2,2", 2), ("linear:2,2,2", 4), ("linear:3,2,3", 2), ("linear:3,2,3", 3),
        ("cnn:3,3,3:x", 2), ("cnn:3,3,3:x", 3), ("mlp:3,4,3:x^2", 2), ("linear:3,3,3,3,3", 2),
        ("linear:6,4,6", 2), ("relu:3,4,3", 2), ("linear:2,2,2", 5), ("cnn:3,3,3:x", 5),
        ("linear:3,2,3", 4), ("mlp:3,4,3:x^2", 3), ("linear:2,2,2", 6)]
QUICK = 2.0  # what takes fewer seconds is measured three times, on either side


def baseline(spec: str, degree: int, result: Any) -> None:
    """The dimension of the space of laws up to a degree, constants included, from φ."""
    import sage.all__sagemath_modules  # noqa: F401
    import sage.libs.singular  # noqa: F401
    from sage.matrix.constructor import matrix
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    phi = NeuroManifold(spec).parametrization()
    seconds: list[float] = []
    while not seconds or (len(seconds) < 3 and seconds[0] < QUICK):
        start = time.perf_counter()
        dimension = nullity(phi, degree, QQ, PolynomialRing, matrix)
        seconds.append(time.perf_counter() - start)
    result.put((dimension, min(seconds)))


def nullity(phi: Any, degree: int, QQ: Any, PolynomialRing: Any, matrix: Any) -> int:
    """The symbolic nullspace; Sage is already imported."""
    ring = PolynomialRing(QQ, phi.model.parameter_count, "w")
    w = ring.gens()
    gradients = []
    for p in phi.polynomials:
        f = ring({e: QQ(c.numerator) / QQ(c.denominator) for e, c in p.items()})
        gradients.append([f.derivative(x) for x in w])
    monomials = [ring.one()]
    for d in range(1, degree + 1):
        for chosen in combinations_with_replacement(w, d):
            monomial = ring.one()
            for x in chosen:
                monomial *= x
            monomials.append(monomial)
    places: dict[Any, int] = {}
    entries = {}
    for k, h in enumerate(monomials):
        slopes = [h.derivative(x) for x in w]
        for j, gradient in enumerate(gradients):
            image = sum(a * b for a, b in zip(gradient, slopes) if b)
            if image:
                for e, c in image.dict().items():
                    row = places.setdefault((j, tuple(e)), len(places))
                    entries[row, k] = c
    conditions = matrix(QQ, max(1, len(places)), len(monomials), entries, sparse=True)
    return int(conditions.right_kernel_matrix().nrows())


def ours(spec: str, degree: int) -> tuple[int, float]:
    """The number of generators with their certificate, from the parametrization."""
    seconds: list[float] = []
    while not seconds or (len(seconds) < 3 and seconds[0] < QUICK):
        manifold = NeuroManifold(spec, seed=1)
        manifold.parametrization()
        start = time.perf_counter()
        laws = manifold.conservation_laws(degree)
        seconds.append(time.perf_counter() - start)
    return len(laws), min(seconds)


def limited(spec: str, degree: int) -> tuple[int, float] | None:
    """The baseline in a process of its own, None if it does not end in time."""
    context = multiprocessing.get_context("spawn")
    result = context.Queue()
    process = context.Process(target=baseline, args=(spec, degree, result))
    process.start()
    try:
        return result.get(timeout=SECONDS + 10)
    except Exception:
        return None
    finally:
        process.terminate()
        process.join()


def main() -> None:
    print("counts, proved, with their verification")
    for spec in COUNTS:
        start = time.perf_counter()
        answer = NeuroManifold(spec, seed=1).number_of_conservation_laws()
        seconds = time.perf_counter() - start
        verify(answer.certificate)
        print(f"  {spec:<20} {answer!r:<14} {seconds:7.3f} s, verified in "
              f"{time.perf_counter() - start - seconds:.3f} s", flush=True)
    print(f"laws up to a degree, against the symbolic nullspace over QQ ({SECONDS} s each)")
    for spec, degree in LAWS:
        count, seconds = ours(spec, degree)
        other = limited(spec, degree)
        shown = (f"not finished in {SECONDS} s" if other is None else
                 f"{other[0]:>4} dimensions {other[1]:8.2f} s, {other[1] / seconds:6.0f} times")
        print(f"  {spec:<20} degree {degree}: {count:>3} generators {seconds:7.3f} s; "
              f"baseline {shown}", flush=True)


if __name__ == "__main__":
    main()
