"""
How long the shell takes to answer, as whole processes.

The baseline is the import of Sage, which every command would pay if it were not put off.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

REPETITIONS = 5
NEUROALG = [sys.executable, "-m", "neuroalg_sage"]


def seconds(command: Sequence[str]) -> float:
    """The median time of a command."""
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    os.environ["NEUROALG_CACHE"] = "none"
    baseline = seconds([sys.executable, "-c", "import sage.all__sagemath_modules"])
    print(f"{'importing Sage alone':<42} {baseline:6.2f} s")
    for words, goal in ((["--help"], 0.4), (["compute", "linear:3,2,3", "dimension"], 2.5),
                        (["compute", "linear:3,2,3", "degree"], None),
                        (["compute", "mlp:2,2,2,1:x^2", "ideal"], None)):
        taken = seconds([*NEUROALG, *words])
        target = f"; goal {goal} s" if goal else ""
        print(f"{'neuroalg ' + ' '.join(words):<42} {taken:6.2f} s  "
              f"{taken / baseline:5.2f} of the baseline{target}")


if __name__ == "__main__":
    main()
