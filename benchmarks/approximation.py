"""
Polynomials near activations, against Sollya where that is installed.

Sollya's ``remez`` finds a polynomial, and ``supnorm`` encloses its error with proof; here an answer
has both, with a certificate, whose verification is timed beside it.  Sollya's time is that of its
process.  The quotient of the errors compares the two polynomials.

    python benchmarks/approximation.py [--degrees 3,7,20,40] [ACTIVATION ...]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from fractions import Fraction

from neuroalg_sage import ActivationFunction, verify

SOLLYA = {"tanh": "tanh(x)", "sigmoid": "1/(1+exp(-x))", "gelu": "x*(1+erf(x/sqrt(2)))/2",
          "softplus": "log(1+exp(x))", "silu": "x/(1+exp(-x))", "exp": "exp(x)"}
INTERVALS = {"exp": ((-1, 1),)}
USUAL = (-2, 2), (-8, 8)
SECONDS = 60


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("activations", nargs="*", default=list(SOLLYA))
    parser.add_argument("--degrees", default="3,7,20,40")
    arguments = parser.parse_args()
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
