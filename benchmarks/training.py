"""
How long complete, certified training takes, and how long the checker, against descent.

The baseline is what is done today: minimization in floating point from random parameters, as often
as it takes to have met the least loss three times, by SciPy's BFGS.  It proves nothing.

    python benchmarks/training.py [SPEC ROWS ...]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from neuroalg_sage import ERM, load_model, verify

PROBLEMS = (("mlp:2,2,1:x^2", 20), ("linear:3,2,3", 30), ("cnn:2,2:x^2", 10),
            ("mlp:3,2,1:x^2", 30), ("mlp:2,2,1:x^3", 30))
TRAINING_GOAL, CHECKING_GOAL = 60.0, 5.0
SAME = 1e-6
MOST_DESCENTS = 100


def descents(spec: str, table: np.ndarray) -> tuple[float, float, int]:
    """Seconds, the least loss, and the number of minimizations."""
    model = load_model(spec)
    inputs, outputs = np.split(table, [model.input_count], axis=1)

    def loss(w: np.ndarray) -> float:
        return float(np.sum((model.apply(w, inputs, float) - outputs) ** 2) / len(table))

    generator, found, start = np.random.default_rng(1), [], time.perf_counter()
    while len(found) < MOST_DESCENTS and sum(x < min(found) + SAME for x in found) < 3:
        found.append(minimize(loss, generator.standard_normal(model.parameter_count)).fun)
    return time.perf_counter() - start, min(found), len(found)


def main(words: Sequence[str]) -> None:
    chosen = list(zip(words[::2], map(int, words[1::2]))) or PROBLEMS
    print(f"{'model':<16} {'rows':>4} {'points':>6} {'training':>9} {'checker':>9} "
          f"{'descent':>9} {'ratio':>6}  least loss, by descent; trusting")
    for spec, rows in chosen:
        model = load_model(spec)
        width = model.input_count + model.output_count
        table = np.random.default_rng(7).standard_normal((rows, width))
        start = time.perf_counter()
        found = ERM(spec, table).critical_points(seed=1)
        trained = time.perf_counter() - start
        start = time.perf_counter()
        verify(found.certificate)
        checked = time.perf_counter() - start
        baseline, least, runs = descents(spec, table)
        value = found.value
        known = min(sum(map(float, map(_ratio, p["loss"]))) / 2 for p in value["points"])
        late = " LATE" * (trained > TRAINING_GOAL or checked > CHECKING_GOAL)
        state = {True: "minimum", False: "not attained", None: "not proved"}[
            value["minimum"]["attained"]]
        print(f"{spec:<16} {rows:>4} {len(value['points']):>6} {trained:>7.2f} s {checked:>7.3f} s "
              f"{baseline:>7.2f} s {trained / baseline:>6.2f}  {known:.10f} ({state}), "
              f"{least:.10f} in {runs}; {', '.join(found.trust) or 'nobody'}{late}", flush=True)


def _ratio(text: str) -> float:
    numerator, _, denominator = text.partition("/")
    return int(numerator) / int(denominator or 1)


if __name__ == "__main__":
    main(sys.argv[1:])
