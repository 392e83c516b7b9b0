"""
Singular loci against Macaulay2's own ``singularLocus`` followed by ``decompose``.

Both start from the same ideal, in fresh processes, one after the other.

    python benchmarks/singularities.py [--limit 300] [SPEC ...]
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from neuroalg_sage import NeuroManifold
from neuroalg_sage.engines.macaulay2 import Script, find_command
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.equations.degree import ideal_data

SPECS = ("linear:4,2,4", "linear:3,2,3", "mlp:2,2,3:x^2", "mlp:3,2,2:x^2", "mlp:2,2,2:x^3",
         "cnn:2,2:x^2", "cnn:3,2:x^2", "cnn:2s2,2:x")


def baseline(manifold: NeuroManifold, limit: float) -> str:
    """Seconds that Macaulay2 takes for all components, or that the limit was reached."""
    script = Script("baseline", ideal_data(manifold.model.ambient_dimension,
                                            manifold.ideal().data), "",
                    {"components": "#decompose ideal singularLocus I"}, packages=())
    with TemporaryDirectory() as folder:
        file = Path(folder) / "baseline.m2"
        file.write_text(script.standalone())
        return timed([shlex.split(find_command())[0], "--script", str(file)], limit)


def timed(command: list[str], limit: float) -> str:
    """Seconds that a command takes, and the number of components, or why there are none."""
    start = time.perf_counter()
    try:
        done = subprocess.run(command, timeout=limit, capture_output=True, text=True, check=True)
    except subprocess.TimeoutExpired:
        return f"over {limit:g}"
    except subprocess.CalledProcessError:
        return "failed"
    seconds = time.perf_counter() - start
    found = re.search(r"^components = (\d+)$", done.stdout, re.MULTILINE)
    return f"{seconds:.1f} ({found[1]})" if found else "failed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("specs", nargs="*", default=SPECS)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds for Macaulay2")
    options = parser.parse_args()
    print(f"{'model':<16}{'NeuroAlg':>9}{'Macaulay2':>12}  components; no others")
    for spec in options.specs:
        manifold = NeuroManifold(spec, seed=1)
        manifold.ideal()
        manifold.computation.session.run(Script("start", {}, "", {"one": "1"}))
        start = time.perf_counter()
        try:
            locus = manifold.singular_locus()
            what = (f"{[(c.dimension, c.degree, c.multiplicity) for c in locus.value]}; "
                    f"{locus.completeness}")
        except LimitReached as error:
            what = str(error)
        ours = time.perf_counter() - start
        print(f"{spec:<16}{ours:>9.1f}{baseline(manifold, options.limit):>12}  {what}",
              flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
