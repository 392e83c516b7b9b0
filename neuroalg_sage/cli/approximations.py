"""
``neuroalg approximate``: polynomials near activations, and polynomial networks near others.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from neuroalg_sage.cli.options import (
    Commands,
    about_approximations,
    about_limits,
    about_the_answer,
    progress,
)
from neuroalg_sage.cli.output import as_file, certificate_files, check_writable
from neuroalg_sage.errors import InputError
from neuroalg_sage.files import write_whole


def add(command: Commands) -> None:
    """Add the command."""
    sub = command("approximate", _approximate)
    sub.add_argument("what", metavar="ACTIVATION|SPEC|FILE", help="tanh, sigmoid, gelu, softplus, "
                     "silu, exp, erf, sin, cos, relu, abs or hard_tanh; or a network with one of "
                     "these, such as mlp:2,3,1:tanh:bias, or attention with softmax, such as "
                     "attention:d=2,a=1,out=2,t=3:softmax; or a file *.json or *.onnx with the "
                     "weights of a network")
    about_approximations(sub)
    sub.add_argument("--box", metavar="B", help="of a network, parameters from -B to B; of one "
                     "with given weights, parameters that differ from these by at most B")
    sub.add_argument("--degree", metavar="D", help="of the polynomials, at most 100")
    sub.add_argument("--composite", action="store_true", help="instead of one polynomial, a "
                     "composite of odd ones of the least multiplicative depth found: for sign "
                     "outside of a gap, relu and abs, and for these in a network")
    sub.add_argument("--gap", metavar="T", help="of sign, the smallest absolute value of a number")
    sub.add_argument("--ball", metavar="NORM:B", help="of a network instead of --box, weights of "
                     "each layer whose spectral or frobenius norm, or that of rows or entries, is "
                     "at most B, and biases likewise; --inputs ball:R is a Euclidean ball")
    sub.add_argument("--distribution", metavar="gaussian:S", help="of a network instead of "
                     "--inputs, random inputs with normal entries of mean 0 and a deviation of at "
                     "most S, or sub_gaussian:S, or moments:K,M with K-th absolute moments of at "
                     "most M: the distance in the mean square")
    sub.add_argument("--subdivide", metavar="N", help="of a network, seek a smaller distance on N "
                     "parts of the box of its inputs and parameters")
    sub.add_argument("--onnx", metavar="FILE", help="of a network with given weights, write the "
                     "polynomial network as ONNX, with coefficients that are numbers of the file")
    sub.add_argument("--output", metavar="FILE", help="write it as JSON, with exact numbers")
    about_limits(sub)
    about_the_answer(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _approximate(arguments: argparse.Namespace) -> int:
    for name in (arguments.certificate, arguments.onnx, arguments.output):
        check_writable(name)
    is_network = ":" in arguments.what or arguments.what.lower().endswith((".json", ".onnx"))
    for names, right in ((("interval", "denominator", "pieces", "gap"), not is_network),
                         (("box", "inputs", "ball", "distribution", "subdivide", "onnx", "output"),
                          is_network)):
        named = [name for name in names if getattr(arguments, name) is not None]
        if named and not right:
            raise InputError(f"The option --{named[0]} is about " + (
                "an activation such as tanh; a network has one polynomial for each layer, on an "
                "interval that is found." if is_network else
                "a network such as mlp:2,3,1:tanh; name the interval of an activation by "
                "--interval."))
    if is_network and arguments.onnx and Path(arguments.onnx).resolve() == Path(
            arguments.what).resolve():
        raise InputError("The polynomial network would replace the file of the network; name "
                         "another file by --onnx.")
    model, found = (_of_a_network if is_network else _of_an_activation)(arguments)
    files = certificate_files(arguments.certificate, [found])
    if arguments.output is not None:
        files[arguments.output] = as_file(found.trained().describe())
    if arguments.onnx is not None:
        write_whole(arguments.onnx, found.onnx_content())
    arguments.page.state(
        json.dumps({"schema": 1, "model": model} | found.described()) if arguments.json else
        found.text(), files)
    return 0


def _of_an_activation(arguments: argparse.Namespace) -> tuple[dict[str, Any], Any]:
    from neuroalg_sage.approximation import ActivationFunction
    from neuroalg_sage.invariants.approximation.approximation import read_interval
    from neuroalg_sage.models.activations import target

    function = ActivationFunction(arguments.what)
    if arguments.composite or arguments.gap is not None:
        if any(option is not None for option in (
                arguments.degree, arguments.denominator, arguments.pieces)):
            raise InputError("A composite has an error that is allowed, as in --error 0.01; its "
                             "degrees are found.")
        progress(arguments).begin("the polynomials and their images")
        ends = (-1, 1) if arguments.interval is None else read_interval(arguments.interval)
        return target(arguments.what).describe(), function.composite_approximation(
            arguments.error, arguments.gap, max(map(abs, ends)))
    progress(arguments).begin("the polynomial and its error")
    interval, rest = arguments.interval or (-1, 1), (
        arguments.degree, arguments.error, arguments.denominator)
    return function.activation.describe(), (
        function.approximation(interval, *rest) if arguments.pieces is None else
        function.piecewise_approximation(interval, arguments.pieces, *rest))


def _of_a_network(arguments: argparse.Namespace) -> tuple[dict[str, Any], Any]:
    from neuroalg_sage.approximation import ContinuousNetwork
    network = ContinuousNetwork(arguments.what)
    layers, box, inputs = network.network, arguments.box, arguments.inputs or "1"
    progress(arguments).begin("the polynomials and their errors")
    if arguments.onnx or arguments.output or arguments.composite:
        if arguments.ball or arguments.distribution or arguments.subdivide:
            raise InputError("A network is written, and composites are found, without --ball, "
                             "--distribution and --subdivide.")
        from neuroalg_sage.models.continuous_networks import ContinuousNetworkLayers
        from neuroalg_sage.models.trained.continuous_export import numbers_of

        if not isinstance(layers, ContinuousNetworkLayers):
            raise InputError(f"Of {layers} there is no polynomial network; fully connected ones "
                             "are approximated so, and those in files.")
        if (arguments.onnx or arguments.output) and not layers.has_weights:
            raise InputError(f"The weights of {layers} are parameters, and a file has weights; "
                             "name a file *.json or *.onnx with those of a network.")
        # From a file of ONNX the network is written as one, also on its way to JSON.
        numbers = numbers_of(layers) if arguments.onnx or layers.file is not None else "rational"
        return layers.describe(), network.network_approximation(
            box, inputs, arguments.degree, arguments.error, numbers, arguments.composite)
    return layers.describe(), _in_the_sense_of(arguments, network, inputs)


def _in_the_sense_of(arguments: argparse.Namespace, network: Any, inputs: Any) -> Any:
    """How far the outputs are for parameters in a box or a ball, or random inputs, or on parts."""
    ball, box, distribution = arguments.ball, arguments.box, arguments.distribution
    degree, error, parts = arguments.degree, arguments.error, arguments.subdivide
    in_ball = ball is not None or str(arguments.inputs).startswith("ball:")
    if in_ball + (distribution is not None) + (parts is not None) > 1 or (
            distribution is not None and arguments.inputs is not None):
        raise InputError("Of --ball or --inputs ball:R, --distribution, which is about the inputs, "
                         "and --subdivide only one may be named.")
    if ball is not None and box is not None:
        raise InputError("The parameters are in a box or in a ball: name --box or --ball.")
    if in_ball:
        return network.norm_bounded_approximation(
            ball if box is None else f"entries:{box}", inputs, degree, error)
    if distribution is not None:
        return network.mean_square_approximation(distribution, box, degree, error)
    if parts is not None:
        return network.network_approximation(box, inputs, degree, error, subdivide=parts)
    return network.near(box, inputs, degree, error)
