"""
What small neuromanifolds are over the real numbers: all of V, thick or thin, dense, closed.

    python benchmarks/trichotomy.py

prints the table of the manual.  The models are the fully connected networks without bias with a
power x^2, ..., x^8 as activation, at most 12 parameters, and outputs of degree at most 8; and the
convolutional networks with one channel, without activation and with x^2, at most 6 parameters,
and strides 1 or 2, or filters with two axes.  All certificates are verified.  Models that
something is not decided of are named.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import product
from math import prod

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import verify

QUESTIONS = ("trichotomy", "is_dense", "is_closed")
PARAMETERS, DEGREE, FILTER_PARAMETERS = 12, 8, 6


def widths(first: int, layers: int, parameters: int) -> Iterator[tuple[int, ...]]:
    """The widths of networks with so many layers and at most so many weights."""
    if not layers:
        yield (first,)
        return
    for second in range(1, parameters // first + 1):
        for rest in widths(second, layers - 1, parameters - first * second):
            yield (first, *rest)


def networks() -> Iterator[str]:
    """The fully connected networks."""
    for k in range(2, DEGREE + 1):
        layers = 2
        while k ** (layers - 1) <= DEGREE:
            for first in range(1, PARAMETERS + 1):
                for found in widths(first, layers, PARAMETERS):
                    yield f"mlp:{','.join(map(str, found))}:x^{k}"
            layers += 1


def sums(total: int) -> Iterator[tuple[int, ...]]:
    """The sequences of positive numbers with a sum up to a total, but the empty one."""
    for first in range(1, total + 1):
        yield (first,)
        for rest in sums(total - first):
            yield (first, *rest)


def filters(activation: str) -> Iterator[str]:
    """The convolutional networks with an activation."""
    for sizes in sums(FILTER_PARAMETERS):
        if activation and len(sizes) == 1:
            continue
        for strides in product((1, 2), repeat=len(sizes) - 1):
            yield "cnn:" + ",".join(f"{size}s{stride}" if stride > 1 else str(size)
                                    for size, stride in zip(sizes, (*strides, 1))) + activation
        for shapes in product(*([(a, size // a) for a in range(1, size + 1) if size % a == 0]
                                for size in sizes)):
            heights, breadths = zip(*shapes)
            if prod(heights) > 1 < prod(breadths):
                yield "cnn:" + ",".join(f"{a}x{b}" for a, b in shapes) + activation


FAMILIES = {"networks with a power": networks, "linear filters": lambda: filters(""),
            "filters with x^2": lambda: filters(":x^2")}
WORDS = {True: "yes", False: "no", None: "not decided"}


def main() -> None:
    """Ask all, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--family", choices=FAMILIES, action="append")
    families = parser.parse_args().family or list(FAMILIES)
    print("| models | M | dense | closed | how many |\n|---|---|---|---|---|")
    open_questions = []
    for family in families:
        counts: Counter[tuple[str, ...]] = Counter()
        for spec in FAMILIES[family]():
            manifold = NeuroManifold(spec, seed=1, cache=None)
            found = [manifold.compute(name) for name in QUESTIONS]
            for answer in found:
                if answer.certificate is None:
                    open_questions.append(f"{spec}: {answer.name}: {answer.method}")
                else:
                    verify(answer.certificate)
            counts[tuple(WORDS.get(a.data, a.data) for a in found)] += 1
        for row, count in sorted(counts.items()):
            print(f"| {family} | {' | '.join(row)} | {count} |")
    print("\n".join(["\nNot decided:", *open_questions] if open_questions
                    else ["\nAll is decided, and all certificates hold."]))


if __name__ == "__main__":
    main()
