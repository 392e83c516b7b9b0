"""
What a script costs besides Macaulay2's own time.

A small elimination is timed by Macaulay2 itself; the overhead is the rest of the time that
``Macaulay2.run`` takes: writing, sending, reading and restoring what the script has changed.
"""

from __future__ import annotations

import statistics
import time

from neuroalg_sage.engines.macaulay2 import Macaulay2, RingMapData, Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData

CALLS = 30
GOAL = 0.05


def elimination() -> Script:
    """The ideal of the twisted cubic, with the time that Macaulay2 takes for it."""
    source = PolynomialRingData(tuple(f"z_{i}" for i in range(4)))
    target = PolynomialRingData(("s", "t"))
    images = PolynomialMatrix(target, 1, 4, tuple({(3 - i, i): 1} for i in range(4)))
    return Script("the twisted cubic", {"V": source, "W": target,
                                        "phi": RingMapData("V", "W", images)},
                  "timed = elapsedTiming(I = neurovariety phi);",
                  {"ideal": "I", "seconds": "first timed"})


def main() -> None:
    script = elimination()
    start = time.perf_counter()
    with Macaulay2() as session:
        session.run(script)
        print(f"{'the start of a session':<34} {time.perf_counter() - start:7.3f} s")
        own, overheads = [], []
        for _ in range(CALLS):
            start = time.perf_counter()
            results = session.run(script, timeout=60, memory_gb=2)
            whole = time.perf_counter() - start
            own.append(results["seconds"])
            overheads.append(whole - results["seconds"])
    print(f"{'a small elimination in Macaulay2':<34} {statistics.median(own):7.3f} s")
    print(f"{'the overhead of a call, median':<34} {statistics.median(overheads):7.3f} s; "
          f"goal {GOAL} s")
    print(f"{'the overhead of a call, largest':<34} {max(overheads):7.3f} s")


if __name__ == "__main__":
    main()
