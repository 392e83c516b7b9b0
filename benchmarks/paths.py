"""
How many paths of critical points are followed in a second.

Beside it stand the same by one thread, and by one thread in one lane, which has no use of vector
units; and, as a bound for whatever computes with arrays, how long NumPy takes for the linear
equations alone, of as many Newton steps in matrices of the same size.

    python benchmarks/paths.py [MODEL ...]
"""

from __future__ import annotations

import sys
import time

import numpy as np

from neuroalg_sage import NeuroManifold

MODELS = ["mlp:2,2,2:x^2", "cnn:4,4:x^2", "mlp:4,2,1:x^3", "attention:d=3,a=2,out=2,t=1",
          "mlp:3,2,2:x^2:bias"]
PATHS, NEWTON_STEPS = 2_000, 110  # of a path about so many


def unlimited() -> None:
    """No limit."""


def measure(spec: str) -> None:
    from neuroalg_sage.engines import path_tracking
    from neuroalg_sage.engines.fibrations import CriticalPoints
    from neuroalg_sage.engines.path_tracking import Arcs, follow

    manifold = NeuroManifold(spec, cache=False)
    phi, generator = manifold.parametrization(), np.random.default_rng(1)
    n = len(phi.polynomials)
    system = CriticalPoints(phi.polynomials, phi.parameter_count, manifold.dimension().data,
                            np.eye(n), generator)
    w = generator.normal(size=phi.parameter_count) + 0j
    start = system.parameters(w, generator)
    ends = start + 1j * generator.normal(size=(PATHS, 2 * n))
    ways = Arcs(np.repeat(start[None], PATHS, axis=0), ends,
                np.exp(1j * generator.uniform(0.5, 2.8, size=PATHS)), np.ones(PATHS))
    points = np.repeat(w[None], PATHS, axis=0)
    one = Arcs(*(part[:1] for part in ways))
    follow(system.equations, points[:1], one, unlimited)  # it is compiled

    def seconds(threads: int, lanes: int) -> tuple[float, int]:
        path_tracking.MOST_THREADS, path_tracking.LANES = threads, lanes
        begun = time.perf_counter()
        arrived = follow(system.equations, points, ways, unlimited)[1]
        return time.perf_counter() - begun, int(arrived.sum())

    usual = path_tracking.MOST_THREADS, path_tracking.LANES
    ours, arrived = seconds(*usual)
    alone, one_lane = (seconds(*given)[0] for given in ((1, usual[1]), (1, 1)))
    path_tracking.MOST_THREADS, path_tracking.LANES = usual
    size = system.dimension
    square = generator.normal(size=(PATHS, size, size)) + 1j * np.eye(size)
    columns = generator.normal(size=(PATHS, size, 2)) + 0j
    begun = time.perf_counter()
    for _ in range(10):
        np.linalg.solve(square, columns)
    arrays = (time.perf_counter() - begun) / 10 * NEWTON_STEPS
    print(f"{spec:30} {PATHS / ours:9,.0f} paths per second, {arrived} of {PATHS} arrive; "
          f"one thread takes {alone / ours:.1f} times as long, in one lane {one_lane / ours:.1f} "
          f"times; NumPy's linear equations alone {arrays / ours:.1f} times", flush=True)


if __name__ == "__main__":
    sys.path.pop(0)  # coverage.py there is not the package for which Numba looks
    for model in sys.argv[1:] or MODELS:
        measure(model)
