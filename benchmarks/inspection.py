"""
Questions at given weights: seconds and memory of each, and of the verification of its certificate.

The weights are random numbers of floating point with 32 bits; one unit is dead, one is minus
another one, and one is cut off.

    python benchmarks/inspection.py [--verify] [SPEC ...]
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from neuroalg_sage import NeuroManifold, verify
from neuroalg_sage.neuromanifold.points import ParameterPoint

SPECS = ("mlp:10,20,20,5:x^2", "mlp:40,60,40,10:x^2", "mlp:100,300,200,50:x^2")


def point(spec: str) -> ParameterPoint:
    """Random weights with coincidences."""
    manifold = NeuroManifold(spec, seed=1)
    generator = np.random.default_rng(0)
    arrays = [generator.standard_normal(shape).astype(np.float32) / 10
              for _, shape in manifold.model.chain.parameter_shapes()]
    arrays[0][7] = 0
    arrays[0][9] = -arrays[0][11]
    arrays[-1][:, 3] = 0
    return manifold.at(arrays)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verify", action="store_true", help="also verify the certificates")
    parser.add_argument("specs", nargs="*", default=SPECS)
    arguments = parser.parse_args()
    for spec in arguments.specs:
        start = last = time.perf_counter()
        given = point(spec)
        print(f"{spec}: {len(given.weights):,} weights", flush=True)
        for name, answer in given.report():
            now = time.perf_counter()
            print(f"  {name:<26}{now - last:6.1f} s  "
                  + (str(answer) if isinstance(answer, Exception) else answer.statement())[:110],
                  flush=True)
            last = now
            if arguments.verify and getattr(answer, "certificate", None):
                verify(answer.certificate)
                last = time.perf_counter()
                print(f"  {'':<26}{last - now:6.1f} s  verified", flush=True)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"  in all {time.perf_counter() - start:.1f} s, {memory:.1f} GB")


if __name__ == "__main__":
    main()
