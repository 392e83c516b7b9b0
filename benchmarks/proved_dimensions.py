"""
Which dimensions are proved, and which are only likely.

    python benchmarks/proved_dimensions.py --table FILE --first 2000    the smallest of a table
    python benchmarks/proved_dimensions.py --mlps    all 11,650 perceptrons with at most 4 layers,
                                                     widths to 5, and x^2 to x^4
    ... --slice 3/40    every 40th of them, from the third on
    ... --after 1400    without the first 1400

A table has lines ``mlp:2,3,1:x^2,6``, perhaps with a note behind another comma, and may be
compressed.  Models that stay ``monte_carlo`` are listed with their seconds, and so are those for
which the table has another value.
"""

from __future__ import annotations

import argparse
import gzip
import re
import time
from collections import Counter
from pathlib import Path

from neuroalg_sage import NeuroAlgError, NeuroManifold, parse_spec
from neuroalg_sage.survey import mlps

ROW = re.compile(r"(?P<model>mlp:\d+(,\d+)+:x\^\d+),(?P<dimension>\d+)(,.*)?$")
FAMILY = 4, 5, ["x^2", "x^3", "x^4"]


def of_table(file: Path, first: int | None) -> list[tuple[str, int | None]]:
    """The smallest models of a table, by their numbers of parameters, with their dimensions."""
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt") as stream:
        found = (ROW.match(line) for line in stream)
        rows = [(row["model"], int(row["dimension"])) for row in found if row is not None]
    return sorted(rows, key=lambda row: (parse_spec(row[0]).parameter_count, row[0]))[:first]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--table", type=Path)
    parser.add_argument("--first", type=int)
    parser.add_argument("--mlps", action="store_true")
    parser.add_argument("--slice", default="1/1")
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=120.0, help="for each model")
    arguments = parser.parse_args()
    place, step = map(int, arguments.slice.split("/"))
    models: list[tuple[str, int | None]] = []
    if arguments.table is not None:
        models += of_table(arguments.table, arguments.first)
    if arguments.mlps:
        models += [(spec, None) for spec in mlps(*FAMILY)]
    models = models[arguments.after :][place - 1 :: step]
    counts: Counter[str] = Counter()
    start = time.perf_counter()
    for number, (spec, stated) in enumerate(models, 1):
        before = time.perf_counter()
        try:
            found = NeuroManifold(spec, seed=1, timeout=arguments.seconds).dimension()
        except NeuroAlgError as error:
            counts["not answered"] += 1
            print(f"{spec}: {error}", flush=True)
            continue
        seconds = time.perf_counter() - before
        counts[found.status] += 1
        if found.status != "proved":
            print(f"{spec}: {found!r}, in {seconds:.1f} s", flush=True)
        if stated is not None and stated != found.data:
            counts["other value in the table"] += 1
            print(f"{spec}: {found.data} ({found.status}), in the table {stated}", flush=True)
        if number % 200 == 0:
            print(f"  {number} of {len(models)}: {dict(counts)}, "
                  f"{time.perf_counter() - start:.0f} s", flush=True)
    print(f"{len(models)} models: {dict(counts)}, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
