"""
Linear regions of random networks, against relucent where that is installed.

relucent works in floating point, and needs a commercial solver; its start is not counted.  Each
network is subdivided, which is what relucent does; beside it is the time of the answer, whose
certificate is made and verified, and that of verifying it once more.

    python benchmarks/linear_regions.py [--peer] [SPEC ...]
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

from neuroalg_sage import PiecewiseLinearNetwork, verify
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision

SPECS = ("relu:2,32,32,1:bias", "relu:3,8,8,1:bias", "relu:2,64,64,1:bias",
         "relu:4,10,10,10,2:bias")
MANY, SMALL = 100, "relu:2,8,8,1:bias"


def peer(network: PiecewiseLinearNetwork) -> tuple[int, float] | None:
    """How many cells relucent finds, and in which time; None if it is not there."""
    try:
        import numpy as np
        import torch
        from relucent import Complex
    except ImportError:
        return None
    layers: list[Any] = []
    for layer in network.network.describe()["layers"]:
        if layer["kind"] == "relu":
            layers.append(torch.nn.ReLU())
            continue
        weights, bias = (np.array([[float_of(c) for c in row] for row in rows])
                         for rows in (layer["weights"], [layer["bias"]]))
        made = torch.nn.Linear(*weights.shape[::-1], dtype=torch.float64)
        with torch.no_grad():
            made.weight.copy_(torch.tensor(weights))
            made.bias.copy_(torch.tensor(bias[0]))
        layers.append(made)
    found = Complex(torch.nn.Sequential(*layers))
    start = time.perf_counter()
    found.bfs()
    return len(found), time.perf_counter() - start


def float_of(text: str) -> float:
    numerator, _, denominator = text.partition("/")
    return int(numerator) / int(denominator or 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", action="store_true", help="also time relucent")
    parser.add_argument("specs", nargs="*", default=SPECS)
    arguments = parser.parse_args()
    PiecewiseLinearNetwork("relu:2,2,1").linear_regions()  # what is imported is not timed
    for spec in arguments.specs:
        network = PiecewiseLinearNetwork(spec)
        start = time.perf_counter()
        counted = Subdivision(network.network).f_vector
        alone = time.perf_counter() - start
        start = time.perf_counter()
        found = network.linear_regions()
        assert found.f_vector == counted
        took = time.perf_counter() - start
        start = time.perf_counter()
        verify(found.certificate)
        again = time.perf_counter() - start
        line = (f"{spec}: {found.value} regions, {found.cells} cells, faces {found.f_vector}; "
                f"faces alone {alone:.2f} s, with certificate {took:.2f} s, "
                f"verified in {again:.2f} s")
        other = peer(network) if arguments.peer else None
        if other is not None:
            line += (f"; relucent {other[0]} cells in {other[1]:.1f} s, "
                     f"ratio {other[1] / alone:.0f} to the faces, "
                     f"{other[1] / took:.0f} to the certified answer")
        print(line, flush=True)
    start = time.perf_counter()
    total = sum(PiecewiseLinearNetwork(SMALL, seed=seed).linear_regions().value
                for seed in range(MANY))
    print(f"{MANY} networks {SMALL}: {total} regions; {time.perf_counter() - start:.2f} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"memory: {memory:.2f} GB at most")


if __name__ == "__main__":
    main()
