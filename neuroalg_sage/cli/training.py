"""
``neuroalg train | plot``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from neuroalg_sage.cli.options import (
    Commands,
    about_a_metric,
    about_a_model,
    about_limits,
    about_the_answer,
    about_the_cache,
    keep_deadline,
    keep_time_for_the_page,
    manifold_of,
    positive,
    progress,
)
from neuroalg_sage.cli.output import check_writable, write
from neuroalg_sage.errors import InputError, LimitReached


def add(command: Commands) -> None:
    """Add the commands."""
    sub = command("plot", _plot)
    about_a_model(sub)
    about_a_metric(sub, "unit")
    sub.add_argument("--slice", metavar="COORDINATES", help="coordinates to project on, such as "
                     "z_0,z_2, or values that fix some, such as z_1=1/2")
    sub.add_argument("--target", metavar="NUMBERS", help="coordinates of a function, joined by "
                     "commas, shown with the critical points of the distance")
    sub.add_argument("--data", metavar="FILE", help="instead, a data set: CSV or Parquet")
    sub.add_argument("--radius", type=positive, metavar="R", help="of the box that is shown")
    sub.add_argument("--output", metavar="FILE", default="neuromanifold.svg",
                     help="its name ends in .svg, .png, .pdf, or .html for a page that turns")
    sub = command("train", _train)
    sub.add_argument("spec", metavar="SPEC", help="spec string or JSON model file")
    sub.add_argument("--data", metavar="FILE", required=True, help="CSV or Parquet: in each row "
                     "the inputs, then the outputs")
    about_limits(sub)
    sub.add_argument("--seed", type=int, help="seed of the random choices")
    about_the_cache(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")
    about_the_answer(sub)


def _train(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.invariants.training.training import ERM
    from neuroalg_sage.neuromanifold import NeuroManifold

    check_writable(arguments.certificate)
    problem = ERM(arguments.spec, arguments.data)
    manifold = NeuroManifold(problem.model, timeout=arguments.timeout, memory_gb=arguments.memory,
                             seed=arguments.seed, progress=progress(arguments),
                             cache=not arguments.no_cache)
    keep_deadline(manifold.computation)
    keep_time_for_the_page(manifold.computation)
    found = manifold.critical_points(problem)
    print(json.dumps({"schema": 1, "model": problem.model.describe()} | found.circumstances()
                     | {"results": {"critical_points": found.described()}}) if arguments.json
          else found.text())
    if arguments.certificate is not None:
        write(arguments.certificate, found.certificate)
    for _, sentence in found.failures[:1]:
        print(f"neuroalg: {sentence}", file=sys.stderr)
    if found.data["complete"]:
        return 0
    return min((code for code, _ in found.failures), default=LimitReached.exit_code)


def _plot(arguments: argparse.Namespace) -> int:
    kind = Path(arguments.output).suffix.lower().removeprefix(".")
    if kind not in ("svg", "png", "pdf", "html"):
        raise InputError(f"A picture is a file .svg, .png, .pdf or .html, not "
                         f"{arguments.output[:200]!r}.")
    if kind != "html":
        from importlib.util import find_spec

        if find_spec("matplotlib") is None:
            raise InputError("Pictures need matplotlib; pip install 'neuroalg-sage[plot]' brings "
                             "it.")
    check_writable(arguments.output)
    from neuroalg_sage.pictures import figure, page
    from neuroalg_sage.pictures.scene import scene

    manifold = manifold_of(arguments)
    target = None if arguments.target is None else arguments.target.split(",")
    made = scene(manifold, arguments.slice, [c.strip() for c in target] if target else None,
                 arguments.data, None, arguments.radius)
    (page if kind == "html" else figure).save(made, arguments.output)
    for note in made.notes:
        print(f"neuroalg: {note}", file=sys.stderr)
    for point in made.critical:
        print(f"{point.kind}: ({', '.join(f'{c:.6g}' for c in point.place)}), squared distance "
              f"{point.loss:.6g}")
    print(f"written to {arguments.output}")
    return 0
