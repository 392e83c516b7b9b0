"""
Small models of all families, chosen by a rule and not by what works.

Each family below lists its models up to a size; of those with at least 6 and at most 30
parameters, at most 60 coordinates, and not more parameters, up to the scalings of hidden units
that are counted, than coordinates, sorted by the number of parameters, four are taken at equal
distances.  Own expressions are random polynomials from a seed.

    python benchmarks/small_models.py           all that are chosen, with their sizes
"""

from __future__ import annotations

import itertools
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from neuroalg_sage import NeuroManifold, load_model

FEWEST, MOST = 6, 30  # parameters
MOST_COORDINATES = 60
OF_A_FAMILY = 4
SEED = 1



def chains(depths: Sequence[int], widest: int, form: str) -> Iterator[str]:
    for depth in depths:
        for widths in itertools.product(range(1, widest + 1), repeat=depth + 1):
            yield form.format(",".join(map(str, widths)))


def filters(form: str, sizes: Sequence[str], depths: Sequence[int]) -> Iterator[str]:
    for depth in depths:
        for chosen in itertools.product(sizes, repeat=depth):
            yield form.format(",".join(chosen))


def numbers(form: str, *ranges: Sequence[Any]) -> Iterator[str]:
    yield from (form.format(*values) for values in itertools.product(*ranges))


FAMILIES: dict[str, Callable[[], Iterator[str]]] = {
    "squares": lambda: chains([2], 4, "mlp:{}:x^2"),
    "cubes": lambda: chains([2], 4, "mlp:{}:x^3"),
    "deep": lambda: chains([3, 4, 5], 3, "mlp:{}:x^2"),
    "bias": lambda: chains([2], 3, "mlp:{}:x^2:bias"),
    "mixed": lambda: chains([2], 3, "mlp:{}:x^3+x"),
    "linear": lambda: chains([2, 3], 4, "linear:{}"),
    "cnn": lambda: filters("cnn:{}:x^2", ["2", "3", "4"], [2, 3]),
    "strides": lambda: filters("cnn:{}:x^2", ["2s2", "3s2", "2s3"], [2, 3]),
    "images": lambda: filters("cnn:{}:x^2", ["2x2", "2x1", "1x2"], [2]),
    "channels": lambda: numbers("cnn:{}c{},{}:x^2", (1, 2, 3), (2, 3), (1, 2, 3)),
    "attention": lambda: numbers("attention:d={},a={},out={},t={}", (1, 2, 3), (1, 2), (1, 2),
                                 (1, 2)),
    "heads": lambda: numbers("attention:d={},a=1,out={},t={},heads=2", (1, 2, 3), (1, 2), (1, 2)),
    "layers": lambda: numbers("attention:d={},a=1,out={},t={},layers=2", (1, 2), (1, 2), (1, 2)),
    "residual": lambda: numbers("resnet:width={},hidden={},blocks={}:x^2", (1, 2, 3), (1, 2),
                                (1, 2)),
    "gated": lambda: chains_of_gates(),
    "groups": lambda: numbers("gcnn:group={},layers={}:x^2", ("Z2", "Z3", "Z4", "Z2xZ2", "S3"),
                              (2, 3)),
    "expressions": lambda: expressions(),
}


def chains_of_gates() -> Iterator[str]:
    for widths in itertools.product((1, 2, 3), repeat=3):
        yield f"glu:widths={'x'.join(map(str, widths))}:x^2"


def expressions() -> Iterator[str]:
    """Files of random polynomials in parameters and two inputs."""
    folder = Path(tempfile.gettempdir()) / "neuroalg-coverage"
    folder.mkdir(exist_ok=True)
    generator = random.Random(SEED)
    for number in range(24):
        count = 6 + number // 4
        names = [f"a{k}" for k in range(count)]

        outputs = [" + ".join(
            "{}*({}*x + {}*y)**2*({}*x + {}*y)".format(*generator.choices(names, k=5))
            for _ in range(2)) for _ in range(1 + number % 2)]
        used = [name for name in names if any(name in text for text in outputs)]
        file = folder / f"expression{number}.json"
        file.write_text(json.dumps({"parameters": used, "inputs": ["x", "y"],
                                    "outputs": outputs}))
        yield str(file)


def chosen(family: str) -> list[str]:
    """The models of a family, by the rule."""
    found = []
    for spec in FAMILIES[family]():
        model = load_model(spec)
        if not FEWEST <= model.parameter_count <= MOST \
                or model.ambient_dimension > MOST_COORDINATES:
            continue
        expected = NeuroManifold(model).expected_dimension().value
        if expected < model.ambient_dimension:
            found.append((model.parameter_count, model.ambient_dimension, spec))
    found.sort()
    if len(found) <= OF_A_FAMILY:
        return [spec for *_, spec in found]
    step = (len(found) - 1) / (OF_A_FAMILY - 1)
    return [found[round(k * step)][2] for k in range(OF_A_FAMILY)]


if __name__ == "__main__":
    for name in FAMILIES:
        for spec in chosen(name):
            model = load_model(spec)
            print(f"{name:<12} {spec:<44} {model.parameter_count:3d} parameters, "
                  f"{model.ambient_dimension:3d} coordinates", flush=True)
