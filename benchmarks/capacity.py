"""
Capacities: a table of 100 architectures, and networks of a million parameters.

For each architecture the dimension, bounds for a covering number, for the volume of a tube, and a
number of samples, with their certificates.  Then for large networks the time of the bounds alone,
that of the checker, and the size of the certificate.

Run it with ``python benchmarks/capacity.py``, or with ``--profile`` to see where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import time
from collections.abc import Callable
from functools import partial
from math import inf

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import verify

WIDTHS = ((2, 1, 1), (2, 2, 1), (2, 3, 1), (2, 1, 2), (2, 2, 2), (2, 2, 3), (3, 1, 1), (3, 2, 1),
          (3, 3, 1), (3, 1, 2), (3, 2, 2), (3, 2, 3), (4, 1, 1), (4, 2, 1), (2, 2, 1, 1),
          (2, 2, 2, 1), (2, 1, 2, 1), (2, 2, 2, 2), (3, 2, 2, 1), (2, 1, 1, 1))
ARCHITECTURES = (
    *(f"mlp:{','.join(map(str, widths))}:{activation}" for widths in WIDTHS
      for activation in ("x^2", "x^3", "x^2+x:bias")),
    *(f"linear:{a},{r},{b}" for a in (2, 3, 4, 5) for b in (2, 3) for r in (1, 2)),
    *(f"cnn:{filters}:{activation}" for filters in ("2,2", "3,2", "2,3", "3,3", "2,2,2", "4,2")
      for activation in ("x", "x^2", "x^3")),
    *(f"attention:d={d},a=1,out={out},t=2" for d in (2, 3) for out in (1, 2)),
    "mlp:20,30,5:x^2", "mlp:60,60,60,60,60,60,60:x^2")
LARGE = ("mlp:500,1000,500:x^2", "mlp:500,700,700,200:x^2", "mlp:500,700,700,200:x^2+x:bias",
         "linear:1000,1000")


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def row(spec: str) -> None:
    """The answers for one architecture, and how long each of them takes."""
    manifold = NeuroManifold(spec, seed=1, cache=False)
    times = [seconds(ask) for ask in (
        manifold.affordable_dimension, lambda: manifold.covering_number("0.1", radius=1),
        lambda: manifold.tube_volume("0.1", radius=1),
        lambda: manifold.sample_complexity("0.1", "0.05", radius=1))]
    number = manifold.covering_number("0.1", radius=1)
    times.append(seconds(partial(verify, number.certificate)))
    low, high = number.logarithms
    print(f"{spec:32s} {low:12.2f} {high:12.2f} {high / low if low else inf:6.2f} "
          + " ".join(f"{t:6.2f}" for t in times), flush=True)


def table() -> None:
    """All architectures."""
    for spec in ARCHITECTURES:
        row(spec)


def large(spec: str) -> None:
    """Bounds and their verification for a network whose dimension is not computed."""
    manifold = NeuroManifold(spec, seed=1, cache=False)
    assert manifold.affordable_dimension() is None
    for ask in (lambda: manifold.covering_number("0.1", radius=1),
                lambda: manifold.covering_number("0.1", box=1),
                lambda: manifold.tube_volume("0.1", radius=1),
                lambda: manifold.sample_complexity("0.1", "0.05", radius=1)):
        bounds = seconds(ask)
        answer = ask()  # which is remembered
        checked = seconds(partial(verify, answer.certificate))
        print(f"{spec:32s} {answer.name:18s} bounds {bounds:5.2f} s, checker {checked:5.2f} s, "
              f"{len(json.dumps(answer.certificate))} bytes", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    profile = parser.parse_args().profile
    print(f"{'':32s} log10 N from           to  ratio   dim.  balls   tube samples checker (s)")
    profiler = cProfile.Profile()
    whole = seconds((lambda: profiler.runcall(table)) if profile else table)
    print(f"{len(ARCHITECTURES)} architectures in {whole:.1f} s")
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(30)
    for spec in LARGE:
        large(spec)


if __name__ == "__main__":
    main()
