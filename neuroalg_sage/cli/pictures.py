"""
``neuroalg plot``: pictures of neuromanifolds, of piecewise linear networks, and of errors of
approximations.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from neuroalg_sage.cli.options import (
    Commands,
    about_a_metric,
    about_a_model,
    about_approximations,
    manifold_of,
    positive,
    progress,
)
from neuroalg_sage.cli.output import check_writable
from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.pictures.scene import Scene

OF_A_MANIFOLD = ("slice", "target", "data", "radius", "gram")
OF_A_NETWORK = ("show", "box", "boundary", "level")
OF_AN_ACTIVATION = ("interval", "denominator", "pieces")
OF_AN_APPROXIMATION = (*OF_AN_ACTIVATION, "inputs", "error")
LANDSCAPE = "landscape"
APPROXIMATION = "approximation.svg"
DEGREE = 3  # of equations


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("plot", _plot)
    about_a_model(sub)
    sub.set_defaults(degree=None)
    about_a_metric(sub, "unit")
    sub.add_argument("--slice", metavar="COORDINATES", help="coordinates to project on, such as "
                     "z_0,z_2, or values that fix some, such as z_1=1/2")
    sub.add_argument("--target", metavar="NUMBERS", help="coordinates of a function, joined by "
                     "commas, shown with the critical points of the distance")
    sub.add_argument("--data", metavar="FILE", help="instead, a data set: CSV or Parquet")
    sub.add_argument("--radius", type=positive, metavar="R", help="of the box that is shown")
    sub.add_argument("--show", choices=("regions", "graph", "newton", LANDSCAPE), help="of "
                     "a network with ReLU, maxout or the like at given weights: its regions, by "
                     "default for two inputs, the graph of an output, or its Newton polytopes; of "
                     "a model with --data, the landscape of the loss on a plane of parameters "
                     "through critical points, and where minimizations from random ones end")
    sub.add_argument("--box", metavar="B", help="of a network, the inputs from -B to B; or an "
                     "interval for each input, as in 0,1;-2,2; with --approximation, parameters")
    sub.add_argument("--boundary", metavar="OUTPUT", help="of a network, also where an output is "
                     "zero, as in 0, or where two are equal, as in 0-1; graphs and Newton "
                     "polytopes are of that output")
    sub.add_argument("--level", metavar="C", help="where it is C instead of zero")
    sub.add_argument("--approximation", action="store_true", help="instead, the error of the "
                     "polynomial of degree --degree near an activation such as tanh, or near those "
                     "of each layer of a network such as mlp:2,3,1:tanh, with the proved bounds")
    about_approximations(sub, when="with --approximation, ")
    sub.add_argument("--output", metavar="FILE", help="its name ends in .svg, .png, .pdf, or "
                     ".html for a page that turns; by default neuromanifold.svg, network.svg, "
                     "landscape.svg or approximation.svg")


def _plot(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.models.piecewise.sources import is_network

    landscape = arguments.show == LANDSCAPE
    of_a_network = not arguments.approximation and is_network(arguments.spec)
    if arguments.output is None:
        arguments.output = (APPROXIMATION if arguments.approximation else
                            f"{LANDSCAPE}.svg" if landscape else "network.svg" if of_a_network
                            else "neuromanifold.svg")
    kind = Path(arguments.output).suffix.lower().removeprefix(".")
    if kind not in ("svg", "png", "pdf", "html"):
        raise InputError(f"A picture is a file .svg, .png, .pdf or .html, not "
                         f"{arguments.output[:200]!r}.")
    if kind != "html":
        from importlib.util import find_spec

        if find_spec("matplotlib") is None:
            raise InputError("Pictures need matplotlib; pip install 'neuroalg-sage[plot]' brings "
                             "it.")
    if arguments.approximation:
        return _approximation(arguments, kind)
    for name in OF_AN_APPROXIMATION:
        if getattr(arguments, name) is not None:
            raise InputError(f"The option --{name} is about errors of approximations; add "
                             "--approximation.")
    if arguments.degree is None:
        arguments.degree = DEGREE
    if landscape:
        return _landscape(arguments, of_a_network, kind)
    for name in OF_A_MANIFOLD if of_a_network else OF_A_NETWORK:
        if getattr(arguments, name) is not None:
            raise InputError(f"The option --{name} is about "
                             + ("neuromanifolds, and this is a network at given weights."
                                if of_a_network else
                                "networks at given weights, and this is a neuromanifold."))
    check_writable(arguments.output)
    from neuroalg_sage.pictures import figure, page

    made = (_of_a_network if of_a_network else _of_a_manifold)(arguments)
    (page if kind == "html" else figure).save(made, arguments.output)
    for note in made.notes:
        print(f"neuroalg: {note}", file=sys.stderr)
    for point in made.critical:
        print(f"{point.kind}: ({', '.join(f'{c:.6g}' for c in point.place)}), squared distance "
              f"{point.loss:.6g}")
    print(f"written to {arguments.output}")
    return 0


def _landscape(arguments: argparse.Namespace, of_a_network: bool, kind: str) -> int:
    if of_a_network or arguments.data is None:
        raise InputError("A landscape is that of the training of a model; name the data, as in "
                         "neuroalg plot mlp:2,2,1:x^2 --show landscape --data FILE.")
    for name in (*OF_A_MANIFOLD, *OF_A_NETWORK):
        if name not in ("data", "show") and getattr(arguments, name) is not None:
            raise InputError(f"The option --{name} is not about landscapes.")
    if kind == "html":
        raise InputError("A landscape is a file .svg, .png or .pdf.")
    check_writable(arguments.output)
    from neuroalg_sage.pictures import figure

    figure.write(manifold_of(arguments).plot(data=arguments.data, show=LANDSCAPE),
                 arguments.output)
    print(f"written to {arguments.output}")
    return 0


def _approximation(arguments: argparse.Namespace, kind: str) -> int:
    for name in (*OF_A_MANIFOLD, *OF_A_NETWORK):
        if name != "box" and getattr(arguments, name) is not None:
            raise InputError(f"The option --{name} is not about errors of approximations.")
    check_writable(arguments.output)
    from neuroalg_sage.approximation import ActivationFunction, ContinuousNetwork
    from neuroalg_sage.cli.piecewise import read_box
    from neuroalg_sage.pictures import approximation, figure

    of_a_network = ":" in arguments.spec or bool(Path(arguments.spec).suffix)
    for name in OF_AN_ACTIVATION if of_a_network else ("box", "inputs"):
        if getattr(arguments, name) is not None:
            raise InputError(f"The option --{name} is about " + (
                "an activation such as tanh; of a network the intervals are found." if of_a_network
                else "a network such as mlp:2,3,1:tanh; an activation has an --interval."))
    progress(arguments).begin("the approximation")
    found: Invariant
    if of_a_network:
        found = ContinuousNetwork(arguments.spec).near(
            arguments.box, read_box(arguments.inputs or "1"), arguments.degree, arguments.error)
    else:
        function, interval = ActivationFunction(arguments.spec), arguments.interval or (-1, 1)
        rest = arguments.degree, arguments.error, arguments.denominator
        found = (function.approximation(interval, *rest) if arguments.pieces is None else
                 function.piecewise_approximation(interval, arguments.pieces, *rest))
    if kind == "html":
        approximation.save(found, arguments.output)
    else:
        figure.write(approximation.figure(found), arguments.output)
    print(f"{found.sentence()}  [{found.status}]")
    print(f"written to {arguments.output}")
    return 0


def _of_a_manifold(arguments: argparse.Namespace) -> Scene:
    from neuroalg_sage.pictures.scene import scene

    manifold = manifold_of(arguments)
    target = None if arguments.target is None else arguments.target.split(",")
    return scene(manifold, arguments.slice, [c.strip() for c in target] if target else None,
                 arguments.data, None, arguments.radius)


def _of_a_network(arguments: argparse.Namespace) -> Scene:
    from neuroalg_sage.cli.piecewise import read_boundary, read_box
    from neuroalg_sage.models.piecewise.sources import load_network
    from neuroalg_sage.pictures.networks import scene

    network = load_network(arguments.spec, arguments.seed)
    if arguments.level is not None and arguments.boundary is None:
        raise InputError("The option --level is about a boundary; name its output, as in "
                         "--boundary 0.")
    progress(arguments).begin("the picture")
    output = read_boundary(arguments.boundary)
    if arguments.show == "newton":
        from neuroalg_sage.pictures import newton

        if arguments.box is not None or arguments.level is not None or (
                output is not None and len(output) > 1):
            raise InputError("Newton polytopes are those of one output, as in --boundary 0, on all "
                             "inputs; leave --box and --level out.")
        return newton.scene(network, output[0] if output else 0)
    return scene(network, arguments.show, read_box(arguments.box),
                 None if output is None else tuple(output), arguments.level or 0)
