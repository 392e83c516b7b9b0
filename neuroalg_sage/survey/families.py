"""
Which models a survey is of, from cheap to expensive.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.files import read_text
from neuroalg_sage.models.sage_input import takes_numbers_of_sage

MAXIMAL_MODELS = 1_000_000
MAXIMAL_FILE_BYTES = 200_000_000


@takes_numbers_of_sage
def mlps(layers: int, width: int, activations: Sequence[str]) -> list[str]:
    """
    The fully connected networks of bounded depth and width, from cheap to expensive.

    INPUT:

    - ``layers`` -- the largest number of dense layers, at most 200
    - ``width`` -- the largest number of inputs, hidden units of a layer, and outputs
    - ``activations`` -- polynomials in ``x``; a network of one dense layer has none, and
      occurs once

    OUTPUT: list of spec strings, all different

    Raises InputError if there is no such network, or if there are too many.

    EXAMPLES::

        >>> mlps(2, 1, ["x^2", "x^3"])
        ['linear:1,1', 'mlp:1,1,1:x^2', 'mlp:1,1,1:x^3']
        >>> len(mlps(4, 5, ["x^2", "x^3", "x^4"]))
        11650
    """
    from neuroalg_sage.models.families import MLP
    from neuroalg_sage.models.spec_parts import MAXIMAL_LAYERS

    if layers > MAXIMAL_LAYERS:
        raise InputError(f"A network has at most {MAXIMAL_LAYERS} layers, not {layers}.")
    for number, role in ((layers, "layers"), (width, "units of a layer")):
        if number < 1:
            raise InputError(f"The largest number of {role} is at least 1, not {number}.")
    if not activations:
        raise InputError("A survey of networks needs activations, such as x^2,x^3.")
    suffixes = []
    for activation in activations:
        # The canonical way to write it is that of any network with it.
        family, _, rest = (MLP([1, 1, 1], activation).spec or "").partition(":")
        suffixes.append((family, rest.removeprefix("1,1,1")))
    suffixes = list(dict.fromkeys(suffixes))
    count = 0
    for depth in range(1, layers + 1):
        count += width ** (depth + 1) * (len(suffixes) if depth > 1 else 1)
        if count > MAXIMAL_MODELS:
            raise InputError(f"These are over {MAXIMAL_MODELS} networks, the most of one survey; "
                             "take fewer layers, a smaller width or fewer activations.")
    found = []
    for depth in range(1, layers + 1):
        for widths in itertools.product(range(1, width + 1), repeat=depth + 1):
            cost = sum(a * b for a, b in zip(widths, widths[1:]))
            for place, (family, suffix) in enumerate(suffixes if depth > 1 else [("linear", "")]):
                found.append((cost, place, widths, f"{family}:{','.join(map(str, widths))}"
                                                   f"{suffix}"))
    return [spec for *_, spec in sorted(found)]


@takes_numbers_of_sage
def about_mlps(layers: int, width: int, activations: Sequence[str]) -> dict[str, Any]:
    """What a survey of fully connected networks is of."""
    return {"family": "mlps", "layers": layers, "width": width, "activations": list(activations)}


def about_specs(specs: Sequence[str]) -> dict[str, Any]:
    """What a survey of certain models is of."""
    text = "\n".join(sorted(specs))
    return {"family": "specs", "models": len(specs),
            "digest": hashlib.sha256(text.encode()).hexdigest()}


def read_specs(name: str | Path) -> list[str]:
    """
    The models that a file names, from cheap to expensive.

    INPUT:

    - ``name`` -- name of a file with one spec string on a line; empty lines, and lines
      that begin with ``#``, are skipped

    OUTPUT: list of spec strings in their canonical form, all different

    Raises InputError, which names the line, for a spec that names no model.
    """
    from neuroalg_sage.models.families import parse_spec

    text = read_text(name, "file of specs", MAXIMAL_FILE_BYTES)
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                model = parse_spec(line)
            except InputError as error:
                raise InputError(f"Line {number} of {str(name)[:200]!r}: {error}") from None
            found[model.spec or line.strip()] = model.parameter_count
    if not found:
        raise InputError(f"The file {str(name)[:200]!r} names no model; write one spec on a line, "
                         "such as mlp:2,2,3:x^2.")
    return sorted(found, key=lambda spec: (found[spec], spec))
