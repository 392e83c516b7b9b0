"""
How long the shell takes to answer, as whole processes.

With ``--against COMMAND``, the ``neuroalg`` of another version or environment, both are run in
turn, so that what else the machine does meets both, and their ratios are printed.  Both write
their bytecode to a folder of this run, as if they were installed, whatever the environment says.
Beside the time that passes there is that of the processor, which depends less on other processes.

    python benchmarks/startup.py --against ../other/.venv/bin/neuroalg
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

COMMANDS = [
    ["--help"],
    ["compute", "--help"],
    ["compute", "linear:3,2,3", "dimension", "--jsno"],
    ["compute", "linear:3,2", "dimension", "--no-cache"],
    ["compute", "linear:3,2,3", "dimension", "--no-cache"],
    ["compute", "linear:3,2,3", "expected_dimension", "--no-cache"],
    ["compute", "linear:3,2,3", "degree", "--no-cache"],
]


def once(command: Sequence[str]) -> tuple[float, float]:
    """The seconds that pass while a command runs, and those of the processor."""

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before, start = used(), time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start, used() - before


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--against", metavar="COMMAND", help="another neuroalg")
    options.add_argument("--runs", type=int, default=20, help="of each command")
    chosen = options.parse_args()
    own = str(Path(sys.executable).with_name("neuroalg"))
    programs = [[own], *([[chosen.against]] if chosen.against else [])]
    kinds: list[tuple[str, Callable[[list[float]], float]]] = [
        ("least", min), ("median", statistics.median)]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PYTHONPYCACHEPREFIX": folder, "NEUROALG_CACHE": "none"}
        for words in COMMANDS:
            for program in programs:
                once([*program, *words])  # writes the bytecode
            runs = [[once([*program, *words]) for program in programs]
                    for _ in range(chosen.runs)]
            print(f"neuroalg {' '.join(words)}")
            for place, what in enumerate(("seconds", "of the processor")):
                for name, kind in kinds:
                    found = [kind([run[i][place] for run in runs])
                             for i in range(len(programs))]
                    ratio = f"   {found[0] / found[1]:5.2f} of {found[1]:.3f}" if found[1:] else ""
                    print(f"  {what + ', ' + name:<28}{found[0]:6.3f}{ratio}", flush=True)


if __name__ == "__main__":
    main()
