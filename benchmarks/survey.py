"""
How many models a survey answers per second: all fully connected networks of at most four
layers and at most five units in each, with the activations x^2, x^3 and x^4.

    python benchmarks/survey.py                      300 of them, drawn at random
    python benchmarks/survey.py --full [--jobs N]    all 11,650 (minutes)

The baseline is the same computation in one process, without a survey around it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter

from neuroalg_sage.survey import Settings, Survey, about_mlps, answer, mlps

FAMILY = 4, 5, ["x^2", "x^3", "x^4"]
SAMPLE = 300
TARGET_MINUTES = 20


def main(full: bool, jobs: int | None) -> None:
    every = mlps(*FAMILY)
    chosen = set(random.Random(1).sample(every, SAMPLE))
    specs = every if full else [spec for spec in every if spec in chosen]

    def say(message: str) -> None:
        print(message, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as directory:
        start = time.perf_counter()
        with Survey(about_mlps(*FAMILY), directory=directory, jobs=jobs, progress=say,
                    seed=1) as survey:
            lines = survey.run(specs)
            seconds = time.perf_counter() - start
    spent = sum(line["seconds"] for line in lines.values())
    statuses = Counter(result["status"] for line in lines.values()
                       for result in line["results"].values())
    errors = sum("errors" in line for line in lines.values())
    print(f"{len(lines)} models in {seconds:.1f} s, {len(lines) / seconds:.1f} per second; the "
          f"models themselves took {spent:.1f} s; {errors} without an answer")
    print("statuses of results: " + ", ".join(f"{n} {s}" for s, n in statuses.most_common()))
    if not full:
        start = time.perf_counter()
        for spec in specs:
            answer(spec, Settings(seed=1))
        alone = time.perf_counter() - start
        print(f"in one process, without a survey: {alone:.1f} s, {len(specs) / alone:.1f} per "
              f"second; the survey takes {seconds / alone:.2f} of it")
        minutes = len(every) / len(lines) * seconds / 60
        print(f"all {len(every)} models would take {minutes:.1f} min; goal {TARGET_MINUTES} min")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int)
    asked = parser.parse_args()
    main(asked.full, asked.jobs)
