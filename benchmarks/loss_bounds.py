"""
How close bounds of the least loss are on random small problems, how many minima are proved, and how
long that takes against the solver of semidefinite programs alone.

    python benchmarks/loss_bounds.py [NUMBER] [SPEC ...]
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

from neuroalg_sage import ERM, load_model
from neuroalg_sage.engines import csdp
from neuroalg_sage.errors import NeuroAlgError

SPECS = ("linear:2,1,2", "linear:3,1,2", "linear:2,1,3", "linear:3,1,3", "mlp:2,1,1:x^2",
         "mlp:3,1,1:x^2", "mlp:2,1,2:x^2", "mlp:2,1,1:x^3", "mlp:2,1,1:x^4", "mlp:2,2,1:x^2",
         "mlp:3,2,1:x^2", "mlp:1,2,1:x^2+x:bias", "mlp:2,1,1:x^2+x:bias", "cnn:2,2:x^2",
         "cnn:2,2:x^3", "cnn:3,2:x^2", "cnn:2,2", "mlp:2,1,2:x^3", "attention:d=2,a=1,out=1,t=1",
         "mlp:2,2,1:x^3")
MORE_ROWS, LARGEST = 4, 4
CLOSE = 1e-6


def random_rows(spec: str, seed: int) -> list[list[int]]:
    """Rows of whole numbers, some more than V has dimensions."""
    model, generator = load_model(spec), random.Random(seed)
    width = model.input_count + model.output_count
    return [[generator.randint(-LARGEST, LARGEST) for _ in range(width)]
            for _ in range(model.ambient_dimension + MORE_ROWS)]


def main(words: Sequence[str]) -> None:
    number = int(words[0]) if words else 100
    specs = words[1:] or SPECS
    solver = [0.0]
    solve = csdp.solve

    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return solve(*arguments, **options)
        finally:
            solver[0] += time.perf_counter() - start

    csdp.solve = timed
    gaps, proved, taken = [], 0, 0.0
    print(f"{'model':<28} {'rows':>4} {'level':>5} {'gap':>9} {'on V':>9} {'time':>9} "
          f"{'csdp':>9}  status")
    for k in range(number):
        spec = specs[k % len(specs)]
        rows, before, start = random_rows(spec, k), solver[0], time.perf_counter()
        problem = ERM(spec, rows)
        try:
            found = problem.loss_bounds(seed=1)
        except NeuroAlgError as error:
            print(f"{spec:<28} {error}")
            continue
        seconds = time.perf_counter() - start
        taken += seconds
        whole = float(problem.loss_bounds(0, seed=1).gap) if found.data["level"] else float(
            found.gap)
        gaps.append(float(found.gap))
        proved += found.status == "proved"
        print(f"{spec:<28} {len(rows):>4} {found.data['level']:>5} {gaps[-1]:>9.1e} {whole:>9.1e} "
              f"{seconds:>7.2f} s {solver[0] - before:>7.2f} s  {found.status}", flush=True)
    close = sum(g <= CLOSE for g in gaps)
    print(f"{len(gaps)} of {number} problems: {close} with a relative gap of at most {CLOSE:.0e}, "
          f"{proved} proved optimal; median gap {statistics.median(gaps):.1e}, largest "
          f"{max(gaps):.1e}; {taken:.1f} s, {taken / max(solver[0], 1e-9):.2f} times the solver's "
          f"{solver[0]:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
