"""
Dimensions of networks over places with about 5,000 parameters, found and verified.

The former way is measured in the same run: all rows of the Jacobian at once, every degree and
height entry by entry, and gathers instead of products with the matrices of a graph.

    python benchmarks/networks_over_places.py            finding, verifying, and the memory
    python benchmarks/networks_over_places.py --former   also the former way (minutes)
    python benchmarks/networks_over_places.py --groups   L (|G| - 1) + 1 for all groups of order
                                                         at most 12, L to 4, degrees 2 to 5
"""

from __future__ import annotations

import itertools
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from neuroalg_sage import NeuroManifold, parse_spec
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.models import matrix_spaces
from neuroalg_sage.models.groups import read_group
from neuroalg_sage.models.semirings import FewValues

MODELS = ["gnn:graph=Q6,channels=1x40x40x1,powers=2:x^2",
          "gnn:graph=C40,channels=1x35x35x1,powers=3:x^2",
          "gcnn:group=A5,channels=1x8x8x1:x^2", "gcnn:group=Z100,channels=1x6x6x1:x^2",
          "sets:points=20,channels=1x48x48x1:x^2", "cnn:5x5c16,3x3c16,3x3c16,3x3:x^2",
          "ssm:state=50,steps=8,inputs=25,outputs=25"]
GROUPS = ["Z1", "Z2", "Z3", "Z4", "Z2xZ2", "Z5", "Z6", "S3", "Z7", "Z8", "Z4xZ2", "Z2xZ2xZ2", "D4",
          "Q8", "Z9", "Z3xZ3", "Z10", "D5", "Z11", "Z12", "Z6xZ2", "D6", "A4", "Dic3"]


@contextmanager
def former_way() -> Iterator[None]:
    """Find dimensions as before, as long as this is open."""
    def refused(*_: Any) -> Any:
        raise TypeError

    with (patch.object(dimensions, "FIRST_ROWS", 10**9), patch.object(matrix_spaces, "DENSE", 0),
          patch.object(modular, "MOST_VALUES", 10**12), patch.object(
              modular, "_scatter", np.add.at), patch.object(FewValues, "constant", refused)):
        yield


def found(spec: str) -> tuple[Any, float]:
    """The dimension, and the seconds that it took from the spec on."""
    start = time.perf_counter()
    return dimensions.dimension(parse_spec(spec), seed=1), time.perf_counter() - start


def networks(former: bool) -> None:
    """Find and verify the dimensions of the models."""
    for spec in MODELS:
        answer, seconds = found(spec)
        start = time.perf_counter()
        verify(answer.certificate)
        checked = time.perf_counter() - start
        line = (f"{spec:<46} {parse_spec(spec).parameter_count:>5} parameters: {answer!r:<44} "
                f"{seconds:6.1f} s, verified in {checked:6.1f} s, {checked / seconds:.1f} times")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(line + f"; up to {memory:.1f} GB", flush=True)
        if former:
            with former_way():
                _, before = found(spec)
            print(f"  the former way {before:6.1f} s, {before / seconds:.1f} times", flush=True)


def groups() -> None:
    """The dimensions of group-convolutional networks with one channel, and the slowest."""
    times = {}
    for name, layers, degree in itertools.product(GROUPS, range(1, 5), range(2, 6)):
        start = time.perf_counter()
        spec = f"gcnn:group={name},layers={layers}:x^{degree}"
        answer = NeuroManifold(spec).dimension()
        times[spec] = time.perf_counter() - start
        assert answer.status == "proved" and answer == layers * (len(read_group(name)) - 1) + 1
    slowest = max(times, key=lambda spec: times[spec])
    print(f"{len(times)} models: {sum(times.values()):.1f} s; the slowest {slowest}: "
          f"{times[slowest]:.2f} s")


if __name__ == "__main__":
    import sage.all__sagemath_modules  # noqa: F401

    modular.rank(np.eye(100, dtype=int), 65537)  # LinBox is loaded when it is first used
    if "--groups" in sys.argv[1:]:
        groups()
    else:
        networks("--former" in sys.argv[1:])
