"""
Euler characteristics of projective neurovarieties: ours against Macaulay2's CharacteristicClasses.

Ours is the whole command ``neuroalg compute SPEC euler_characteristic``, from the model.  Macaulay2
is given the equations that are known to us, in a process of its own with its start, and computes
``Euler`` with its default options, and with ``InputIsSmooth`` where its answer is the same; the
faster one that ends counts.

    python benchmarks/euler_characteristics.py [--limit 60] [SPEC ...]

It needs ``pip install 'neuroalg-sage[benchmarks]'``.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import sys
import tempfile
from pathlib import Path

from watching import run

from neuroalg_sage import NeuroManifold
from neuroalg_sage.engines.macaulay2 import Script, find_command
from neuroalg_sage.invariants.equations.degree import ideal_data

SPECS = ("linear:2,1,2", "linear:3,1,3", "linear:3,2,3", "linear:4,2,3", "mlp:2,1,1:x^4",
         "mlp:3,1,1:x^2", "mlp:3,2,1:x^2", "mlp:2,1,2:x^2", "cnn:2,2:x")
MEMORY_GB = 8.0
OPTIONS = {"by default": "", "as smooth": ", InputIsSmooth => true"}


def ours(spec: str, limit: float) -> tuple[float, str]:
    """Seconds of the whole command, and the Euler characteristic of the projectivization."""
    found = run([sys.executable, "-m", "neuroalg_sage", "compute", spec, "euler_characteristic",
                 "--json", "--no-cache", "--quiet", "--timeout", f"{limit:g}"], limit + 5,
                MEMORY_GB)
    if found.code:
        return found.seconds, "none"
    (result,) = json.loads(found.printed)["results"].values()
    return found.seconds, f"{result['value']['projective']} {result['status']}"


def theirs(spec: str, options: str, limit: float) -> tuple[float, str]:
    """Seconds of Macaulay2, and what it finds."""
    manifold = NeuroManifold(spec, seed=1)
    script = Script("baseline", ideal_data(manifold.model.ambient_dimension,
                                           manifold.ideal().data),
                    "R = (ZZ/32749)(monoid [gens ring I]);",
                    {"answer": f"Euler(sub(I, R){options})"}, ("CharacteristicClasses",))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "baseline.m2"
        file.write_text(script.standalone())
        found = run([*shlex.split(find_command()), "--silent", "--stop", "--no-readline", str(file),
                     "-e", "exit 0"], limit, MEMORY_GB)
    answer = re.search(r"^answer = (-?\d+)$", found.printed, re.MULTILINE)
    return found.seconds, answer[1] if answer else (
        f"over {limit:g} s" if found.code is None else "failed")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("specs", nargs="*", default=SPECS)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each")
    options = parser.parse_args()
    print(f"{'model':<16}{'ours':>8}  {'χ':<12}" + "".join(
        f"{name:>12}  {'χ':<10}" for name in OPTIONS) + "  best of theirs / ours")
    for spec in options.specs:
        seconds, value = ours(spec, options.limit)
        found = [theirs(spec, more, options.limit) for more in OPTIONS.values()]
        right = [time for time, answer in found if answer == value.split()[0]]
        ratio = f"{min(right) / seconds:.2g}" if right else (
            f"> {min(time for time, _ in found) / seconds:.2g}"
            if all(answer.startswith("over") for _, answer in found) else "they differ")
        print(f"{spec:<16}{seconds:8.2f}  {value:<12}" + "".join(
            f"{time:12.2f}  {answer:<10}" for time, answer in found) + f"  {ratio}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
