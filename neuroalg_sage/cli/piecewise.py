"""
``neuroalg regions | same | landscape``: piecewise linear networks, at given weights or on data.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from neuroalg_sage.cli.options import (
    Commands,
    about_limits,
    about_the_answer,
    progress,
    whole,
    words,
)
from neuroalg_sage.cli.output import (
    certificate_files,
    check_writable,
    write_certificates,
)
from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.piecewise import PiecewiseLinearNetwork


@dataclass(frozen=True)
class Further:
    """
    A question that ``neuroalg regions`` answers besides, about all inputs.

    - ``help`` -- what its option says
    - ``stage`` -- what is being done then
    - ``ask`` -- the answer for a network, given the options and the regions of random networks
    """

    help: str
    stage: str
    ask: Callable[[PiecewiseLinearNetwork, argparse.Namespace, dict[int, int]], Invariant]


def _region_bound(network: PiecewiseLinearNetwork, _: argparse.Namespace, sampled: dict[int, int]
                  ) -> Invariant:
    from neuroalg_sage.invariants.piecewise.region_bound import region_bound

    return region_bound(network.network, sampled)


# By the name of the option, in the order in which they are answered.
FURTHER = {
    "bound": Further("also how many regions there are at most, at any weights", "bound of regions",
                     _region_bound),
    "functional_dimension": Further(
        "also in how many directions of its weights the function of the network changes",
        "functional dimension",
        lambda network, arguments, _: network.functional_dimension(arguments.seed)),
    "smaller": Further(
        "also a network of one hidden layer of ReLU with as few units as is found, of the same "
        "function", "smaller network",
        lambda network, arguments, _: network.smaller_network(arguments.seed)),
    "tropical": Further("also each output as a difference of tropical polynomials", "tropical form",
                        lambda network, *_: network.tropical_form()),
}
NORMS = ("l1", "l2", "linf")


def add(command: Commands) -> None:
    """Add the commands."""
    sub = command("regions", _regions)
    _about_networks(sub)
    sub.add_argument("--boundary", metavar="OUTPUT", help="also the boundary where an output is "
                     "zero, as in 0, or where two are equal, as in 0-1")
    sub.add_argument("--level", metavar="C", default="0", help="where it is C instead of zero")
    sub.add_argument("--set", choices=("level", "sublevel", "superlevel"), default="level",
                     help="where it is C, at most C, or at least C")
    sub.add_argument("--point", type=words, metavar="X,...", help="also the distances of a point "
                     "to the boundary, in the norms l1, l2 and linf")
    sub.add_argument("--patterns", action="store_true", help="also all activation patterns that "
                     "occur on open sets")
    sub.add_argument("--html", metavar="FILE", help="write one page of HTML with the answers, a "
                     "picture and the certificates")
    sub.add_argument("--samples", type=whole, metavar="N", help="of N random networks of a spec "
                     "one with most activation patterns, and the bound")
    for name, further in FURTHER.items():
        sub.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=further.help)
    _about_the_rest(sub)
    sub = command("same", _same)
    _about_networks(sub, "other")
    _about_the_rest(sub)
    sub = command("landscape", _landscape)
    sub.add_argument("architecture", metavar="SPEC", help="an architecture such as "
                     "relu:1,2,1:bias, with at most one hidden layer, one output and 8 parameters; "
                     "its weights are parameters")
    sub.add_argument("--data", metavar="FILE", required=True, help="CSV or Parquet, at most 12 "
                     "rows: in each the inputs, then the target, or the class as one of two "
                     "numbers")
    sub.add_argument("--loss", choices=("squared", "zero-one"), default="squared",
                     help="all stationary points of the squared error, which is the default; or "
                     "the classification fan and the sublevel sets of the 0/1 loss")
    _about_the_rest(sub)


def _about_networks(sub: argparse.ArgumentParser, *others: str) -> None:
    """Name networks, and the inputs that count."""
    for name in ("network", *others):
        sub.add_argument(name, metavar="FILE|SPEC", help="file *.json, *.npz, *.safetensors or "
                         "*.onnx; or a spec such as relu:2,32,32,1:bias, with random weights")
    sub.add_argument("--seed", type=int, metavar="S", help="seed of random weights, by default 0")
    sub.add_argument("--box", metavar="B", help="inputs from -B to B; or an interval for each "
                     "input, as in 0,1;-2,2; by default all of R^d")
    sub.add_argument("--polytope", metavar="ROWS", help="instead, inequalities a x <= b as rows "
                     "a_1,...,a_d,b, joined by ;")


def _about_the_rest(sub: argparse.ArgumentParser) -> None:
    about_limits(sub)
    about_the_answer(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _landscape(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.piecewise import PiecewiseLinearArchitecture

    check_writable(arguments.certificate)
    architecture = PiecewiseLinearArchitecture(arguments.architecture)
    is_squared = arguments.loss == "squared"
    progress(arguments).begin("stationary points" if is_squared else "classification fan")
    found: Invariant = (architecture.stationary_points(arguments.data) if is_squared else
                        architecture.classification_fan(arguments.data))
    described = architecture.architecture.describe()
    arguments.page.state(
        json.dumps({"schema": 1, "model": described} | found.described()) if arguments.json else
        f"{architecture.architecture}\n{found.text()}",
        certificate_files(arguments.certificate, [found]))
    return 0


def _same(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.models.piecewise.sources import has_random_weights
    from neuroalg_sage.piecewise import PiecewiseLinearNetwork

    check_writable(arguments.certificate)
    names = arguments.network, arguments.other
    random = [name for name in names if has_random_weights(name)] or names
    one, other = (PiecewiseLinearNetwork(name, arguments.seed if name in random else None)
                  for name in names)
    progress(arguments).begin("comparison of two networks")
    found = one.same_function(other, read_box(arguments.box), read_rows(arguments.polytope))
    # As cmp and diff say it.
    code = 0 if found.value else 1
    if arguments.json:
        print(json.dumps({"schema": 1, "model": one.network.describe()} | found.described()))
    else:
        print("\n".join([str(one.network), str(other.network), found.text()]))
    write_certificates(arguments.certificate, found.answers)
    return code


def _regions(arguments: argparse.Namespace) -> int:
    from neuroalg_sage.invariants.piecewise.region_bound import sample
    from neuroalg_sage.models.piecewise.sources import has_random_weights
    from neuroalg_sage.piecewise import PiecewiseLinearNetwork

    check_writable(arguments.certificate)
    check_writable(arguments.html)
    sampled: dict[int, int] = {}
    if arguments.box is not None or arguments.polytope is not None:
        for name in ("samples", *FURTHER):
            if getattr(arguments, name):
                raise InputError(f"The option --{name.replace('_', '-')} is about all inputs; "
                                 "leave the box or polytope out.")
    if arguments.samples is not None:
        if not has_random_weights(arguments.network):
            raise InputError("Samples are random weights, of a spec without a seed such as "
                             f"relu:2,6,6,1:bias, and not of {arguments.network[:100]!r}.")
        progress(arguments).begin(f"regions of {arguments.samples} random networks")
        sampled = sample(arguments.network, arguments.samples, arguments.seed)
        arguments.seed = max(sampled, key=lambda seed: (sampled[seed], -seed))
    network = PiecewiseLinearNetwork(arguments.network, arguments.seed)
    progress(arguments).begin("linear regions")
    part = {"box": read_box(arguments.box), "polytope": read_rows(arguments.polytope)}
    boundary = read_boundary(arguments.boundary)
    if boundary is None and (arguments.point is not None or arguments.level != "0"
                             or arguments.set != "level"):
        raise InputError("The options --level, --set and --point are about a boundary; name its "
                         "output, as in --boundary 0.")
    regions = network.linear_regions(**part)
    found: list[Invariant] = [regions]
    patterns = regions.patterns if arguments.patterns else None

    def state() -> None:
        arguments.page.state(_printed(network, found, arguments.json, patterns),
                             certificate_files(arguments.certificate, found))

    def write_page() -> None:
        from neuroalg_sage.pages.network_page import page

        arguments.page.state(files=certificate_files(arguments.certificate, found) | {
            arguments.html: page(network.network, found, tuple(boundary) if boundary else None,
                                 arguments.level, part["box"])})

    state()
    for stage, ask in _further(arguments, network, sampled, boundary, part):
        progress(arguments).begin(stage)
        found.append(ask())
        state()
    if arguments.html is not None:
        progress(arguments).begin("the page")
        write_page()
    return 0


def _further(arguments: argparse.Namespace, network: PiecewiseLinearNetwork,
             sampled: dict[int, int], boundary: list[int] | None, part: dict[str, Any]
             ) -> Iterator[tuple[str, Callable[[], Invariant]]]:
    """What else is asked: each stage, and what finds its answer."""
    for name, further in FURTHER.items():
        # Random networks are compared with the bound.
        if getattr(arguments, name) or (name == "bound" and sampled):
            yield further.stage, partial(further.ask, network, arguments, sampled)
    if boundary is None:
        return
    yield "decision boundary", partial(network.decision_boundary, boundary, arguments.level,
                                       arguments.set, **part)
    for norm in NORMS if arguments.point is not None else ():
        yield f"distance in the norm {norm}", partial(
            network.boundary_distance, arguments.point, boundary, arguments.level, norm, **part)


def _printed(network: PiecewiseLinearNetwork, found: list[Invariant], as_json: bool,
             patterns: list[str] | None) -> str:
    """All that is known so far."""
    if not as_json:
        listed = [] if patterns is None else ["activation patterns:", *(f"  {p}" for p in patterns)]
        return "\n".join([str(network.network), found[0].text(), *listed,
                          *(answer.text() for answer in found[1:])])
    page: dict[str, Any] = {"schema": 1, "model": network.network.describe()}
    page |= found[0].described() | ({} if patterns is None else {"patterns": patterns})
    for answer in found[1:]:
        answer.add_to(page)
    return json.dumps(page)


def read_boundary(text: str | None) -> list[int] | None:
    """
    The outputs of a boundary as one types them.

    EXAMPLES::

        >>> read_boundary("0"), read_boundary("0-2")
        ([0], [0, 2])
    """
    if text is None:
        return None
    parts = text.split("-")
    if not all(part.isascii() and part.isdecimal() and len(part) < 7 for part in parts):
        raise InputError(f"The boundary {text[:40]!r} is not that of an output, as in 0, or of "
                         "two, as in 0-1.")
    return list(map(int, parts))


def read_box(text: str | None) -> str | list[list[str]] | None:
    """
    A box as one types it: a number, or intervals.

    EXAMPLES::

        >>> read_box("0,1;-2,2")
        [['0', '1'], ['-2', '2']]
    """
    return text if text is None or "," not in text else read_rows(text)


def read_rows(text: str | None) -> list[list[str]] | None:
    """Rows of numbers as one types them."""
    return None if text is None else [row.split(",") for row in text.split(";")]
