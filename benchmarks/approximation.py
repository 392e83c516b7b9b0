"""
Polynomials near activations, against Sollya where that is installed.

Sollya's ``remez`` finds a polynomial, and ``supnorm`` encloses its error with proof; here an answer
has both, with a certificate, whose verification is timed beside it.  Sollya's time is that of its
process.  The quotient of the errors compares the two polynomials.

    python benchmarks/approximation.py [--degrees 3,7,20,40] [ACTIVATION ...]

Of networks of depth 3 with nearly 100 parameters, all weights and inputs from -1 to 1, the bound of
the distance stands beside the largest difference that ascent finds from many random starts, in
floating point; and large networks with their times.

    python benchmarks/approximation.py --networks
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.special import erf, expit

from neuroalg_sage import ActivationFunction, ContinuousNetwork, verify

SOLLYA = {"tanh": "tanh(x)", "sigmoid": "1/(1+exp(-x))", "gelu": "x*(1+erf(x/sqrt(2)))/2",
          "softplus": "log(1+exp(x))", "silu": "x/(1+exp(-x))", "exp": "exp(x)"}
INTERVALS = {"exp": ((-1, 1),)}
USUAL = (-2, 2), (-8, 8)
SECONDS = 60

# Activations with their derivatives.
Function = Callable[[Any], Any]
FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "tanh": (np.tanh, lambda u: 1 - np.tanh(u) ** 2),
    "sigmoid": (expit, lambda u: expit(u) * expit(-u)),
    "gelu": (lambda u: u * (1 + erf(u / np.sqrt(2))) / 2, lambda u: (
        1 + erf(u / np.sqrt(2))) / 2 + u * np.exp(-u**2 / 2) / np.sqrt(2 * np.pi)),
    "silu": (lambda u: u * expit(u), lambda u: expit(u) * (1 + u * expit(-u))),
    "relu": (lambda u: np.maximum(u, 0), lambda u: (u > 0) * 1.0)}
SMALL = ([4, 8, 7, 1], [5, 7, 7, 2], [4, 6, 6, 5])
LARGE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("mlp:98,100,2:tanh", {"box": 1, "degree": 7}),
    ("mlp:98,100,2:tanh", {"box": "1/10", "error": "1/10"}),
    ("mlp:60,90,50,1:gelu:bias", {"box": "1/10", "error": 1}))
STARTS, STEPS = 200, 300


def peer(name: str, low: int, high: int, degree: int) -> tuple[float, float] | str:
    """The error of Sollya's polynomial and the seconds, or why there is none."""
    program = shutil.which("sollya")
    if program is None:
        return "not installed"
    script = (f"prec = {165 + 6 * degree}; f = {SOLLYA[name]}; p = remez(f, {degree}, "
              f"[{low};{high}]); sup(supnorm(p, f, [{low};{high}], absolute, 2^(-12)));\n")
    start = time.perf_counter()
    try:
        done = subprocess.run([program, "--warnonstderr"], input=script, text=True,
                              capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"over {SECONDS} s"
    took = time.perf_counter() - start
    try:
        return float(done.stdout.split()[-1]), took
    except (ValueError, IndexError):
        return "no answer"


def values_and_slopes(functions: list[tuple[Function, Function]], weights: list[Any], x: Any
                      ) -> tuple[Any, list[Any]]:
    """First outputs of many networks, and their derivatives by weights and inputs."""
    states, sums = [x], []
    for k, w in enumerate(weights):
        sums.append(np.einsum("kmn,kn->km", w, states[-1]))
        states.append(functions[k][0](sums[-1]) if k < len(functions) else sums[-1])
    back = np.zeros_like(sums[-1])
    back[:, 0] = 1
    slopes: list[Any] = []
    for k in reversed(range(len(weights))):
        slopes.insert(0, np.einsum("km,kn->kmn", back, states[k]))
        back = np.einsum("kmn,km->kn", weights[k], back)
        if k:
            back = back * functions[k - 1][1](sums[k - 1])
    return sums[-1][:, 0], [*slopes, back]


def largest_difference(widths: list[int], name: str, polynomials: list[tuple[Fraction, ...]]
                       ) -> float:
    """The largest difference of first outputs that ascent finds (Adam, projected on the box)."""
    near = [np.poly1d([float(c) for c in reversed(p)]) for p in polynomials]
    pairs = [[FUNCTIONS[name]] * len(near), [(p, p.deriv()) for p in near]]
    generator = np.random.default_rng(0)
    at = [generator.choice([-1.0, 1.0], shape) * np.sqrt(generator.uniform(0, 1, shape))
          for shape in [(STARTS, m, n) for n, m in zip(widths, widths[1:])] + [(STARTS, widths[0])]]
    first, second = [0 * c for c in at], [0 * c for c in at]
    best = 0.0
    for step in range(1, STEPS + 1):
        (one, a), (other, b) = (values_and_slopes(pair, at[:-1], at[-1]) for pair in pairs)
        best = max(best, abs(one - other).max())
        for k, c in enumerate(at):
            up = (a[k] - b[k]) * np.sign(one - other).reshape((-1,) + (1,) * (c.ndim - 1))
            first[k], second[k] = 0.9 * first[k] + 0.1 * up, 0.99 * second[k] + 0.01 * up**2
            rate = 0.1 * (1 - step / STEPS) + 0.001
            at[k] = np.clip(c + rate * first[k] / (1 - 0.9**step) / (
                np.sqrt(second[k] / (1 - 0.99**step)) + 1e-12), -1, 1)
    return best


def networks() -> None:
    """The table of networks."""
    for widths in SMALL:
        for name in FUNCTIONS:
            for degree in (3, 7, 15):
                found = ContinuousNetwork(f"mlp:{','.join(map(str, widths))}:{name}"
                                          ).network_approximation(1, 1, degree)
                sampled = largest_difference(widths, name, found.polynomials)
                print(f"{widths} {name:7} degree {degree:2}: distance at most "
                      f"{float(found.value):.6f}, found {sampled:.6f}, quotient "
                      f"{float(found.value) / sampled:.2f}", flush=True)
    for spec, asked in LARGE:
        start = time.perf_counter()
        found = ContinuousNetwork(spec).network_approximation(**asked)
        took = time.perf_counter() - start
        start = time.perf_counter()
        verify(found.certificate)
        print(f"{spec} {asked}: distance at most {float(found.value):.6f}, degrees "
              f"{found.degrees}, {took:.1f} s, verified in {time.perf_counter() - start:.1f} s",
              flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--networks", action="store_true")
    parser.add_argument("activations", nargs="*", default=list(SOLLYA))
    parser.add_argument("--degrees", default="3,7,20,40")
    arguments = parser.parse_args()
    if arguments.networks:
        networks()
        return
    for name in arguments.activations:
        for low, high in INTERVALS.get(name, USUAL):
            for degree in map(int, arguments.degrees.split(",")):
                start = time.perf_counter()
                found = ActivationFunction(name).approximation((low, high), degree=degree)
                took = time.perf_counter() - start
                start = time.perf_counter()
                verify(found.certificate)
                checked = time.perf_counter() - start
                other = peer(name, low, high, degree)
                said = other if isinstance(other, str) else (
                    f"{other[1]:.2f} s, error of Sollya's / ours "
                    f"{float(Fraction(other[0]) / found.error[1]):.5f}")
                print(f"{name:9} [{low}, {high}] degree {degree:3}: error at most "
                      f"{float(found.error[1]):.6e}, {took:.2f} s, verified in {checked:.2f} s; "
                      f"Sollya {said}", flush=True)


if __name__ == "__main__":
    main()
